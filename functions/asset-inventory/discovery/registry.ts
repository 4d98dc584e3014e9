/**
 * The services and their packs: one row for each file in types/. A file is loaded only by units of its packs, so that a unit
 * pays for its own SDK clients only (EC2's alone takes 0.1 s and 40 MB).
 */
import type { Declaration, Pack } from './declaration.ts';

export const PACKS: readonly Pack[] = ['net', 'compute', 'data', 'edge', 'security', 'identity'];

interface Service {
  /** Packs of its declarations; a global one also has `identity`. */
  readonly packs: readonly Pack[];
  load(): Promise<{ readonly declarations: readonly Declaration[] }>;
}

const SERVICES: readonly Service[] = [
  { packs: ['security'], load: () => import('../types/accessanalyzer.ts') },
  { packs: ['security'], load: () => import('../types/acm.ts') },
  { packs: ['edge'], load: () => import('../types/apigateway.ts') },
  { packs: ['edge'], load: () => import('../types/apigatewayv2.ts') },
  { packs: ['compute'], load: () => import('../types/apprunner.ts') },
  { packs: ['compute'], load: () => import('../types/autoscaling.ts') },
  { packs: ['identity'], load: () => import('../types/cloudfront.ts') },
  { packs: ['security'], load: () => import('../types/cloudtrail.ts') },
  { packs: ['security'], load: () => import('../types/cognito.ts') },
  { packs: ['security'], load: () => import('../types/config.ts') },
  { packs: ['security'], load: () => import('../types/directory.ts') },
  { packs: ['data'], load: () => import('../types/dynamodb.ts') },
  { packs: ['compute'], load: () => import('../types/ebs.ts') },
  { packs: ['compute', 'net'], load: () => import('../types/ec2.ts') },
  { packs: ['compute'], load: () => import('../types/ecr.ts') },
  { packs: ['compute'], load: () => import('../types/ecs.ts') },
  { packs: ['data'], load: () => import('../types/efs.ts') },
  { packs: ['compute'], load: () => import('../types/eks.ts') },
  { packs: ['data'], load: () => import('../types/elasticache.ts') },
  { packs: ['compute'], load: () => import('../types/elasticbeanstalk.ts') },
  { packs: ['net'], load: () => import('../types/elb.ts') },
  { packs: ['net'], load: () => import('../types/elbv2.ts') },
  { packs: ['data'], load: () => import('../types/fsx.ts') },
  { packs: ['identity'], load: () => import('../types/globalaccelerator.ts') },
  { packs: ['security'], load: () => import('../types/guardduty.ts') },
  { packs: ['identity'], load: () => import('../types/iam.ts') },
  { packs: ['security'], load: () => import('../types/inspector.ts') },
  { packs: ['data'], load: () => import('../types/kafka.ts') },
  { packs: ['data'], load: () => import('../types/kinesis.ts') },
  { packs: ['security'], load: () => import('../types/kms.ts') },
  { packs: ['compute'], load: () => import('../types/lambda.ts') },
  { packs: ['compute'], load: () => import('../types/lightsail.ts') },
  { packs: ['security'], load: () => import('../types/macie.ts') },
  { packs: ['data'], load: () => import('../types/memorydb.ts') },
  { packs: ['data'], load: () => import('../types/mq.ts') },
  { packs: ['net'], load: () => import('../types/networkfirewall.ts') },
  { packs: ['data'], load: () => import('../types/opensearch.ts') },
  { packs: ['identity'], load: () => import('../types/organizations.ts') },
  { packs: ['data'], load: () => import('../types/rds.ts') },
  { packs: ['data'], load: () => import('../types/redshift.ts') },
  { packs: ['data'], load: () => import('../types/redshiftserverless.ts') },
  { packs: ['identity'], load: () => import('../types/route53.ts') },
  { packs: ['edge'], load: () => import('../types/route53resolver.ts') },
  { packs: ['data', 'identity'], load: () => import('../types/s3.ts') },
  { packs: ['security'], load: () => import('../types/secretsmanager.ts') },
  { packs: ['security'], load: () => import('../types/securityhub.ts') },
  { packs: ['data'], load: () => import('../types/sns.ts') },
  { packs: ['data'], load: () => import('../types/sqs.ts') },
  { packs: ['compute', 'security'], load: () => import('../types/ssm.ts') },
  { packs: ['security'], load: () => import('../types/tagging.ts') },
  { packs: ['data'], load: () => import('../types/transfer.ts') },
  { packs: ['net'], load: () => import('../types/vpc.ts') },
  { packs: ['edge'], load: () => import('../types/wafv2.ts') },
  { packs: ['compute'], load: () => import('../types/workspaces.ts') },
];

/** Declarations that a unit lists, sorted by type: all global ones, or those of a pack. */
export async function declarationsOf(pack: Pack): Promise<readonly Declaration[]> {
  const loaded = await Promise.all(SERVICES.filter(({ packs }) => packs.includes(pack)).map(({ load }) => load()));
  return loaded
    .flatMap(({ declarations }) => declarations)
    .filter((each) => (each.scope === 'global' ? pack === 'identity' : each.pack === pack))
    .sort((a, b) => (a.type < b.type ? -1 : 1));
}

/** All declarations, for generated files: the member accounts' role, the table of types in the docs. */
export async function allDeclarations(): Promise<readonly Declaration[]> {
  const packs = await Promise.all(PACKS.map(declarationsOf));
  return packs.flat();
}
