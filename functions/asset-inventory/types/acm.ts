/**
 * Certificates of ACM.
 * https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateDetail.html
 */
import {
  ACMClient,
  type CertificateDetail,
  DescribeCertificateCommand,
  KeyAlgorithm,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
  type Tag,
} from '@aws-sdk/client-acm';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relations, service } from '../discovery/service.ts';

const acm = service(ACMClient);

type RecentUpdate = CertificateDetail & { readonly tags?: readonly Tag[] | undefined };

// without them all, AWS lists RSA of 1024 and 2048 bits only
const keyTypes = Object.values(KeyAlgorithm);

const certificate = declare<RecentUpdate>({
  type: 'AWS::CertificateManager::Certificate',
  class: 'security',
  scope: 'region',
  pack: 'security',
  ...acm.pages({
    action: 'acm:ListCertificates',
    page: (NextToken) => new ListCertificatesCommand({ NextToken, MaxItems: 1000, Includes: { keyTypes } }),
    read: ({ CertificateSummaryList: list, NextToken }) => ({
      records: list?.map(({ CertificateArn, DomainName }) => ({ CertificateArn, DomainName })),
      next: NextToken,
    }),
  }),
  details: [
    acm.detail({
      action: 'acm:DescribeCertificate',
      fills: ['net', 'security', 'relationships', 'createdAt'],
      call: ({ CertificateArn }) => new DescribeCertificateCommand({ CertificateArn }),
      read: ({ Certificate = {} }) => Certificate,
    }),
    acm.detail({
      action: 'acm:ListTagsForCertificate',
      fills: ['tags'],
      call: ({ CertificateArn }) => new ListTagsForCertificateCommand({ CertificateArn }),
      read: ({ Tags }) => ({ tags: Tags }),
    }),
  ],
  asset: (each) => ({
    id: each.CertificateArn ?? '',
    nativeId: each.CertificateArn ?? '',
    name: each.DomainName,
    tags: each.tags,
    createdAt: each.CreatedAt ?? each.ImportedAt,
    net: { dns: [each.DomainName, ...(each.SubjectAlternativeNames ?? [])] },
    security: {
      status: each.Status,
      notAfter: each.NotAfter,
      kind: each.Type,
      renewal: each.RenewalEligibility,
      keyAlgorithm: each.KeyAlgorithm,
      issuer: each.Issuer,
      inUse: each.InUseBy && each.InUseBy.length > 0,
    },
    relationships: relations('attached_to', each.InUseBy),
  }),
});

export const declarations: readonly Declaration[] = [certificate];
