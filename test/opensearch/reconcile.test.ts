/** 61 findings of Prowler in the Security Hub of a local AWS, asked for twice: a real node and a strict HEC get each once. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { putAll } from '../../functions/bootstrap/put.ts';
import { templates } from '../../functions/bootstrap/templates.ts';
import { gone } from '../../functions/securityhub/gone.ts';
import { knownIn, searchIn } from '../../functions/securityhub/known.ts';
import { round } from '../../functions/securityhub/reconcile.ts';
import { securityhub } from '../../functions/securityhub/source.ts';
import { noGeo } from '../../shared/enrich/geo.ts';
import type { Body, Log } from '../../shared/model.ts';
import { collect, type Outcome } from '../../shared/pipeline/collect.ts';
import { opensearch } from '../../shared/sink/opensearch/sink.ts';
import { splunk } from '../../shared/sink/splunk/sink.ts';
import { FINDINGS } from '../../shared/sources.ts';
import type { Aws } from '../rig/aws/aws.ts';
import { onAws } from '../rig/aws/suite.ts';
import { type Hec, startHec } from '../rig/hec/hec.ts';
import { asker } from '../rig/opensearch/asker.ts';
import { type Node, startOpenSearch } from '../rig/opensearch/opensearch.ts';
import { onOpenSearch } from '../rig/opensearch/put.ts';
import type { Any } from '../source.ts';

const PROWLER = new URL('../../../shared/data/prowler/s3-iam-cloudtrail.asff.json.gz', import.meta.url);
const TOKEN = '11111111-2222-4333-8444-555555555555';
const { signal } = new AbortController();

interface Finding {
  readonly Id: string;
  readonly UpdatedAt: string;
}

/** Of a run that ended an hour ago. */
function findings(): Finding[] {
  const UpdatedAt = new Date(Math.floor(Date.now() / 1000 - 3600) * 1000).toISOString().replace('.000Z', 'Z');
  const all: Finding[] = JSON.parse(gunzipSync(readFileSync(PROWLER)).toString());
  return all.map((finding) => ({ ...finding, UpdatedAt }));
}

const node = existsSync(PROWLER) ? await startOpenSearch() : { skipped: "Prowler's findings are not on this machine" };
if ('skipped' in node) test.skip(`skipped: ${node.skipped}`, () => {});
else await onAws('the reconciliation', {}, (aws) => suite(aws, node));

