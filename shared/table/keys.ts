/**
 * What the keys of log objects say: `<prefix>/AWSLogs/[<organization>/]<account>/<service>/<region>/…`, or
 * Hive-style `<prefix>/AWSLogs/aws-account-id=<account>/aws-service=<service>/aws-region=<region>/…`.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html
 * https://docs.aws.amazon.com/waf/latest/developerguide/logging-s3.html
 */
import { SOURCES, type SourceName, sourceNames } from '../sources.ts';

const KEY = /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?(?:aws-account-id=)?\d{12}\/(?:aws-service=)?([^/]+)/;

/** Source by the name that AWS gives a service in keys. */
const owners: ReadonlyMap<string | undefined, SourceName> = new Map(
  sourceNames.flatMap((name) => (SOURCES[name].objects?.services ?? []).map((service) => [service, name] as const)),
);

const serviceOf = (key: string): string | undefined => KEY.exec(key)?.[1];

/** The source that an object belongs to; undefined when its key does not say. */
export const ownerOf = (key: string): SourceName | undefined => owners.get(serviceOf(key));

/** What stands among logs and is none of them. */
export const NO_LOGS: readonly { reason: string; is(key: string): boolean }[] = [
  // its signature stands in the object's metadata: whoever verifies digests fetches them by themselves
  { reason: 'CloudTrail digest', is: (key) => serviceOf(key) === 'CloudTrail-Digest' },
  { reason: 'AWS Config', is: (key) => serviceOf(key) === 'Config' },
  // of export tasks of CloudWatch Logs and of load balancers, to see whether they may write
  { reason: 'write test', is: (key) => /(^|\/)(aws-logs-write-test|ELB\w*TestFile)$/.test(key) },
];
