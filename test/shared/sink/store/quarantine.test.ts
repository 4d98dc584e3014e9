import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Reject } from '../../../../shared/model.ts';
import { fileQuarantine, quarantine } from '../../../../shared/sink/store/quarantine.ts';
import { type Firehose, firehose } from '../../../fake/firehose.ts';
import { clientOf } from '../../../fake/server.ts';

const { signal } = new AbortController();
const reject = (seq: number, raw: Uint8Array = Buffer.from(`record ${seq}`)): Reject => ({
  source: 'flowlogs',
  reason: 'bad',
  uri: 's3://b/k@e',
  seq,
  raw,
});

describe('quarantine', () => {
  let server: Firehose;
  let client: FirehoseClient;
  const warnings: unknown[] = [];
  const log = { info: () => {}, warn: (...line: unknown[]) => warnings.push(line), error: () => {} };
  beforeEach(async () => {
    warnings.length = 0;
    server = await firehose();
    client = new FirehoseClient(clientOf(server));
  });
  afterEach(async () => {
    client.destroy();
    await server.stop();
  });
  const make = () => quarantine({ client, stream: 'bongsu-quarantine', version: '1', log, baseMs: 1 });
  const kept = () => server.kept.map((line) => JSON.parse(line.toString()).seq).sort((a, b) => a - b);
  const numbers = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

  test('each reject is one record that ends in a newline', async () => {
    const to = make();
    to.put(reject(1));
    to.put({ ...reject(2), sink: 'opensearch' });
    await to.flush(signal);
    expect(server.requests).toHaveLength(1);
    expect(server.kept.map((line) => line.toString().endsWith('}\n'))).toEqual([true, true]);
    expect(kept()).toEqual([1, 2]);
  });

  test('no request where there is nothing to keep', async () => {
    await make().flush(signal);
    expect(server.requests).toEqual([]);
  });

  test('the bytes are kept as they were at put', async () => {
    const to = make();
    const raw = Buffer.from('before');
    to.put(reject(1, raw));
    raw.write('behind');
    await to.flush(signal);
    expect(JSON.parse(server.kept[0].toString()).raw).toBe('before');
  });

  test('requests keep within the limits of count and size', async () => {
    const to = make();
    for (const seq of numbers(1201)) to.put(reject(seq));
    for (const seq of numbers(20)) to.put(reject(2000 + seq, randomBytes(700_000)));
    await to.flush(signal);
    expect(server.requests.slice(0, 2).map(({ length }) => length)).toEqual([500, 500]);
    expect(kept()).toHaveLength(1221);
  });

  test('a record too large for Firehose is kept in parts', async () => {
    const to = make();
    const raw = randomBytes(2_500_000);
    to.put(reject(1, raw));
    await to.flush(signal);
    const entries = server.kept.map((line) => JSON.parse(line.toString()));
    expect(entries.length).toBeGreaterThan(1);
    expect(entries.map(({ parts }) => parts)).toEqual(entries.map(() => entries.length));
  });

  test('records refused inside a good answer are sent again, and only those', async () => {
    server.refuses = (request, record) => (request === 0 && record % 2 === 1) || (request === 1 && record === 0);
    const to = make();
    for (const seq of numbers(6)) to.put(reject(seq));
    await to.flush(signal);
    expect(server.requests.map(({ length }) => length)).toEqual([6, 3, 1]);
    expect(kept()).toEqual(numbers(6));
    expect(warnings).toHaveLength(2);
  });

  test('what is refused again and again is a DeliveryError, and nothing of it is left for the next flush', async () => {
    server.refuses = (_, record) => record === 0;
    const to = make();
    to.put(reject(1));
    to.put(reject(2));
    await expect(to.flush(signal)).rejects.toMatchObject({
      name: 'DeliveryError',
      fields: { stream: 'bongsu-quarantine', records: 1, reason: 'Slow down.' },
    });
    server.refuses = () => false;
    server.requests.length = 0;
    to.put(reject(3));
    await to.flush(signal);
    expect(server.requests.map(({ length }) => length)).toEqual([1]);
  });

  test('an error for the whole request is a DeliveryError with its cause', async () => {
    server.error = { status: 400, type: 'ResourceNotFoundException' };
    const to = make();
    to.put(reject(1));
    await expect(to.flush(signal)).rejects.toMatchObject({
      name: 'DeliveryError',
      cause: { name: 'ResourceNotFoundException' },
    });
  });

  test('a failure in the background is told at flush', async () => {
    server.error = { status: 500, type: 'InternalFailure' };
    const to = make();
    for (const seq of numbers(501)) to.put(reject(seq));
    while (server.requests.length === 0) await new Promise(setImmediate);
    server.error = undefined;
    await expect(to.flush(signal)).rejects.toMatchObject({ name: 'DeliveryError' });
    to.put(reject(600));
    await to.flush(signal);
    expect(kept()).toContain(600);
  });

  test('more rejects than memory should hold are a DeliveryError, so that their items come again', async () => {
    const to = make();
    for (const seq of numbers(100)) to.put(reject(seq, randomBytes(700_000)));
    await expect(to.flush(signal)).rejects.toMatchObject({ name: 'DeliveryError' });
  });

  test('the signal ends the attempts', async () => {
    server.refuses = () => true;
    const to = quarantine({ client, stream: 's', version: '1', log, baseMs: 3_600_000 });
    const abort = new AbortController();
    to.put(reject(1));
    const flushed = to.flush(abort.signal);
    while (server.requests.length === 0) await new Promise(setImmediate);
    abort.abort();
    await expect(flushed).rejects.toMatchObject({ name: 'DeliveryError' });
    await expect(make().flush(abort.signal)).resolves.toBeUndefined();
  });
});

describe('fileQuarantine', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bongsu-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('rejects are appended to quarantine.ndjson in a folder that need not be there', async () => {
    const to = fileQuarantine(join(folder, 'a/b'), '1');
    await to.flush(signal);
    to.put(reject(1));
    to.put(reject(2, randomBytes(2_000_000)));
    await to.flush(signal);
    to.put(reject(3));
    await to.flush(signal);
    const lines = (await readFile(join(folder, 'a/b/quarantine.ndjson'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).seq)).toEqual([1, 2, 3]);
  });
});
