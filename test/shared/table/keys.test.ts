import { describe, expect, test } from '@jest/globals';
import { NO_LOGS, ownerOf } from '../../../shared/table/keys.ts';

const DAY = 'ap-northeast-2/2026/11/24';

describe('ownerOf', () => {
  test.each([
    [
      `AWSLogs/123456789012/CloudTrail/${DAY}/123456789012_CloudTrail_ap-northeast-2_20261124T1340Z_a.json.gz`,
      'cloudtrail',
    ],
    [`o-abc123/AWSLogs/123456789012/CloudTrail/${DAY}/x.json.gz`, 'cloudtrail'],
    [`any/prefix/AWSLogs/o-abc123/123456789012/CloudTrail/${DAY}/x.json.gz`, 'cloudtrail'],
    [`AWSLogs/123456789012/CloudTrail-Insight/${DAY}/x.json.gz`, 'cloudtrail'],
    [`AWSLogs/123456789012/vpcflowlogs/${DAY}/13/x.log.gz`, 'flowlogs'],
    [
      'AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/x.log.parquet',
      'flowlogs',
    ],
    ['AWSLogs/123456789012/WAFLogs/cloudfront/web/2026/11/24/13/40/x.log.gz', 'waf'],
    ['dns/AWSLogs/123456789012/vpcdnsquerylogs/vpc-0123456789abcdef0/2026/11/24/x.log.gz', 'dns'],
    [`AWSLogs/123456789012/GuardDuty/${DAY}/x.jsonl.gz`, 'guardduty'],
  ])('%s is of %s', (key, owner) => expect(ownerOf(key)).toBe(owner));

  test.each([
    'firehose/2026/11/24/13/stream-1-2026-11-24-13-40-00-a',
    `AWSLogs/123456789012/elasticloadbalancing/${DAY}/x.log.gz`,
    `AWSLogs/123456789012/constructor/${DAY}/x.log.gz`,
    'flows/CloudTrail/x.json.gz',
    'MyAWSLogs/123456789012/CloudTrail/x.json.gz',
    'AWSLogs/12/CloudTrail/x.json.gz',
  ])('%s does not tell', (key) => expect(ownerOf(key)).toBeUndefined());
});

test.each([
  ['AWSLogs/123456789012/CloudTrail-Digest/eu-west-1/2026/11/24/x.json.gz', 'CloudTrail digest'],
  ['AWSLogs/123456789012/Config/ConfigWritabilityCheckFile', 'AWS Config'],
  ['AWSLogs/123456789012/Config/eu-west-1/2026/11/24/ConfigHistory/x.json.gz', 'AWS Config'],
  ['aws-logs-write-test', 'write test'],
  ['exports/aws-logs-write-test', 'write test'],
  ['AWSLogs/123456789012/ELBAccessLogTestFile', 'write test'],
  ['AWSLogs/123456789012/vpcflowlogs/x.log.gz', undefined],
])('%s is no log: %s', (key, reason) => expect(NO_LOGS.find(({ is }) => is(key))?.reason).toBe(reason));
