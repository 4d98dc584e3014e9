import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Known, knownIn, nothingKnown } from '../../../functions/securityhub/known.ts';
import { round } from '../../../functions/securityhub/reconcile.ts';
import { securityhub } from '../../../functions/securityhub/source.ts';
import { noGeo } from '../../../shared/enrich/geo.ts';
import type { Log } from '../../../shared/model.ts';
import { FINDINGS } from '../../../shared/sources.ts';
import { textOf } from '../../fake/read.ts';
import { type S3, s3 } from '../../fake/s3.ts';
import { type SecurityHub, securityHub } from '../../fake/securityhub.ts';
import { clientOf, type Fake, fake } from '../../fake/server.ts';
import type { Any } from '../../source.ts';

const { signal } = new AbortController();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const state = { bucket: 'quarantine', key: 'state/securityhub.json' };
const tick = { account: '123456789012', region: 'eu-west-1', state };
const credentials = async () => ({ accessKeyId: 'testing', secretAccessKey: 'testing' });

let hub: SecurityHub;
let store: S3;
beforeAll(async () => {
  hub = await securityHub();
  store = await s3();
});
afterAll(() => Promise.all([hub.stop(), store.stop()]));
beforeEach(() => {
  store.objects.clear();
  hub.isEnabled = true;
  hub.findings = [];
  hub.perPage = 100;
  for (const list of [hub.asked, hub.refusals, hub.authorizations]) list.length = 0;
});

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const finding = (id: string, updated: string) => ({
  SchemaVersion: '2018-10-08',
  Id: id,
  ProductArn: 'arn:aws:securityhub:eu-west-1::product/acme/eye',
  UpdatedAt: updated,
  NewMember: 'that no SDK knows',
});

interface Asked {
  readonly uris: readonly string[];
  readonly findings: readonly Any[];
  readonly logged: readonly [string, Any][];
}

/** What one tick hands on, and what it logs; `keep` as after a delivery. */
async function polled({
  known = nothingKnown,
  deadline = Number.POSITIVE_INFINITY,
  keeps = true,
} = {}): Promise<Asked> {
  const logged: [string, Any][] = [];
  const say = (message: string, fields?: object) => void logged.push([message, fields]);
  const log: Log = { info: say, warn: say, error: say };
  const { poll, keep } = round({
    hub: { credentials, endpoint: hub.endpoint, baseMs: 1 },
    s3: new S3Client({ ...clientOf(store), forcePathStyle: true }),
    source: securityhub({ geo: noGeo, route: [] }),
    known,
    log,
    deadline: () => deadline,
  });
  const uris: string[] = [];
  let text = '';
  for await (const { uri, chunks } of poll(tick, signal)) {
    uris.push(uri);
    text += await textOf(chunks);
  }
  if (keeps) await keep(signal);
  const lines = text.split('\n').filter((line) => line !== '');
  const findings = lines.flatMap((line) => {
    const { detail, ...envelope } = JSON.parse(line);
    const time = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(envelope).toEqual({ 'detail-type': 'GetFindings', account: tick.account, region: tick.region, time });
    return detail.findings;
  });
  return { uris, findings, logged };
}

const kept = (): number => {
  const stored = store.objects.get('quarantine/state/securityhub.json');
  return Date.parse(JSON.parse(Buffer.from(stored!.bytes).toString()).until);
};
const windowAsked = () => {
  const [{ Start, End }] = hub.asked[0].Filters.UpdatedAt;
  return { since: Date.parse(Start), until: Date.parse(End) };
};

