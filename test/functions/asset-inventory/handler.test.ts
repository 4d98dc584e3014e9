import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import type { Current, Manifest } from '../../../shared/asset/model.ts';
import { onAws } from '../../rig/aws/suite.ts';
import { ocsfSchema } from '../../rig/ocsf/ocsf.ts';
import type { Any } from '../../source.ts';
import { type Between, between } from './between.ts';

const context = { getRemainingTimeInMillis: () => 600_000 } as Context;
const TICK = JSON.stringify({ 'detail-type': 'Scheduled Event', source: 'aws.events', account: '1', region: 'r' });
const HOME = '123456789012';
const NO_SNAPSHOTS = { status: 200, body: '<DescribeSnapshotsResponse><snapshotSet/></DescribeSnapshotsResponse>' };

await onAws('the Lambda of the inventory', {}, (aws) => {
  const before = process.env;
  const write = process.stdout.write;
  let proxy: Between;
  let folder: string;
  let queue: string;
  let s3: S3Client;
  let sqs: SQSClient;
  let handler: (event: unknown, context: Context) => Promise<SQSBatchResponse>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bongsu-'));
    proxy = await between(aws.url);
    // the local AWS has a thousand snapshots from the start, and each would be asked about
    proxy.answer = ({ action }) => (action === 'DescribeSnapshots' ? NO_SNAPSHOTS : undefined);
    process.env = {
      ...before,
      ...aws.env,
      AWS_ENDPOINT_URL: proxy.url,
      AWS_ENDPOINT_URL_S3_CONTROL: 'http://s3-control.invalid',
      ROUTE: 'opensearch,splunk',
      GEO_URL: 'off',
      OPENSEARCH_URL: `file:${folder}`,
      SPLUNK_HEC_URL: `file:${folder}`,
      QUARANTINE_STREAM: `file:${folder}`,
      ASSET_ACCOUNTS: HOME,
      ASSET_REGIONS: 'eu-west-1',
      ASSET_ROLE: 'bongsu-asset-inventory',
      ASSET_EXTERNAL_ID: 'test',
      ASSET_BUCKET: 'inventory',
      ASSET_OCSF: 'on',
    };
    s3 = new S3Client();
    sqs = new SQSClient();
    await s3.send(new CreateBucketCommand({ Bucket: 'inventory' }));
    queue = (await sqs.send(new CreateQueueCommand({ QueueName: 'assets' }))).QueueUrl!;
    process.env.ASSET_QUEUE_URL = queue;
    await new EC2Client().send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
    process.stdout.write = (() => true) as typeof write;
    ({ handler } = (await import('../../../functions/asset-inventory/handler.ts')) as unknown as {
      handler: typeof handler;
    });
  });
  afterAll(async () => {
    process.stdout.write = write;
    process.env = before;
    await proxy.stop();
    await rm(folder, { recursive: true });
  });

  /** Hands messages to the Lambda as SQS would, until there are none. */
  async function drain(): Promise<void> {
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queue }));
      if (Messages.length === 0) return;
      for (const { MessageId, Body, ReceiptHandle } of Messages) {
        const record = { messageId: MessageId, body: Body, eventSource: 'aws:sqs' };
        const { batchItemFailures } = await handler({ Records: [record] }, context);
        expect(batchItemFailures).toEqual([]);
        await sqs.send(new DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle }));
      }
    }
  }

  const read = async <T>(key: string): Promise<T> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'inventory', Key: key }));
    return JSON.parse(await Body!.transformToString());
  };

  const lines = async (sink: string): Promise<Any[]> =>
    (await readFile(join(folder, `asset-inventory.${sink}.ndjson`), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  test('a tick becomes a whole run, and both destinations are told', async () => {
    await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: TICK }));
    await drain();
    const current = await read<Current>('current.json');
    const { summary, shards } = await read<Manifest>(current.manifest);
    expect(current.seq).toBe(1);
    expect(shards.map(({ region }) => region)).toEqual(['eu-west-1', 'global']);
    expect(summary.newAccounts).toEqual([HOME]);

    await expect(s3.send(new HeadObjectCommand({ Bucket: 'inventory', Key: 'lookup/current' }))).resolves.toBeDefined();
    const splunk = await lines('splunk');
    const vpc = splunk.find(({ event }) => event.asset?.net?.prefixes?.includes('10.9.0.0/16'));
    expect(vpc).toMatchObject({ sourcetype: 'bongsu:asset', event: { kind: 'state', vendor_account: HOME } });
    expect(splunk.filter(({ event }) => event.kind === 'coverage').length).toBe(summary.scopes);
    const opensearch = await lines('opensearch');
    expect(opensearch).toContainEqual({
      index: expect.objectContaining({ _index: 'aws-assets-current', _id: vpc.event.asset.id }),
    });
  });

  /** Events of one class, by the key of their object. */
  async function exported(name: string): Promise<ReadonlyMap<string, Any[]>> {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'inventory', Prefix: `ocsf/${name}/` }));
    const objects = new Map<string, Any[]>();
    for (const { Key = '' } of Contents) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'inventory', Key }));
      const text = gunzipSync(await Body!.transformToByteArray()).toString();
      objects.set(
        Key,
        text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
      );
    }
    return objects;
  }

  test('a whole run is also there as OCSF events, by the day', async () => {
    const { run, at, summary } = await read<Manifest>((await read<Current>('current.json')).manifest);
    const objects = await exported('cloud_resources_inventory_info');
    const folder = `ocsf/cloud_resources_inventory_info/${at.slice(0, 10).replaceAll('-', '/')}`;
    expect([...objects.keys()]).toEqual(
      ['eu-west-1', 'global'].map((region) => `${folder}/${run}-${HOME}-${region}.ndjson.gz`),
    );
    const events = [...objects.values()].flat();
    expect(events.length).toBe(summary.assets);
    expect(events.find(({ resources }) => resources[0].data.net.prefixes?.includes('10.9.0.0/16'))).toMatchObject({
      class_uid: 5023,
      time: Date.parse(at),
      resources: [{ type: 'AWS::EC2::VPC' }],
    });
    expect(await exported('entity_management')).toEqual(new Map()); // a baseline is no change
    let reason = '';
    const validate = await ocsfSchema((line) => {
      reason = line;
    });
    if (validate === undefined) throw new Error(reason);
    expect(await validate(events)).toEqual([]);
  }, 60_000);

  test('a second run on the same day tells of nothing that is as it was', async () => {
    const told = (await lines('splunk')).length;
    await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: TICK }));
    await drain();
    expect((await read<Current>('current.json')).seq).toBe(2);
    const fresh = (await lines('splunk')).slice(told);
    expect(fresh.filter(({ event }) => event.kind !== 'coverage')).toEqual([]);
  });
});
