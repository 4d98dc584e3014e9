import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DecodeError } from '../../../shared/errors.ts';
import { gunzipped } from '../../../shared/input/gunzip.ts';
import { idle, textOf } from '../../fake/read.ts';

const caps = { uri: 's3://b/k@e', maxBytes: 1 << 20 };

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length];
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const read = (bytes: Uint8Array, sizes: readonly number[] = [1024], limits = caps): Promise<string> =>
  textOf(gunzipped(cut(bytes, sizes), limits));

const text = fc.string({ maxLength: 2000, unit: 'grapheme' });
const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 });

describe('gunzipped', () => {
  test('text passes as it is, cut anywhere', () =>
    fc.assert(fc.asyncProperty(text, sizes, async (t, s) => expect(await read(Buffer.from(t), s)).toBe(t))));

  test('members one after another are one text, cut anywhere', () =>
    fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 4 }), sizes, async (texts, s) => {
        expect(await read(Buffer.concat(texts.map((t) => gzipSync(t))), s)).toBe(texts.join(''));
      }),
    ));

  test('gzip inside gzip is opened, cut anywhere', () =>
    fc.assert(fc.asyncProperty(text, sizes, async (t, s) => expect(await read(gzipSync(gzipSync(t)), s)).toBe(t))));

  test('gzip that ends inside a member is broken, wherever it ends', async () => {
    const member = gzipSync('a member of some length that is said twice, said twice');
    const two = Buffer.concat([member, member]);
    for (let end = 3; end < two.length; end++) {
      if (end === member.length) continue;
      await expect(read(two.subarray(0, end), [7])).rejects.toThrow(DecodeError);
    }
  });

  test('a wrong checksum is told after the bytes before it', async () => {
    const whole = Buffer.from('x'.repeat(600_000));
    const bytes = gzipSync(whole);
    bytes[bytes.length - 8] ^= 1;
    let got = 0;
    await expect(async () => {
      for await (const chunk of gunzipped(cut(bytes, [64]), caps)) got += chunk.length;
    }).rejects.toMatchObject({
      name: 'DecodeError',
      message: expect.stringContaining('checksum'),
      fields: { uri: caps.uri },
    });
    expect(got).toBe(whole.length);
  });

  test('all bytes before a fault come first, wherever the input is cut', async () => {
    const whole = 'said twice, said twice '.repeat(400);
    const good = gzipSync(whole);
    const wrongLength = Buffer.from(good);
    wrongLength[good.length - 1] ^= 1;
    const broken = [
      [wrongLength, 'the length is another one'],
      [good.subarray(0, -8), 'it ends early'],
      [good.subarray(0, -1), 'it ends early'],
      [Buffer.concat([good, Buffer.from('garbage')]), 'bytes follow the end'],
      [Buffer.concat([good, good.subarray(0, 5)]), 'it ends early'],
    ] as const;
    for (const [bytes, reason] of broken) {
      for (const size of [1, 7, 1 << 16]) {
        let got = '';
        await expect(async () => {
          for await (const chunk of gunzipped(cut(bytes, [size]), caps)) got += Buffer.from(chunk);
        }).rejects.toThrow(reason);
        expect(got).toBe(whole);
      }
    }
  });

  test('all parts of a header are passed over', async () => {
    const header = Buffer.from([0x1f, 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 3, 2, 0, 7, 7]);
    const body = gzipSync('text').subarray(10);
    const bytes = Buffer.concat([header, Buffer.from('name\0comment\0'), Buffer.from([9, 9]), body]);
    for (const size of [1, 5, 1024]) expect(await read(bytes, [size])).toBe('text');
  });

  test('what swells beyond all logs is refused long before the cap', async () => {
    const bomb = gzipSync(Buffer.alloc(300 << 20));
    await expect(read(bomb, [65_536], { ...caps, maxBytes: 2 ** 40 })).rejects.toThrow('swells to more than 250 times');
  });

  test.each([1, 5, 1024])('garbage behind the last member is refused, in chunks of %d', async (size) => {
    const bytes = Buffer.concat([gzipSync('text'), Buffer.from('garbage')]);
    await expect(read(bytes, [size])).rejects.toThrow(DecodeError);
  });

  test.each([
    ['newlines', '\n'],
    ['CR LF', '\r\n'],
    ['zeros', '\0\0\0'],
  ])('%s between members and behind the last one are skipped', async (_, between) => {
    const members = Array.from({ length: 100 }, (__, i) => [gzipSync(`${i};`), Buffer.from(between)]).flat();
    const expected = Array.from({ length: 100 }, (__, i) => `${i};`).join('');
    for (const size of [1, 7, 1 << 16]) expect(await read(Buffer.concat(members), [size])).toBe(expected);
  });

  test('Zstandard is named in the reason', async () => {
    await expect(read(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0]), [1])).rejects.toThrow('the object is Zstandard');
  });

  test('a zip bomb ends at the cap', async () => {
    const bomb = gzipSync(Buffer.alloc(64 << 20));
    let got = 0;
    await expect(async () => {
      for await (const chunk of gunzipped(cut(bomb, [4096]), caps)) got += chunk.length;
    }).rejects.toMatchObject({ name: 'DecodeError', fields: { uri: caps.uri, maxBytes: caps.maxBytes } });
    expect(got).toBeLessThanOrEqual(caps.maxBytes);
  });

  test('a zip bomb inside gzip ends at the cap', async () => {
    await expect(read(gzipSync(gzipSync(Buffer.alloc(64 << 20))))).rejects.toThrow('larger than allowed');
  });

  test('the cap holds for text too', async () => {
    await expect(read(Buffer.alloc(100, 'a'), [10], { ...caps, maxBytes: 99 })).rejects.toThrow('larger than allowed');
    expect(await read(Buffer.alloc(100, 'a'), [10], { ...caps, maxBytes: 100 })).toHaveLength(100);
  });

  test('a third layer of gzip is refused', async () => {
    await expect(read(gzipSync(gzipSync(gzipSync('deep'))))).rejects.toThrow('compressed more than 2 times');
  });

  test("the input's own error passes unchanged", async () => {
    const fault = new Error('the network');
    const bytes = gzipSync('x'.repeat(1000));
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, 10);
      throw fault;
    }
    await expect(gunzipped(failing(), caps).next()).rejects.toBe(fault);
  });

  test('nothing is read until asked, little is read ahead, and whoever stops early stops the input', async () => {
    const bytes = gzipSync(randomBytes(4 << 20));
    let pulled = 0;
    let stopped = false;
    async function* counted(): AsyncGenerator<Uint8Array> {
      try {
        for await (const chunk of cut(bytes, [16_384])) {
          pulled += chunk.length;
          yield chunk;
        }
      } finally {
        stopped = true;
      }
    }
    const chunks = gunzipped(counted(), { ...caps, maxBytes: 1 << 30 });
    await idle();
    expect(pulled).toBe(0);
    await chunks.next();
    await idle();
    expect(pulled).toBeLessThan(1 << 20);
    await chunks.return(undefined);
    await idle();
    expect(stopped).toBe(true);
    expect(pulled).toBeLessThan(bytes.length);
  });
});
