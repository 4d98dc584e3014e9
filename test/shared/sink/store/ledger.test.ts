import { FirehoseClient } from '@aws-sdk/client-firehose';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ledger } from '../../../../shared/sink/store/ledger.ts';
import { type Firehose, firehose } from '../../../fake/firehose.ts';
import { clientOf } from '../../../fake/server.ts';

let server: Firehose;
beforeAll(async () => {
  server = await firehose();
});
afterAll(() => server.stop());

const warned: object[] = [];
const log = { info() {}, warn: (_: string, fields?: object) => void warned.push(fields ?? {}), error() {} };
const signal = new AbortController().signal;

test('each object that was read is a line', async () => {
  const book = ledger({ client: new FirehoseClient(clientOf(server)), stream: 'books', log });
  book.put({ source: 'waf', uri: 's3://logs/waf/a@e1', read: 3 });
  book.put({ source: 'waf', uri: 's3://logs/waf/b@e2', read: 0 });
  await book.flush(signal);
  await book.flush(signal);
  const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
  expect(server.kept.map((line) => line.toString().endsWith('}\n') && JSON.parse(line.toString()))).toEqual([
    { at, source: 'waf', uri: 's3://logs/waf/a@e1', read: 3 },
    { at, source: 'waf', uri: 's3://logs/waf/b@e2', read: 0 },
  ]);
  expect(server.requests).toHaveLength(1);
});

test('what can not be written is logged and does no harm', async () => {
  const client = new FirehoseClient(clientOf(server));
  const book = ledger({ client, stream: 'books', log });
  server.error = { status: 400, type: 'ResourceNotFoundException' };
  book.put({ source: 'waf', uri: 's3://logs/waf/a@e1', read: 3 });
  await book.flush(signal);
  expect(warned).toEqual([
    { stream: 'books', objects: 1, reason: 'Firehose took no records', error: expect.any(Error) },
  ]);
});