function suite(aws: Aws, node: Node): void {
  const access = {
    url: node.url,
    auth: { kind: 'basic', login: async () => node },
    ca: readFileSync(node.caFile, 'utf8'),
  } as const;
  const ask = asker(access);
  const source = securityhub({ geo: noGeo, route: ['opensearch', 'splunk'] });
  const keys = { accessKeyId: 'testing', secretAccessKey: 'testing' };
  const credentials = async () => keys;
  const { AWS_REGION: region } = aws.env;
  const s3 = new S3Client({ endpoint: aws.url, region, credentials: keys, forcePathStyle: true });
  const quiet: Log = { info() {}, warn() {}, error() {} };
  let hec: Hec;

  beforeAll(async () => {
    await putAll(templates({ shards: 1, replicas: 0 }), onOpenSearch(access));
    hec = await startHec({ token: TOKEN });
    const LocationConstraint = region as 'eu-west-1';
    await s3.send(new CreateBucketCommand({ Bucket: 'quarantine', CreateBucketConfiguration: { LocationConstraint } }));
  });
  afterAll(async () => {
    s3.destroy();
    await Promise.all([hec.stop(), node.stop()]);
  });

  async function imported(all: readonly Finding[]): Promise<void> {
    const authorization = `AWS4-HMAC-SHA256 Credential=testing/20260101/${region}/securityhub/aws4_request`;
    const response = await fetch(`${aws.url}/findings/import`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ Findings: all }),
    });
    expect(await response.json()).toMatchObject({ FailedCount: 0, SuccessCount: all.length });
  }

  const search = searchIn(access, 'aws-findings-current', quiet);

  async function sent(bodies: () => AsyncIterable<Body>): Promise<Outcome> {
    const [outcome] = await collect(source, [{ id: 'tick', bodies }], {
      sinks: [
        opensearch({ ...access, index: FINDINGS }),
        splunk({ endpoints: [hec.url], token: async () => TOKEN, ...source.splunk }),
      ],
      quarantine: { put: ({ reason }) => expect(reason).toBe(''), flush: async () => {} },
      log: quiet,
      metrics: { add() {}, flush() {} },
      signal,
    });
    expect(outcome.error).toBeUndefined();
    await ask('POST', '/aws-findings-*/_refresh');
    return outcome;
  }

  async function tick(): Promise<Outcome> {
    const { poll, keep } = round({
      hub: { credentials, endpoint: aws.url },
      s3,
      source,
      known: knownIn(access, FINDINGS, quiet),
      log: quiet,
      deadline: () => Number.POSITIVE_INFINITY,
    });
    const state = { bucket: 'quarantine', key: 'state/securityhub.json' };
    const outcome = await sent(() => poll({ account: '123456789012', region, state }, signal));
    await keep(signal);
    return outcome;
  }

  const count = async (index: string) => ((await ask('GET', `/${index}/_count`)) as { count: number }).count;

  test('brings 61 findings once, however often it is done', async () => {
    const all = findings();
    expect(all).toHaveLength(61);
    await imported(all);
    expect(await tick()).toMatchObject({ read: 61, counts: { opensearch: { sent: 61 }, splunk: { sent: 61 } } });
    expect(await tick()).toMatchObject({ read: 0, counts: { opensearch: { sent: 0 }, splunk: { sent: 0 } } });
    expect(await count('aws-findings-history-*')).toBe(61);
    expect(await count('aws-findings-current')).toBe(61);
    expect(new Set(hec.events().map(({ fields }) => fields?.finding_uid))).toEqual(new Set(all.map(({ Id }) => Id)));
    expect(hec.events()).toHaveLength(61);
  });

  test('brings a new state of one of them alone', async () => {
    const [first] = findings();
    const UpdatedAt = new Date(Date.now() - 1_800_000).toISOString();
    await imported([{ ...first, UpdatedAt }]);
    expect(await tick()).toMatchObject({ read: 1, counts: { opensearch: { sent: 1 }, splunk: { sent: 1 } } });
    expect(await count('aws-findings-history-*')).toBe(62);
    expect(await count('aws-findings-current')).toBe(61);
  });

  describe('a failure that the runs of its account no longer report', () => {
    const day = (name: string): Finding[] =>
      JSON.parse(readFileSync(new URL(`../sample/cases/prowler-gone.${name}.json`, import.meta.url), 'utf8'));
    const [bucket, user] = day('day1');
    const uid = bucket.Id;
    const at = (hours: number): number => Date.parse(bucket.UpdatedAt) + hours * 3_600_000;
    const run = (hours: number, ...all: object[]): object[] =>
      all.map((each) => ({ ...each, UpdatedAt: new Date(at(hours)).toISOString() }));
    const file = (all: object[]) => () => only({ uri: 's3://logs/prowler/x.json', chunks: only(json(all)) });
    const archived = (hours: number) => () =>
      only({ uri: 'prowler', chunks: gone({ search, now: at(hours) }, { account: '123456789012', region }, signal) });
    const current = async (id = uid) => {
      const { _source } = (await ask('GET', `/aws-findings-current/_doc/${id}`)) as { _source: Any };
      return _source;
    };
    const states = async () => {
      const query = { query: { term: { 'finding.uid': uid } } };
      return ((await ask('POST', '/aws-findings-history-*/_count', query)) as { count: number }).count;
    };

    beforeEach(async () => {
      // not by query: a deleted document's external version is remembered for a minute
      const indices = (await ask('GET', '/aws-findings-*/_settings/index.uuid')) as object;
      for (const name of Object.keys(indices)) await ask('DELETE', `/${name}`);
    });

    test('is archived after eight days, in the current findings and in Splunk, and once', async () => {
      await sent(file(day('day1')));
      await sent(file(day('day2')));
      expect(await sent(archived(7 * 24))).toMatchObject({ read: 0 });
      const before = await current();
      const told = hec.events().length;
      expect(await sent(archived(8 * 24 + 1))).toMatchObject({ read: 1, counts: { splunk: { sent: 1 } } });
      const after = await current();
      expect(after.aws.securityhub.workflow).toEqual({ status: 'archived' });
      expect(after['@timestamp']).toBe('2026-11-24T00:59:59.000Z');
      expect(unlike(before, after)).toEqual(CHANGED);
      expect(await states()).toBe(2);
      const [event] = hec.events().slice(told);
      expect(event).toMatchObject({ event: { Id: uid, RecordState: 'ARCHIVED' }, fields: { finding_uid: uid } });
      expect(await sent(archived(9 * 24))).toMatchObject({ read: 0 });
      expect((await current(user.Id)).aws.securityhub.workflow).toEqual({ status: 'new' });
    });

    test('is archived at once where its check ran in its region, but not before that run can be complete', async () => {
      const other = { ...bucket, Id: `${uid}-other`, Compliance: { Status: 'PASSED' } };
      await sent(file(day('day1')));
      await sent(file(run(24, other, user)));
      expect(await sent(archived(24 + 11))).toMatchObject({ read: 0 });
      expect(await sent(archived(24 + 13))).toMatchObject({ read: 1 });
      expect((await current()).aws.securityhub.workflow).toEqual({ status: 'archived' });
    });

    test('is open again when a run reports it, also one whose file arrived late', async () => {
      const other = { ...bucket, Id: `${uid}-other` };
      await sent(file(day('day1')));
      await sent(file(run(24, other)));
      expect(await sent(archived(24 + 13))).toMatchObject({ read: 1 });
      await sent(file(run(24, bucket)));
      expect((await current()).aws.securityhub.workflow).toEqual({ status: 'new' });
    });

    test('stays open while its account is not scanned, or another region or service alone is', async () => {
      const elsewhere = {
        ...bucket,
        Id: `${uid}-us`,
        Resources: [{ Type: 'AwsS3Bucket', Id: 'b', Region: 'us-east-1' }],
      };
      const stranger = { ...bucket, Id: `${uid}-2`, AwsAccountId: '210987654321' };
      await sent(file(day('day1')));
      await sent(file(run(6 * 24, elsewhere, user)));
      await sent(file(run(30 * 24, stranger)));
      expect(await sent(archived(7 * 24))).toMatchObject({ read: 0 });
    });

    test('of more than a page is archived, each with the account that it is of', async () => {
      const many = Array.from({ length: 450 }, (_, n) => ({ ...bucket, Id: `${uid}-${n}` }));
      await sent(file(run(0, ...many)));
      await sent(file(run(24, bucket)));
      expect(await sent(archived(24 + 13))).toMatchObject({ read: 450 });
    });
  });
}

async function* only<T>(value: T): AsyncGenerator<T> {
  yield value;
}

const json = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));

/** Fields that differ, as paths. */
function unlike(a: Any, b: Any, path = ''): string[] {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b ? [] : [path];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names.flatMap((name) => unlike(a[name], b[name], path === '' ? name : `${path}.${name}`)).toSorted();
}

/** Of a finding that is archived. */
const CHANGED = [
  '@timestamp',
  'aws.securityhub.record_state',
  'aws.securityhub.workflow.status',
  'event.ingested',
  'finding.via',
  'finding.way',
];
