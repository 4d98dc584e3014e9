import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { unpacked } from '../../../shared/input/unpacked.ts';
import { textOf } from '../../fake/read.ts';

const sample = (name: string): Buffer => readFileSync(new URL(`../../sample/deliveries/${name}`, import.meta.url));
const text = sample('flows.log').toString();
const lines = text.trimEnd().split('\n');
const payload = (messages: readonly string[]) =>
  JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents: messages.map((message) => ({ id: '1', message })) });

const read = (bytes: Uint8Array): Promise<string> =>
  textOf(
    unpacked(
      (async function* () {
        for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
      })(),
      { uri: 's3://b/k@e', maxBytes: 1 << 20 },
    ),
  );

test.each([
  ['text', Buffer.from(text)],
  ['gzip', gzipSync(text)],
  ['Parquet', sample('flows.snappy.parquet')],
  ['Parquet in gzip', gzipSync(sample('flows.gzip.parquet'))],
  ['what Firehose got directly', Buffer.from(lines.map((message) => JSON.stringify({ message })).join(''))],
  [
    'what Firehose got from CloudWatch Logs, each record zipped there',
    Buffer.concat([gzipSync(payload(lines.slice(0, 7))), gzipSync(payload(lines.slice(7)))]),
  ],
  ['the same, zipped by Firehose as well', gzipSync(gzipSync(payload(lines)))],
])('%s becomes the same lines', async (_, bytes) => {
  expect(await read(bytes)).toBe(text);
});

test.each(['', '{}', '{"Records":[{"a":1}]}', '\0\x01\x02'])('anything else stays as it is: %j', async (other) => {
  expect(await read(Buffer.from(other))).toBe(other);
});

test.each([
  ['text', (bytes: Uint8Array) => bytes],
  ['gzip', gzipSync],
])('a byte order mark is left out: %s', async (_, pack) => {
  expect(await read(pack(Buffer.from(`\ufeff${text}`)))).toBe(text);
  expect(await read(pack(Buffer.from('\ufeff')))).toBe('');
});
