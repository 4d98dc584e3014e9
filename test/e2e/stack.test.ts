/** The deployed stack between a local AWS, a real OpenSearch and a strict HEC receiver. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from '@jest/globals';
import { type Stack, stage } from '../../scripts/demo/deployed.ts';
import { incident } from '../../scripts/incident.ts';
import type { SourceName } from '../../shared/sources.ts';
import { drained, request } from '../rig/aws/aws.ts';
import { forgedMessages } from './forged.ts';
import { twoStages } from './stages.ts';
import { onStack } from './suite.ts';

/** A real scan, where it is at hand: 61 findings. */
const PROWLER = new URL('../../../shared/data/prowler/s3-iam-cloudtrail.asff.json.gz', import.meta.url);
const FINDINGS = ['guardduty', 'securityhub', 'inspector', 'macie', 'shield'] as const satisfies SourceName[];
const SOURCES: readonly SourceName[] = ['flowlogs', 'waf', 'networkfirewall', 's3access', ...FINDINGS];

await onStack('the deployed stack', {}, suite);

function suite(stack: Stack): void {
  const { aws, opensearch, hec, outputs } = stack;
  const play = stage(stack);
  const story = incident(new Date('2026-11-24T12:00:00Z'));

  const count = async (index: string): Promise<number> => {
    await opensearch.indices.refresh();
    const { body } = await opensearch.count({ index });
    return body.count;
  };
  const send = (queue: string, bodies: readonly string[]) =>
    request(aws, 'sqs', 'AmazonSQS.SendMessageBatch', {
      QueueUrl: queue,
      Entries: bodies.map((MessageBody, i) => ({ Id: `m${i}`, MessageBody })),
    });
  const messages = async (queue: string): Promise<number> => {
    const { Attributes } = await request<{ Attributes: Record<string, string> }>(
      aws,
      'sqs',
      'AmazonSQS.GetQueueAttributes',
      { QueueUrl: queue, AttributeNames: ['ApproximateNumberOfMessages'] },
    );
    return Number(Attributes.ApproximateNumberOfMessages);
  };
  const notification = (key: string, bucket = outputs.LogBucketName) =>
    JSON.stringify({
      Records: [
        {
          eventSource: 'aws:s3',
          eventName: 'ObjectCreated:Put',
          s3: { bucket: { name: bucket }, object: { key: encodeURIComponent(key), size: 1 } },
        },
      ],
    });

  test('every record of an incident is in both destinations or in quarantine', async () => {
    await play.play(story.objects, story.events);
    for (const source of SOURCES) {
      const objects = story.objects.filter((object) => object.source === source);
      const events = story.events.filter((event) => event.source === source);
      const broken = objects.reduce((sum, object) => sum + object.broken, 0);
      const all = [...objects, ...events];
      const good = all.reduce((sum, { records }) => sum + records, 0) - broken;
      const heldBack = all.reduce((sum, each) => sum + each.heldBack, 0);
      const arrived = await play.arrived(source);
      expect({ source, ...arrived, samples: undefined }).toEqual({
        source,
        opensearch: good,
        splunk: good - heldBack,
        quarantined: broken,
        samples: undefined,
      });
    }
  });

  test('an event delivered again changes nothing in OpenSearch, and Splunk can tell the repeats', async () => {
    const before = await count('aws-flowlogs-*');
    const ids = () => new Set(hec.events().map((event) => event.fields?.event_id));
    const distinct = ids().size;
    await send(outputs.FlowlogsQueueUrl, [notification(`flowlogs/${story.objects[0].key}`)]);
    await drained(aws, outputs.FlowlogsQueueUrl);
    expect(await count('aws-flowlogs-*')).toBe(before);
    expect(ids().size).toBe(distinct);
  });

  test('of ten messages only the broken one ends in the dead-letter queue', async () => {
    const good = Array.from({ length: 9 }, (_, i) =>
      notification(`flowlogs/${story.objects[i % story.objects.length].key}`),
    );
    await send(outputs.FlowlogsQueueUrl, [...good.slice(0, 4), '{"broken', ...good.slice(4)]);
    await drained(aws, outputs.FlowlogsQueueUrl);
    while ((await messages(outputs.FlowlogsDeadLettersUrl)) < 1) await sleep(200); // the test's own timeout ends it
    expect(await messages(outputs.FlowlogsDeadLettersUrl)).toBe(1);
  });

  const folder = new URL('../../../shared/data/cloudtrail/', import.meta.url);
  const trail = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json.gz')) : [];
  const title = 'real log files of CloudTrail are 1,233 documents, and still are when each object comes again';
  const missing = trail.length === 0 ? ' (skipped: ../shared/data/cloudtrail is not there)' : '';
  (missing === '' ? test : test.skip)(title + missing, async () => {
    const s3 = new S3Client({
      endpoint: aws.url,
      region: aws.env.AWS_REGION,
      credentials: { accessKeyId: aws.env.AWS_ACCESS_KEY_ID, secretAccessKey: aws.env.AWS_SECRET_ACCESS_KEY },
    });
    const keys = trail.map((name) => `cloudtrail/AWSLogs/218007301253/CloudTrail/us-east-1/2023/07/10/${name}`);
    for (const [i, Key] of keys.entries()) {
      await s3.send(
        new PutObjectCommand({ Bucket: outputs.LogBucketName, Key, Body: readFileSync(new URL(trail[i], folder)) }),
      );
    }
    s3.destroy();
    await drained(aws, outputs.CloudtrailQueueUrl);
    expect(await count('aws-cloudtrail-2023.07.10')).toBe(1233);
    for (const key of keys) await send(outputs.CloudtrailQueueUrl, [notification(key)]);
    await drained(aws, outputs.CloudtrailQueueUrl);
    expect(await count('aws-cloudtrail-2023.07.10')).toBe(1233);
    expect(await messages(outputs.CloudtrailDeadLettersUrl)).toBe(0);
  });

  test('findings have a current state beside their history', async () => {
    await opensearch.indices.refresh();
    const { body } = await opensearch.search({ index: 'aws-findings-history-*', size: 10_000 });
    const uids = new Set(body.hits.hits.flatMap(({ _source }) => (_source as Finding).finding?.uid ?? []));
    const states = [...story.objects.filter(({ source }) => source === 'securityhub'), ...story.events];
    const made = states.reduce((sum, { records, heldBack }) => sum + records - heldBack, 0);
    expect(body.hits.hits).toHaveLength(made);
    expect(await count('aws-findings-current')).toBe(uids.size);
  });

  describe('findings that come again', () => {
    const s3 = new S3Client({
      endpoint: aws.url,
      region: aws.env.AWS_REGION,
      credentials: { accessKeyId: aws.env.AWS_ACCESS_KEY_ID, secretAccessKey: aws.env.AWS_SECRET_ACCESS_KEY },
    });
    afterAll(() => s3.destroy());
    const findings = story.events.filter(({ source }) => source === 'guardduty').map(({ event }) => event);
    const uids = () => new Set(hec.events().flatMap(({ fields }) => fields?.finding_uid ?? []));
    const archived = async (): Promise<readonly string[]> => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: outputs.ArchiveBucketName }));
      return Contents.map(({ Key = '' }) => Key);
    };
    /** Every document that came as an event, as it lies there. */
    const told = async () => {
      await opensearch.indices.refresh();
      const query = { bool: { must_not: { term: { 'finding.way': 's3' } } } };
      const body = { version: true, size: 10_000, query };
      const { hits } = (await opensearch.search({ index: 'aws-findings-*', body })).body.hits;
      for (const { _source } of hits) delete (_source as Finding).event?.ingested; // when it came, not what it is
      return hits.toSorted((a, b) => `${a._index} ${a._id}`.localeCompare(`${b._index} ${b._id}`));
    };
    /** Every document by index and id, with its version. */
    const documents = async () => {
      await opensearch.indices.refresh();
      const { body } = await opensearch.search({ index: 'aws-findings-*', size: 10_000, body: { version: true } });
      return body.hits.hits.map(({ _index, _id, _version }) => `${_index} ${_id} ${_version}`).toSorted();
    };
    const queueOf = (source: string) => outputs[`${source[0].toUpperCase()}${source.slice(1)}QueueUrl`];
    async function replay(keys: readonly string[]): Promise<void> {
      for (const key of keys) await send(queueOf(key.split('/')[0]), [notification(key, outputs.ArchiveBucketName)]);
      await drained(aws, ...FINDINGS.map(queueOf));
    }
    /** The lines of an object of the archive. */
    async function linesOf(Key: string): Promise<readonly string[]> {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: outputs.ArchiveBucketName, Key }));
      return gunzipSync(await Body!.transformToByteArray())
        .toString()
        .trimEnd()
        .split('\n');
    }

    test('the archive has each event once, as it came', async () => {
      const keys = await archived();
      for (const key of keys) expect(key).toMatch(/^[a-z]+\/\d{4}\/\d\d\/\d\d\/[^/]+\.gz$/);
      const lines = (await Promise.all(keys.map(linesOf))).flat().map((line) => JSON.parse(line));
      for (const source of FINDINGS) {
        const sent = story.events.filter((event) => event.source === source).map(({ event }) => event);
        const kept = lines.filter((line) => line.source === source).map(({ event }) => event);
        const details = (events: readonly { detail: object }[]) =>
          events.map(({ detail }) => withoutPlaces(JSON.stringify(detail))).toSorted();
        expect([source, details(kept)]).toEqual([source, details(sent)]);
      }
    });

    test('a day of the archive, delivered again, changes nothing in OpenSearch and nothing in the archive', async () => {
      const before = await told();
      const keys = await archived();
      await replay(keys);
      expect(await told()).toEqual(before);
      expect(await archived()).toEqual(keys);
      for (const name of Object.keys(outputs).filter((name) => name.endsWith('DeadLettersUrl'))) {
        if (name !== 'FlowlogsDeadLettersUrl') expect([name, await messages(outputs[name])]).toEqual([name, 0]);
      }
    });

    test('a day of the archive brings the same documents back into an OpenSearch that has lost them', async () => {
      const before = await told();
      await opensearch.indices.delete({ index: 'aws-findings-history-*,aws-findings-copies-*,aws-findings-current' });
      await replay(await archived());
      const hits = await told();
      expect(hits).toEqual(before);
    });

    test("GuardDuty's export of the same findings changes nothing, and one that was missed is there", async () => {
      const before = await documents();
      const details = findings.map((event) => (event as { detail: object }).detail);
      const missed = { ...details[0], id: 'f'.repeat(32) };
      const lines = [...details, missed].map((detail) => JSON.stringify(detail));
      await s3.send(
        new PutObjectCommand({
          Bucket: outputs.LogBucketName,
          Key: 'guardduty/AWSLogs/123456789012/GuardDuty/eu-west-1/2026/11/24/4f1b2c3d.jsonl.gz',
          Body: gzipSync(lines.join('\n')),
        }),
      );
      await drained(aws, outputs.GuarddutyQueueUrl);
      const added = (await documents()).filter((document) => !before.includes(document));
      expect(added).toHaveLength(2);
      expect(added.every((document) => document.includes(missed.id))).toBe(true);
      expect(uids()).toContain(missed.id);
    });
  });

  describe('Security Hub', () => {
    const events = (id: string) => hec.events().filter(({ fields }) => fields?.finding_uid === id);

    test('is asked by a tick for what it told nobody of, once, and by the next one for nothing more', async () => {
      const id = 'arn:aws:securityhub:eu-west-1:123456789012:security-control/S3.8/finding/asked';
      const authorization = 'AWS4-HMAC-SHA256 Credential=testing/20260101/eu-west-1/securityhub/aws4_request';
      const finding = {
        SchemaVersion: '2018-10-08',
        Id: id,
        ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/securityhub',
        UpdatedAt: new Date(Date.now() - 3_600_000).toISOString(),
        Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::customer-exports' }],
      };
      const { UpdatedAt } = finding;
      const scan = existsSync(PROWLER) ? JSON.parse(gunzipSync(readFileSync(PROWLER)).toString()) : [];
      const scanned = (scan as { Id: string }[]).map((each) => ({ ...each, UpdatedAt }));
      const body = JSON.stringify({ Findings: [finding, ...scanned] });
      await fetch(`${aws.url}/findings/import`, { method: 'POST', headers: { authorization }, body });
      const state = `s3://${outputs.QuarantineBucketName}/state/securityhub.json`;
      const tick = {
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        account: '123456789012',
        detail: { state },
      };
      const current = () => count('aws-findings-current');
      const before = await current();
      for (const _ of [1, 2]) {
        await send(outputs.SecurityhubQueueUrl, [JSON.stringify({ ...tick, region: 'eu-west-1' })]);
        await drained(aws, outputs.SecurityhubQueueUrl);
        await opensearch.indices.refresh();
      }
      for (const { Id } of [finding, ...scanned]) expect([Id, events(Id).length]).toEqual([Id, 1]);
      expect(await current()).toBe(before + 1 + scanned.length);
      const { body: found } = await opensearch.search({ index: 'aws-findings-*', q: `finding.uid:"${id}"` });
      const indices = found.hits.hits.map(({ _index = '' }) => _index.replace(/\d.*/, ''));
      expect(indices.toSorted()).toEqual(['aws-findings-current', 'aws-findings-history-']);
      expect(await messages(outputs.SecurityhubDeadLettersUrl)).toBe(0);
    });

    test("reads Prowler's files in the log bucket", async () => {
      const text = await readFile(new URL('../sample/securityhub/prowler.ocsf.json', import.meta.url), 'utf8');
      const client = new S3Client({
        endpoint: aws.url,
        region: 'eu-west-1',
        credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
      });
      await client.send(
        new PutObjectCommand({
          Bucket: outputs.LogBucketName,
          Key: 'prowler/2026/11/24/1-own.ocsf.json.gz',
          Body: gzipSync(text),
        }),
      );
      client.destroy();
      await drained(aws, outputs.SecurityhubQueueUrl);
      await opensearch.indices.refresh();
      const [{ metadata, resources, cloud }] = JSON.parse(text);
      const { sourcetype } = hec.events().find(({ source }) => source?.includes('/1-own.ocsf.json.gz')) ?? {};
      expect(sourcetype).toBe('aws:securityhub:ocsf');
      const { body } = await opensearch.search({
        index: 'aws-findings-current',
        q: `rule.id:"${metadata.event_code}" AND cloud.entity.id:"${resources[0].uid}"`,
      });
      expect(body.hits.hits[0]._source).toMatchObject({
        observer: { product: 'Prowler' },
        cloud: { account: { id: cloud.account.uid }, entity: { id: resources[0].uid } },
      });
    });
  });

  test('the templates are in force: free-form detail is one field', async () => {
    const { body } = await opensearch.indices.getMapping({ index: 'aws-findings-history-*' });
    const [{ mappings }] = Object.values(body);
    const { properties } = mappings as { properties: Record<string, { properties: Record<string, unknown> }> };
    expect(properties.aws.properties.guardduty).toMatchObject({ properties: { service: { type: 'flat_object' } } });
  });

  forgedMessages(stack);
  twoStages(stack);
}

/** The archive has what Macie found, not where. */
const withoutPlaces = (detail: string): string => detail.replace(/,"occurrences":\{.*?\]\}/, '');

interface Finding {
  readonly finding?: { readonly uid: string };
  readonly event?: { ingested?: string };
}
