import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { type S3, s3 } from '../../fake/s3.ts';
import { type FakeAttack, type Shield, shield } from '../../fake/shield.ts';
import type { Any } from '../../source.ts';

const context = { getRemainingTimeInMillis: () => 60_000 } as Context;
const write = process.stdout.write;
const before = process.env;
let folder: string;
let api: Shield;
let store: S3;
let printed: string;
let handler: (event: unknown, context: Context) => Promise<unknown>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bongsu-'));
  api = await shield();
  store = await s3();
  process.env = {
    ...before,
    ROUTE: 'opensearch,splunk',
    GEO_URL: 'off',
    OPENSEARCH_URL: `file:${folder}`,
    SPLUNK_HEC_URL: `file:${folder}`,
    QUARANTINE_STREAM: `file:${folder}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_MAX_ATTEMPTS: '1',
    AWS_ENDPOINT_URL_SHIELD: api.endpoint,
    AWS_ENDPOINT_URL_S3: store.endpoint,
  };
  process.stdout.write = ((line: string) => {
    printed += line;
    return true;
  }) as typeof write;
  ({ handler } = (await import('../../../functions/shield/handler.ts')) as { handler: typeof handler });
});
afterAll(async () => {
  process.stdout.write = write;
  process.env = before;
  await Promise.all([api.stop(), store.stop(), rm(folder, { recursive: true })]);
});
beforeEach(async () => {
  printed = '';
  store.objects.clear();
  api.subscription = 'ACTIVE';
  api.isDown = false;
  api.attacks = [];
  api.asked.length = 0;
  for (const sink of ['opensearch', 'splunk']) await rm(join(folder, `shield.${sink}.ndjson`), { force: true });
});

const now = Math.floor(Date.now() / 1000);
const attackOf = (id: string, more: Partial<FakeAttack> = {}): FakeAttack => ({
  AttackId: id,
  ResourceArn: 'arn:aws:ec2:eu-west-1:123456789012:eip-allocation/eipalloc-0a1b2c3d4e5f60718',
  StartTime: now - 3600,
  AttackCounters: [{ Name: 'PACKETS', Max: 1, Average: 1, Sum: 1, N: 1, Unit: 'PPS' }],
  ...more,
});

const tick = {
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '123456789012',
  region: 'eu-west-1',
  detail: { state: 's3://kept/state/shield.json' },
};
const message = (body: object, id = 'm1') => ({ messageId: id, eventSource: 'aws:sqs', body: JSON.stringify(body) });
const ticks = async (...bodies: object[]) =>
  handler({ Records: bodies.map((body, at) => message(body, `m${at + 1}`)) }, context);

async function linesOf(sink: 'opensearch' | 'splunk'): Promise<Any[]> {
  const text = await readFile(join(folder, `shield.${sink}.ndjson`), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** What an OpenSearch that got these requests would hold: `create` once, `index` by its external version. */
async function held(): Promise<{ history: Map<string, Any>; current: Map<string, Any> }> {
  const history = new Map<string, Any>();
  const current = new Map<string, Any>();
  const versions = new Map<string, number>();
  const lines = await linesOf('opensearch');
  for (let at = 0; at < lines.length; at += 2) {
    const { create, index } = lines[at];
    const document = lines[at + 1];
    if (create !== undefined && !history.has(create._id)) history.set(create._id, document);
    if (index !== undefined && index.version > (versions.get(index._id) ?? 0)) {
      versions.set(index._id, index.version);
      current.set(index._id, document);
    }
  }
  return { history, current };
}

describe('attacks', () => {
  test('one seen open, then closed, is one current document, whose states are history', async () => {
    api.attacks = [attackOf('a1')];
    await ticks(tick);
    expect((await held()).current.get('a1').aws.shield.state).toBe('ongoing');

    api.attacks = [attackOf('a1', { EndTime: now - 1800, Mitigations: [{ MitigationName: 'SYN_PROXY' }] })];
    await ticks(tick);
    const { history, current } = await held();
    expect([...current.keys()]).toEqual(['a1']);
    expect(current.get('a1').aws.shield).toMatchObject({ state: 'over', mitigations: ['SYN_PROXY'] });
    const states = [...history.values()].filter(({ finding }) => finding?.uid === 'a1');
    expect(states.map(({ aws }) => aws.shield.state)).toEqual(['ongoing', 'over']);
    expect(states.every(({ cloud }) => cloud.account.id === '123456789012')).toBe(true);
  });

  test('an end that is dated before the last look at the open attack still counts', async () => {
    api.attacks = [attackOf('a1')];
    await ticks(tick);
    api.attacks = [attackOf('a1', { EndTime: now - 3590 })];
    await ticks(tick);
    expect((await held()).current.get('a1').aws.shield.state).toBe('over');
  });

  test('each state is told once, however often it is asked for, and of what is over nothing more is asked', async () => {
    api.attacks = [attackOf('a1'), attackOf('a2', { EndTime: now - 1800 })];
    await ticks(tick);
    api.asked.length = 0;
    await ticks(tick);
    await ticks(tick, tick);
    const told = (await linesOf('splunk')).map(({ fields }) => fields.finding_uid).filter((uid) => uid !== undefined);
    expect(told.sort()).toEqual(['a1', 'a2']);
    expect(api.asked).toContain('DescribeAttack a1');
    expect(api.asked).not.toContain('DescribeAttack a2');
  });

  test('all pages are read; what began more than 30 days ago is left alone', async () => {
    api.attacks = [
      ...Array.from({ length: 5 }, (_, n) => attackOf(`a${n}`)),
      attackOf('old', { StartTime: now - 31 * 86_400 }),
    ];
    await ticks(tick);
    expect([...(await held()).current.keys()].sort()).toEqual(['a0', 'a1', 'a2', 'a3', 'a4']);
  });

  test('without a place to remember, everything is told again, under the same ids', async () => {
    api.attacks = [attackOf('a1')];
    const { detail: _, ...forgetful } = tick;
    await ticks(forgetful);
    await ticks(forgetful);
    const documents = (await linesOf('opensearch')).flatMap(({ create }) => create?._id ?? []);
    expect(documents).toHaveLength(4);
    expect(new Set(documents).size).toBe(2);
  });

  test('what was not delivered counts as not told', async () => {
    api.attacks = [attackOf('a1')];
    expect(await ticks(tick, { Type: 'SubscriptionConfirmation' })).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm2' }],
    });
    expect(store.objects.size).toBe(0);
  });

  test('an API that fails gives the tick back', async () => {
    api.isDown = true;
    expect(await ticks(tick)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(store.objects.size).toBe(0);
  });
});

describe('without a subscription', () => {
  test.each(['INACTIVE', 'none'] as const)('(%s) one state is told once, and nothing fails', async (subscription) => {
    api.subscription = subscription;
    for (let n = 0; n < 3; n++) expect(await ticks(tick)).toEqual({ batchItemFailures: [] });
    const [event, ...others] = await linesOf('splunk');
    expect(others).toEqual([]);
    expect(event.event).toMatchObject({ account: '123456789012', SubscriptionState: 'INACTIVE' });
    expect((await held()).current.size).toBe(0);
    expect(printed).toContain('Shield Advanced is not subscribed');
    expect(printed).not.toContain('"level":"error"');
  });

  test('once there is one, that is told too', async () => {
    api.subscription = 'INACTIVE';
    await ticks(tick);
    api.subscription = 'ACTIVE';
    await ticks(tick);
    const states = (await linesOf('splunk')).map(({ event }) => event.SubscriptionState);
    expect(states).toEqual(['INACTIVE', 'ACTIVE']);
  });
});

test('an alarm needs no API', async () => {
  const event = JSON.parse(await readFile(new URL('../../sample/shield/event.json', import.meta.url), 'utf8'));
  expect(await handler(event, context)).toEqual({ batchItemFailures: [] });
  expect(api.asked).toEqual([]);
  expect((await held()).current.size).toBe(1);
});
