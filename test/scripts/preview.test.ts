import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parameters } from '../../scripts/deploy/parameters.ts';
import { settings } from '../../scripts/deploy/settings.ts';
import { incident } from '../../scripts/incident.ts';

const SCRIPT = join(import.meta.dirname, '..', '..', 'scripts', 'preview.ts');
const INVOKE = join(import.meta.dirname, '..', '..', 'scripts', 'demo', 'invoke.ts');
const AT = new Date('2026-11-24T13:40:38Z');
const { objects, events } = incident(AT);
const envelopes = events.filter(({ source }) => source === 'guardduty').map(({ event }) => event);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'preview-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function given(name: string, content: string | Buffer): Promise<string> {
  await writeFile(join(folder, name), content);
  return name;
}

interface Result {
  readonly code: number;
  readonly documents: readonly Record<string, unknown>[];
  readonly errors: readonly string[];
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

function preview(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Result> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...process.env, NODE_OPTIONS: '', ...env }, maxBuffer: 1 << 28 };
    const child = execFile(process.execPath, [SCRIPT, ...args], options, (_, stdout, stderr) =>
      resolve({
        code: child.exitCode!,
        documents: args.includes('--help') ? [] : lines(stdout).map((line) => JSON.parse(line)),
        errors: lines(stderr),
      }),
    );
  });
}

const summary = ({ errors }: Result) => JSON.parse(errors.at(-1)!);

test('an object becomes one document per record, and the counts match', async () => {
  const [{ body, records, broken }] = objects;
  const result = await preview(['flowlogs', await given('object.log.gz', body)]);
  expect(result.code).toBe(0);
  expect(summary(result)).toEqual({
    read: records,
    filtered: 0,
    rejected: broken,
    sent: { opensearch: records - broken, splunk: 0 },
  });
  expect(result.documents).toHaveLength(records - broken);
  for (const { _index, _id, _source, ...rest } of result.documents) {
    expect(_index).toBe('aws-flowlogs-2026.11.24');
    expect(_source).toMatchObject({ event: { dataset: 'aws.vpcflow' } });
    expect(rest).toEqual({});
  }
  expect(new Set(result.documents.map(({ _id }) => _id)).size).toBe(records - broken);
  expect(result.documents.some(({ _source }) => JSON.stringify(_source).includes('"country_iso_code":"US"'))).toBe(
    true,
  );
  const rejects = result.errors.slice(0, -1).map((line) => JSON.parse(line));
  expect(rejects).toHaveLength(broken);
  for (const { rejected } of rejects) {
    expect(rejected).toEqual({ reason: expect.any(String), uri: 'file:object.log.gz', seq: expect.any(Number) });
  }
});

test('several files are read one after another, zipped or not', async () => {
  const zipped = await given('v8.log.gz', objects[2].body);
  const plain = await given('idle.log', 'version srcaddr start end log-status\n2 - 1795527000 1795527600 NODATA\n');
  const result = await preview(['flowlogs', zipped, plain]);
  expect(summary(result).read).toBe(objects[2].records + 1);
  expect(result.documents.at(-1)).toMatchObject({ _source: { event: { type: ['info'] } } });
});

test('what is not routed to the chosen sink counts as filtered', async () => {
  const result = await preview(['flowlogs', await given('some.log.gz', objects[3].body), '--sink', 'splunk']);
  expect(result.documents).toEqual([]);
  expect(summary(result)).toEqual({
    read: objects[3].records,
    filtered: objects[3].records,
    rejected: 0,
    sent: { opensearch: objects[3].records, splunk: 0 },
  });
});

test('another route and the other sink show what HEC takes', async () => {
  const path = await given('routed.log.gz', objects[3].body);
  const result = await preview(['flowlogs', path, '--route', 'opensearch,splunk', '--sink', 'splunk']);
  expect(summary(result).sent).toEqual({ opensearch: objects[3].records, splunk: objects[3].records });
  expect(result.documents[0]).toMatchObject({
    source: `file:${path}`,
    sourcetype: expect.any(String),
    event: expect.stringMatching(/^6 TransitGateway /),
    fields: { event_id: expect.any(String) },
  });
});

test.each([
  ['one envelope', JSON.stringify(envelopes[0], null, 2), 1],
  ['a JSON array', JSON.stringify(envelopes), envelopes.length],
  ['one a line', envelopes.map((each) => JSON.stringify(each)).join('\n'), envelopes.length],
  ['one a line, zipped', gzipSync(envelopes.map((each) => JSON.stringify(each)).join('\n')), envelopes.length],
])('events are read: %s', async (name, content, count) => {
  const result = await preview(['guardduty', await given(`${name}.json`, content)]);
  expect(summary(result)).toEqual({
    read: count,
    filtered: 0,
    rejected: 0,
    sent: { opensearch: count, splunk: count },
  });
  for (const { _index, _id, _current, _source } of result.documents) {
    expect(_index).toBe('aws-findings-history-2026.11');
    const { '@timestamp': time, event } = _source as { '@timestamp': string; event: { id: string } };
    expect(_current).toEqual({ _index: 'aws-findings-current', _id: event.id, _version: Date.parse(time) });
    expect(_id).toBe(`${event.id}@${time}`);
  }
});

test('settings count as in a Lambda', async () => {
  const path = await given('set.log.gz', objects[5].body);
  const env = { INDEX_PERIOD: 'month', GEO_URL: 'off', FIELDS: '[["labels.az","az-id"]]' };
  const { documents } = await preview(['flowlogs', path], env);
  expect(documents[0]).toMatchObject({ _index: 'aws-flowlogs-2026.11', _source: { labels: { az: 'apne2-az1' } } });
});