describe('a tick', () => {
  test('hands on all pages, each finding as it came', async () => {
    hub.findings = [1, 2, 3, 4, 5].map((n) => finding(`f${n}`, ago(HOUR)));
    hub.perPage = 2;
    const { uris, findings } = await polled();
    expect(uris).toEqual(['securityhub:123456789012/eu-west-1']);
    expect(findings).toEqual(hub.findings);
    expect(hub.asked.map(({ NextToken }) => NextToken)).toEqual([undefined, '2', '4']);
  });

  test('asks with a signature for Security Hub', async () => {
    await polled();
    expect(hub.authorizations[0]).toMatch(/^AWS4-HMAC-SHA256 Credential=testing\/\d+\/eu-west-1\/securityhub\//);
    expect(hub.asked[0]).toMatchObject({ MaxResults: 100, SortCriteria: [{ Field: 'UpdatedAt', SortOrder: 'asc' }] });
  });

  test('leaves out what is not of its time, whoever answers it', async () => {
    hub.findings = [finding('old', ago(30 * HOUR)), finding('now', ago(HOUR)), finding('moving', ago(MINUTE))];
    expect((await polled()).findings.map(({ Id }) => Id)).toEqual(['now']);
  });

  test('hands on what it can not read, for the quarantine', async () => {
    hub.findings = [{ ...finding('', ago(HOUR)) }];
    expect((await polled()).findings).toHaveLength(1);
  });

  test('asks again where Security Hub is busy, and gives up where it refuses', async () => {
    hub.findings = [finding('f1', ago(HOUR))];
    const busy = { status: 429, body: '{"Code":"LimitExceededException"}' };
    hub.refusals = [busy, { status: 503, body: '<html>' }, busy];
    expect((await polled()).findings).toHaveLength(1);
    hub.refusals = [{ status: 403, body: '{"Code":"AccessDeniedException"}' }];
    await expect(polled()).rejects.toMatchObject({ name: 'ReadError', fields: { code: 'AccessDeniedException' } });
    hub.refusals = Array(8).fill(busy);
    await expect(polled()).rejects.toMatchObject({ name: 'ReadError', fields: { status: 429 } });
  });

  test('in an account without Security Hub says so and is no fault', async () => {
    hub.isEnabled = false;
    const { findings, logged } = await polled();
    expect(findings).toEqual([]);
    expect(logged).toEqual([['Security Hub is not enabled', { account: '123456789012', region: 'eu-west-1' }]]);
    expect(store.objects.size).toBe(0);
  });
});

describe('the time up to which all is known', () => {
  test('at first is a day ago; then it goes on from where it stood, with an overlap', async () => {
    await polled();
    const { since, until } = windowAsked();
    expect(until - since).toBe(24 * HOUR);
    expect(Date.now() - until).toBeGreaterThanOrEqual(15 * MINUTE);
    expect(kept()).toBe(until);
    hub.asked.length = 0;
    await polled();
    expect(windowAsked().since).toBe(until - 3 * HOUR);
  });

  test('stays where it was until everything is delivered', async () => {
    await polled({ keeps: false });
    expect(store.objects.size).toBe(0);
  });

  test('where the time is over, is that of the last finding handed on', async () => {
    const last = ago(2 * HOUR);
    hub.findings = [finding('f1', ago(3 * HOUR)), finding('f2', last), finding('f3', ago(HOUR))];
    hub.perPage = 2;
    const { findings, logged } = await polled({ deadline: Date.now() });
    expect(findings.map(({ Id }) => Id)).toEqual(['f1', 'f2']);
    expect(kept()).toBe(Date.parse(last));
    expect(logged).toEqual([['findings left for the next reconciliation', { asked: 2, missed: 2, until: last }]]);
  });
});

describe('what OpenSearch has', () => {
  let node: Fake;
  let answer: { status: number; body: object };
  const asked: { url: string | undefined; values: string[] }[] = [];
  const login = async () => ({ username: 'u', password: 'p' });
  const logged: string[] = [];
  const log: Log = { info() {}, warn: (message) => void logged.push(message), error() {} };
  const known: Known = (ids, stop) =>
    knownIn({ url: node.endpoint, auth: { kind: 'basic', login } }, FINDINGS, log)(ids, stop);
  beforeAll(async () => {
    node = await fake(({ url }, response, body) => {
      asked.push({ url: decodeURIComponent(url ?? ''), values: JSON.parse(body.toString()).query.ids.values });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    });
  });
  afterAll(() => node.stop());
  beforeEach(() => {
    asked.length = 0;
    logged.length = 0;
    hub.findings = ['f1', 'f2'].map((id) => finding(id, ago(HOUR)));
  });
  const id = (at: number) => `f${at + 1}@${(hub.findings[at] as { UpdatedAt: string }).UpdatedAt}`;

  test('is not handed on again', async () => {
    answer = { status: 200, body: { hits: { hits: [{ _id: id(0) }] } } };
    const { findings, logged: said } = await polled({ known });
    expect(findings.map(({ Id }) => Id)).toEqual(['f2']);
    expect(said).toEqual([['findings reconciled', { asked: 2, missed: 1 }]]);
    expect(asked).toEqual([
      {
        url: '/aws-findings-history-*,aws-findings-copies-*/_search?filter_path=hits.hits._id',
        values: [id(0), id(1)],
      },
    ]);
  });

  test('may be nothing', async () => {
    answer = { status: 200, body: {} };
    expect((await polled({ known })).findings).toHaveLength(2);
  });

  test('does not matter where it must not be asked: it knows repeats by itself', async () => {
    answer = { status: 403, body: { error: { type: 'security_exception' } } };
    expect((await polled({ known })).findings).toHaveLength(2);
    expect(logged).toEqual(['not allowed to ask OpenSearch which findings it has']);
  });

  test('has to be told: otherwise the tick comes again', async () => {
    answer = { status: 503, body: {} };
    await expect(polled({ known })).rejects.toMatchObject({ name: 'ReadError' });
  });
});
