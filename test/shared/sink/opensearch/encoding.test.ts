import { expect, test } from '@jest/globals';
import { ConnectionError, ResponseError } from '@opensearch-project/opensearch/lib/errors.js';
import {
  type ContentEncoding,
  inGzip,
  type SendEncoded,
  zstdOrGzip,
} from '../../../../shared/sink/opensearch/encoding.ts';
import { decoded } from '../../../rig/opensearch/encoded.ts';

const text = Buffer.from('{"create":{}}\n{"message":"봉수"}\n');

function refusal(statusCode: number): ResponseError {
  return new ResponseError({ statusCode, body: {}, headers: {}, warnings: null, meta: {} as never });
}

/** Sends once to who answers by encoding: what it took, and in which encodings it was asked. */
async function send(encoded: SendEncoded, answer: (encoding: ContentEncoding) => Error | undefined = () => undefined) {
  const asked: ContentEncoding[] = [];
  const taken = encoded(text, async (body, encoding) => {
    asked.push(encoding);
    expect(decoded(body, { 'content-encoding': encoding }).equals(text)).toBe(true);
    const error = answer(encoding);
    if (error !== undefined) throw error;
    return encoding;
  });
  return { asked, taken: await taken.catch((error: Error) => error) };
}

test('zstd that was taken once is used from then on, whatever is refused later', async () => {
  const encoded = zstdOrGzip();
  expect(await send(encoded)).toEqual({ asked: ['zstd'], taken: 'zstd' });
  const { asked, taken } = await send(encoded, () => refusal(400));
  expect(asked).toEqual(['zstd']);
  expect(taken).toBeInstanceOf(ResponseError);
});

const hangUp = new ConnectionError('socket hang up');

test.each([
  ['400', refusal(400)],
  ['415', refusal(415)],
  ['500', refusal(500)],
  ['502 of a proxy', refusal(502)],
  ['503', refusal(503)],
  ['no answer', hangUp],
])('a node that answers zstd with %s gets gzip, now and later', async (_, error) => {
  const encoded = zstdOrGzip();
  const noZstd = (encoding: ContentEncoding) => (encoding === 'zstd' ? error : undefined);
  expect(await send(encoded, noZstd)).toEqual({ asked: ['zstd', 'gzip'], taken: 'gzip' });
  expect(await send(encoded, noZstd)).toEqual({ asked: ['gzip'], taken: 'gzip' });
});

test('a time limit that ends zstd ends the request, and the next one is in gzip', async () => {
  const encoded = zstdOrGzip();
  const late = new DOMException('too late', 'TimeoutError');
  expect(await send(encoded, () => late)).toEqual({ asked: ['zstd'], taken: late });
  expect((await send(encoded)).asked).toEqual(['gzip']);
});

test.each([401, 403, 413, 429])('%i is no answer to the encoding', async (status) => {
  const encoded = zstdOrGzip();
  const error = refusal(status);
  expect(await send(encoded, () => error)).toEqual({ asked: ['zstd'], taken: error });
  expect((await send(encoded)).asked).toEqual(['zstd']);
});

test('requests side by side end in one encoding', async () => {
  const noZstd = (encoding: ContentEncoding) => (encoding === 'zstd' ? hangUp : undefined);
  const encoded = zstdOrGzip();
  const sent = await Promise.all(Array.from({ length: 4 }, () => send(encoded, noZstd)));
  expect(sent.map(({ taken }) => taken)).toEqual(['gzip', 'gzip', 'gzip', 'gzip']);
  expect((await send(encoded, noZstd)).asked).toEqual(['gzip']);
});

test('gzip is asked for no other', async () => {
  expect((await send(inGzip, () => refusal(400))).asked).toEqual(['gzip']);
});