describe('the calls that the collector makes itself', () => {
  const role = (userName: string) => ({ type: 'AssumedRole', sessionContext: { sessionIssuer: { userName } } });
  const call = (eventID: string, userIdentity: object) => ({
    ...{ eventVersion: '1.11', eventTime: '2026-11-24T13:40:38Z', eventSource: 's3.amazonaws.com', eventID },
    ...{ eventName: 'GetObject', awsRegion: 'eu-west-1', recipientAccountId: '123456789012', userIdentity },
  });
  const Records = [
    call('11111111-1111-4111-8111-111111111111', role('bongsu-prod-FlowlogsRole-1A2B3C')),
    call('22222222-2222-4222-8222-222222222222', role('collector')),
    call('33333333-3333-4333-8333-333333333333', role('developer')),
  ];
  const BOTH = ['1', '2', '3'];

  /** What a Lambda with this environment writes into a folder, of the same object. */
  async function lambda(path: string, env: NodeJS.ProcessEnv): Promise<readonly object[]> {
    const out = await mkdtemp(join(folder, 'out-'));
    const deployed = settings(parameters({}).values, 'bongsu', '').environment.cloudtrail;
    const object = { bucket: { name: `file:${folder}` }, object: { key: path, size: 1 } };
    const body = JSON.stringify({ Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3: object }] });
    const event = { Records: [{ messageId: 'm1', eventSource: 'aws:sqs', body }] };
    const local = { IS_LOCAL: 'true', OPENSEARCH_URL: `file:${out}`, QUARANTINE_STREAM: `file:${out}` };
    const child = spawn(process.execPath, [INVOKE, 'cloudtrail'], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '', AWS_REGION: 'eu-west-1', ...deployed, ...local, ...env },
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    child.stdin.end(JSON.stringify(event));
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
    const written = lines(await readFile(join(out, 'cloudtrail.opensearch.ndjson'), 'utf8').catch(() => ''));
    return written.filter((_, at) => at % 2 === 1).map((line) => JSON.parse(line));
  }

  test.each([
    ['drop', { OWN_CALLS: 'drop' }, ['2', '3'], []],
    ['label', { OWN_CALLS: 'label' }, BOTH, ['1']],
    ['keep', { OWN_CALLS: 'keep' }, BOTH, []],
    ['drop those of a role of your own', { OWN_CALLS: 'drop', OWN_ROLE_PREFIX: 'collector' }, ['1', '3'], []],
    ['label those of a role of your own', { OWN_ROLE_PREFIX: 'collector' }, BOTH, ['2']],
  ])('%s: preview shows what the Lambda writes', async (name, env, kept, labelled) => {
    const path = await given(`${name}.json`, JSON.stringify({ Records }));
    const { documents } = await preview(['cloudtrail', path], env);
    const shown = documents.map(({ _source }) => _source as { event: { id: string }; tags?: string[] });
    expect(shown).toEqual(await lambda(path, env));
    const numbers = (each: typeof shown) => each.map(({ event }) => event.id[0]);
    expect(numbers(shown)).toEqual(kept);
    expect(numbers(shown.filter(({ tags = [] }) => tags.includes('collector')))).toEqual(labelled);
  });
});

test('a broken file is a reject, not a failure', async () => {
  const body = objects[0].body;
  const result = await preview(['flowlogs', await given('cut.log.gz', body.subarray(0, body.length >> 1))]);
  expect(result.code).toBe(0);
  const { read, filtered, rejected, sent } = summary(result);
  expect(rejected).toBeGreaterThan(0);
  expect(read).toBe(filtered + rejected + sent.opensearch);
});

test.each([
  ['an unknown source', ['nothing', 'file'], /Unknown source "nothing": expected flowlogs/],
  ['no source', [], /Unknown source ""/],
  ['no file', ['flowlogs'], /Missing the file/],
  ['a missing file', ['flowlogs', 'missing.log'], /"missing.log" can't be read/],
  ['a folder', ['flowlogs', '.'], /it is a folder/],
  ['an unknown sink', ['flowlogs', 'file', '--sink', 'kafka'], /Unknown sink "kafka"/],
  ['an unknown option', ['flowlogs', 'file', '--sing', 'splunk'], /--sing/],
])('%s is refused with a sentence and status 2', async (_, args, expected) => {
  const { code, documents, errors } = await preview(args);
  expect(code).toBe(2);
  expect(documents).toEqual([]);
  expect(errors.join('\n')).toMatch(expected);
});

test('a wrong route is refused with a sentence and status 2', async () => {
  const { code, errors } = await preview(['flowlogs', await given('r.log', 'x'), '--route', 'kafka']);
  expect(code).toBe(2);
  expect(errors.join('\n')).toMatch(/ROUTE is "kafka"/);
});

test('help is given when asked for', async () => {
  expect(await preview(['--help'])).toEqual({ code: 0, documents: [], errors: [] });
});

test('a reader that has seen enough ends it quietly', async () => {
  const line = '2 123456789012 eni-0a1b2c3d4e5f60001 8.8.8.8 10.0.0.1 1 2 6 1 1 1795527000 1795527600 ACCEPT OK\n';
  const path = await given('long.log', line.repeat(200_000));
  const child = spawn(process.execPath, [SCRIPT, 'flowlogs', path], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
