import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isWrapped, unwrapped } from '../../../shared/input/unwrapped.ts';
import { textOf } from '../../fake/read.ts';

async function* cut(text: string, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length];
    yield bytes.subarray(at, at + size);
    at += size;
  }
}
const read = (text: string, sizes: readonly number[] = [1024]): Promise<string> => textOf(unwrapped(cut(text, sizes)));

const FLOW =
  '2 123456789012 eni-0123456789abcdef0 10.0.0.5 203.0.113.7 443 40000 6 10 840 1795527600 1795527660 ACCEPT OK';
const payload = (messages: readonly string[], messageType = 'DATA_MESSAGE') => ({
  messageType,
  owner: '123456789012',
  logGroup: 'flows',
  logStream: 'eni-0123456789abcdef0-all',
  subscriptionFilters: ['all'],
  logEvents: messages.map((message, at) => ({ id: String(at), timestamp: 1_795_527_660_000, message })),
});
const CONTROL = payload(['CWL CONTROL MESSAGE: Checking health of destination Firehose.'], 'CONTROL_MESSAGE');

describe('what is wrapped', () => {
  const { messageType, ...rest } = payload([FLOW]);
  test.each([JSON.stringify(payload([FLOW])), JSON.stringify({ ...rest, messageType }), ` \n{ "message" : "${FLOW}"}`])(
    'is known by how it begins: %s',
    (text) => expect(isWrapped(Buffer.from(text).subarray(0, 64))).toBe(true),
  );

  test.each([
    FLOW,
    'version account-id',
    '{"Records":[]}',
    '{"timestamp":1,"formatVersion":1}',
    '{"version":"1.1","account_id":"1"}',
    '{"messageId":"1"}',
    '{"message":{"a":1}}',
    '[{"message":"a"}]',
    '{',
    '',
  ])('is nothing else: %s', (text) => expect(isWrapped(Buffer.from(text))).toBe(false));
});

describe('unwrapped', () => {
  const message = fc.string({ unit: 'grapheme', maxLength: 40 });
  const wraps = fc.array(
    fc.oneof(
      message.map((text) => ({ text: JSON.stringify({ message: text }), lines: [text] })),
      fc.array(message, { maxLength: 5 }).map((texts) => ({ text: JSON.stringify(payload(texts)), lines: texts })),
      fc.constant({ text: JSON.stringify(CONTROL), lines: [] }),
    ),
    { maxLength: 6 },
  );
  const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 });

  test('messages of any wraps come a line each, with or without a newline between, cut anywhere', () =>
    fc.assert(
      fc.asyncProperty(wraps, fc.constantFrom('', '\n', '\r\n'), sizes, async (all, between, cuts) => {
        const expected = all.flatMap(({ lines }) => lines).map((line) => `${line}\n`);
        expect(await read(all.map(({ text }) => text).join(between), cuts)).toBe(expected.join(''));
      }),
    ));

  test('a message that is a record of JSON is that record', async () => {
    const event = JSON.stringify({ eventVersion: '1.11', userIdentity: { type: 'Root', name: '봉"수' } });
    expect(await read(JSON.stringify(payload([event])))).toBe(`${event}\n`);
  });

  test('a finding that begins with its message is no wrap, and stays whole beside those that are', async () => {
    const finding = JSON.stringify({ message: 'Bucket is public', metadata: { version: '1.5.0' }, class_uid: 2003 });
    expect(await read(finding)).toBe(`${finding}\n`);
    expect(await read(`${finding}${JSON.stringify({ message: FLOW })}`)).toBe(`${finding}\n${FLOW}\n`);
  });

  test('what is not wrapped after all, or torn, is passed on for the source to refuse', async () => {
    const good = JSON.stringify({ message: FLOW });
    expect(await read(`${good}\n{"action":"ALLOW"}${good}\nnoise\n${good}\n{"message":"2 1234`)).toBe(
      `${FLOW}\n{"action":"ALLOW"}\n${FLOW}\nnoise\n${FLOW}\n{"message":"2 1234\n`,
    );
    expect(await read('{"message":1e}')).toBe('{"message":1e}\n');
    expect(await read('{"messageType":"DATA_MESSAGE","logEvents":[{"message":7},null]}')).toBe('{"message":7}\nnull\n');
  });
});
