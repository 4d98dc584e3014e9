/**
 * Whether addresses, ARNs and places that are given apart lead to the same thing.
 * In: parameters, each right by itself. Out: a sentence for each that does not.
 */
import { parameterPrefix, SOURCES, type SourceName } from '../../shared/sources.ts';
import { clusterOf } from './cluster.ts';
import { basic, created, existing, hec, regionOf } from './destinations.ts';
import { typeFault, volumeLimits } from './instances.ts';
import type { Parameters } from './parameters.ts';
import { fault } from './sentences.ts';

export const disagreements = (parameters: Parameters): string[] => [
  ...domainFaults(parameters),
  ...keyFaults(parameters),
  ...prefixOverlaps(parameters),
  ...nodeFaults(parameters),
  ...accountFaults(parameters),
  ...networkFaults(parameters),
];

/** What the address that AWS gives a domain or collection says of it. */
interface Named {
  readonly service: 'es' | 'aoss';
  readonly region: string;
  /** Of a domain its name, of a collection its id. */
  readonly name: string;
}

/** https://docs.aws.amazon.com/general/latest/gr/opensearch-service.html */
const ADDRESSES = [
  /^(?:search|vpc)-(?<name>[a-z][a-z0-9-]*)-[a-z0-9]+\.(?<region>[a-z0-9-]+)\.(?<service>es)\.amazonaws\.com(?:\.cn)?$/,
  /^(?:search|vpc)-(?<name>[a-z][a-z0-9-]*)-[a-z0-9]+\.aos\.(?<region>[a-z0-9-]+)\.on\.aws$/,
  /^(?<name>[a-z0-9]+)\.(?<region>[a-z0-9-]+)\.(?<service>aoss)\.amazonaws\.com(?:\.cn)?$/,
];

function named(url: string): Named | undefined {
  const { hostname = '' } = URL.parse(url) ?? {};
  const groups = ADDRESSES.map((address) => address.exec(hostname)?.groups).find((found) => found !== undefined);
  return groups && ({ service: 'es', ...groups } as unknown as Named);
}

/** The Lambdas may write to the ARN and do write to the address; of an address of the user's own nothing is known. */
function domainFaults(parameters: Parameters): string[] {
  const { opensearchUrl, opensearchArn } = parameters;
  const found = existing(parameters) && !basic(parameters) ? named(opensearchUrl) : undefined;
  if (found === undefined || opensearchArn === '') return [];
  const [, , service, region, , resource] = opensearchArn.split(':');
  const isSame = service === found.service && region === found.region && resource.endsWith(`/${found.name}`);
  const { name, region: at, service: as } = found;
  const what = as === 'es' ? 'domain' : 'collection';
  return isSame
    ? []
    : [fault('opensearchArn', `the ARN of the ${what} ${name} in ${at}, which opensearchUrl leads to`, opensearchArn)];
}

/** A key encrypts secrets of its own region only. */
function keyFaults(parameters: Parameters): string[] {
  const { secretsKeyArn, opensearchSecretArn, splunkHecSecretArn } = parameters;
  if (secretsKeyArn === '') return [];
  const secrets = [basic(parameters) && opensearchSecretArn, hec(parameters) && splunkHecSecretArn];
  const regions = secrets.filter((arn) => typeof arn === 'string' && arn !== '').map((arn) => regionOf(String(arn)));
  return regions.every((region) => region === regionOf(secretsKeyArn))
    ? []
    : [
        fault(
          'secretsKeyArn',
          `a key in the region of the secrets, ${[...new Set(regions)].join(' and ')}`,
          secretsKeyArn,
        ),
      ];
}

/** S3 refuses two notifications of a bucket for the same keys. */
function prefixOverlaps(parameters: Parameters): string[] {
  if (parameters.logBucket !== 'create') return [];
  const readers = parameters.sources.filter((source) => SOURCES[source].objects !== undefined);
  const prefixes = readers.map((source) => [source, prefixOf(source, parameters)] as const);
  return prefixes.flatMap(([source, prefix], at) => {
    const other = prefixes.slice(0, at).find(([, before]) => before.startsWith(prefix) || prefix.startsWith(before));
    if (other === undefined) return [];
    const expected = `a prefix that does not overlap ${parameterPrefix(other[0])}Prefix (${other[1]}), because S3 notifies one queue`;
    return [fault(`${parameterPrefix(source)}Prefix`, expected, prefix)];
  });
}

const prefixOf = (source: SourceName, { of }: Parameters): string =>
  of[source].Prefix || SOURCES[source].objects?.prefix || `${source}/`;

function nodeFaults(parameters: Parameters): string[] {
  if (!created(parameters)) return [];
  const { instanceType: type, volumeGib: gib, nodes } = clusterOf(parameters);
  const { opensearchReplicas: replicas } = parameters;
  const faults =
    replicas < nodes
      ? []
      : [fault('opensearchReplicas', `fewer than the data nodes, of which there are ${nodes}`, replicas)];
  if (gib === undefined) return faults; // instances with disks of their own
  const wrong = typeFault(type);
  if (wrong !== undefined) return [...faults, fault('opensearchInstanceType', wrong, type)];
  const [least, most] = volumeLimits(type);
  if (gib < least || gib > most) {
    faults.push(fault('opensearchVolumeGib', `${least} to ${most} GiB, which ${type} takes`, gib));
  }
  return faults;
}

/** A bucket policy has 20 KB at most, which some 125 accounts fill. */
const accountFaults = ({ logAccounts }: Parameters): string[] =>
  logAccounts.length > 120
    ? [fault('logAccounts', 'at most 120 accounts; logOrganization takes a whole organization', logAccounts.length)]
    : [];

/** https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html */
const networkFaults = ({ subnetIds, securityGroupIds }: Parameters): string[] => [
  ...(subnetIds.length > 16 ? [fault('subnetIds', 'at most 16 subnets, as Lambda takes', subnetIds)] : []),
  ...(securityGroupIds.length > 5
    ? [fault('securityGroupIds', 'at most 5 security groups, as Lambda takes', securityGroupIds)]
    : []),
];
