/** A second stage beside the deployed one: what one receives moves no alarm of the other. */
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Stack } from '../../scripts/demo/deployed.ts';
import { deploy, drained, request } from '../rig/aws/aws.ts';
import { moved } from './alarms.ts';

const FLOWS = '2 123456789012 eni-0a1b 192.0.2.1 198.51.100.7 443 50000 6 10 840 1795527600 1795527660 ACCEPT OK';
const DEPLOYING_MS = 300_000;

export function twoStages({ aws, hec, outputs }: Stack): void {
  describe('two stages side by side', () => {
    const client = {
      endpoint: aws.url,
      region: aws.env.AWS_REGION,
      credentials: { accessKeyId: aws.env.AWS_ACCESS_KEY_ID, secretAccessKey: aws.env.AWS_SECRET_ACCESS_KEY },
    };
    const s3 = new S3Client(client);
    let second: Readonly<Record<string, string>>;
    beforeAll(async () => {
      type Secrets = { SecretList: readonly { Name: string; ARN: string }[] };
      const { SecretList } = await request<Secrets>(aws, 'secretsmanager', 'secretsmanager.ListSecrets', {});
      second = await deploy(aws, {
        stage: 'second',
        params: {
          sources: 'flowlogs',
          flowlogsRoute: 'splunk',
          geoUrl: 'off',
          splunkHecUrl: hec.url,
          splunkHecSecretArn: SecretList.find(({ Name }) => Name === 'splunk-hec')!.ARN,
          splunkCaFile: hec.caFile ?? '',
        },
      });
      await drained(aws, outputs.FlowlogsQueueUrl, second.FlowlogsQueueUrl); // S3 sends each queue a test event
    }, DEPLOYING_MS);
    afterAll(() => s3.destroy());

    async function deliver(bucket: string, queue: string, key: string, text: string): Promise<number> {
      const since = (await readFile(aws.logFile, 'utf8')).length;
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `flowlogs/${key}`, Body: gzipSync(text) }));
      await drained(aws, queue);
      return since;
    }

    test('records of the first are not those of the second', async () => {
      const since = await deliver(outputs.LogBucketName, outputs.FlowlogsQueueUrl, 'side-1.log.gz', `${FLOWS}\n`);
      const { 'bongsu-demo-flowlogs-no-data': first, 'bongsu-second-flowlogs-no-data': other } = await moved(
        aws,
        since,
      );
      expect([first, other]).toEqual([1, undefined]);
    });

    test('what the second can not read is told by its own alarm alone', async () => {
      const since = await deliver(second.LogBucketName, second.FlowlogsQueueUrl, 'side-2.log.gz', 'nothing of ours\n');
      const sums = await moved(aws, since);
      expect(sums['bongsu-second-flowlogs-unrouted']).toBe(1);
      for (const [name, sum] of Object.entries(sums)) {
        if (!name.startsWith('bongsu-second-')) expect([name, sum]).toEqual([name, undefined]);
      }
    });

    test('each has alarms of its own', async () => {
      const names = Object.keys(await moved(aws, 0)).map((name) => name.replace(/^bongsu-\w+-/, ''));
      expect(names.toSorted()).toEqual(
        ['count-mismatch', 'no-data', 'not-stored', 'unrouted'].flatMap((kind) => Array(2).fill(`flowlogs-${kind}`)),
      );
    });
  });
}
