/**
 * CloudFront: distributions, asked for in us-east-1 once an account.
 * https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionSummary.html
 */
import {
  CloudFrontClient,
  type DistributionSummary,
  ListDistributionsCommand,
  ListTagsForResourceCommand,
  type Tag,
} from '@aws-sdk/client-cloudfront';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, relations, service } from '../discovery/service.ts';

const cloudfront = service(CloudFrontClient);

interface RecentUpdate extends DistributionSummary {
  readonly tags?: readonly Tag[] | undefined;
}

const distribution = declare<RecentUpdate>({
  type: 'AWS::CloudFront::Distribution',
  class: 'edge',
  scope: 'global',
  pack: 'edge',
  ...cloudfront.pages({
    action: 'cloudfront:ListDistributions',
    page: (Marker) => new ListDistributionsCommand({ Marker, MaxItems: 100 }),
    read: ({ DistributionList: list }) => ({ records: list?.Items, next: list?.NextMarker }),
  }),
  details: [
    cloudfront.detail({
      action: 'cloudfront:ListTagsForResource',
      fills: ['tags', 'name'],
      call: ({ ARN }) => new ListTagsForResourceCommand({ Resource: ARN }),
      read: ({ Tags }) => ({ tags: Tags?.Items }),
    }),
  ],
  asset(each, at) {
    const { ARN = '', Id = '', Origins, DefaultCacheBehavior, CacheBehaviors, ViewerCertificate: tls } = each;
    const origins = Origins?.Items ?? [];
    const behaviors = [DefaultCacheBehavior, ...(CacheBehaviors?.Items ?? [])];
    const bucketOf = (domain: string | undefined) => /^(.+)\.s3[.-][^/]*amazonaws\.com$/.exec(domain ?? '')?.[1];
    return {
      id: ARN,
      nativeId: Id,
      name: each.Comment || undefined,
      tags: each.tags,
      net: { dns: [each.DomainName, ...(each.Aliases?.Items ?? [])] },
      security: {
        endpoint: each.Enabled ? 'public' : undefined,
        enabled: each.Enabled,
        plain: behaviors.some((behavior) => behavior?.ViewerProtocolPolicy === 'allow-all'),
        tlsPolicy: tls?.MinimumProtocolVersion,
        webAcl: each.WebACLId || undefined,
        origins: origins.map(({ DomainName }) => DomainName),
        openBucketOrigins: origins
          .filter(
            ({ S3OriginConfig: s3, OriginAccessControlId }) => s3 && !s3.OriginAccessIdentity && !OriginAccessControlId,
          )
          .map(({ DomainName }) => DomainName),
      },
      relationships: [
        ...origins.map(({ DomainName }) => {
          const bucket = bucketOf(DomainName);
          return relation('routes_to', bucket ? at.arn('s3', bucket, '', '') : DomainName);
        }),
        relation('encrypted_by', tls?.ACMCertificateArn),
        ...relations('protected_by', [each.WebACLId || undefined]),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [distribution];
