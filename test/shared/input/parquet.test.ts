import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DecodeError, ReadError } from '../../../shared/errors.ts';
import { isParquet, parquetLines } from '../../../shared/input/parquet.ts';
import { textOf } from '../../fake/read.ts';

const SAMPLES = new URL('../../sample/deliveries/', import.meta.url);
const sample = (name: string): Buffer => readFileSync(new URL(name, SAMPLES));
const names = readdirSync(SAMPLES).filter((name) => name.startsWith('flows.') && name.endsWith('.parquet'));
const lines = sample('flows.log').toString();
const caps = { uri: 's3://b/k@e', maxBytes: 1 << 20 };

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const read = (bytes: Uint8Array, size = 4096, limits = caps): Promise<string> =>
  textOf(parquetLines(cut(bytes, size), limits, folder));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bongsu-'));
});
afterEach(() => expect(readdirSync(folder)).toEqual([]));
afterAll(() => rmSync(folder, { recursive: true }));

test('Parquet is recognized by its first bytes', () => {
  expect(isParquet(sample('flows.gzip.parquet'))).toBe(true);
  expect(isParquet(Buffer.from('PAR'))).toBe(false);
  expect(isParquet(Buffer.from('PARE'))).toBe(false);
});

describe('a flow log in Parquet', () => {
  test.each(names)('has the lines of the same log as text, byte for byte: %s', async (name) => {
    expect(await read(sample(name))).toBe(lines);
  });

  test('may come in pieces of any size', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30_000 }), async (size) => {
        expect(await read(sample('flows.gzip.parquet'), size)).toBe(lines);
      }),
      { numRuns: 10 },
    ));

  test('that does not end is broken, wherever it ends', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 4, max: sample('flows.gzip.parquet').length - 1 }), async (end) => {
        await expect(read(sample('flows.gzip.parquet').subarray(0, end))).rejects.toThrow(DecodeError);
      }),
    ));

  test('with any bytes changed is broken or gives text, and nothing else happens', () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 4,
        }),
        async (name, changes) => {
          const bytes = Buffer.from(sample(name));
          for (const [place, value] of changes) bytes[4 + Math.floor(place * (bytes.length - 9))] = value;
          const [result] = await Promise.allSettled([read(bytes, 4096, { ...caps, maxBytes: 200_000 })]);
          if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(DecodeError);
        },
      ),
      { numRuns: 300 },
    ));
});

test('columns inside others are no flow log', async () => {
  await expect(read(sample('nested.parquet'))).rejects.toMatchObject({
    name: 'DecodeError',
    message: 'the Parquet file has nested columns',
    fields: { column: 'resource' },
  });
});

test('a file that says nothing of itself is broken', async () => {
  await expect(read(Buffer.from('PAR1'))).rejects.toMatchObject({ name: 'DecodeError', fields: { uri: caps.uri } });
  await expect(read(Buffer.from('PAR1\0\0\0\0PAR1'))).rejects.toThrow(DecodeError);
});

test('more text than allowed is refused', async () => {
  await expect(read(sample('flows.snappy.parquet'), 4096, { ...caps, maxBytes: 1000 })).rejects.toMatchObject({
    message: 'the object is larger than allowed',
    fields: { uri: caps.uri, maxBytes: 1000 },
  });
});

test('a disk that takes nothing is a ReadError: there may be room next time', async () => {
  const lines = parquetLines(cut(sample('flows.gzip.parquet'), 4096), caps, join(folder, 'none'));
  await expect(lines.next()).rejects.toMatchObject({ name: 'ReadError', fields: { uri: caps.uri } });
});

test('whoever stops early leaves nothing behind, and what the input throws passes', async () => {
  for await (const _ of parquetLines(cut(sample('flows.plain.parquet'), 4096), caps, folder)) break;
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield sample('flows.plain.parquet').subarray(0, 1000);
    throw new ReadError('gone');
  }
  await expect(textOf(parquetLines(failing(), caps, folder))).rejects.toThrow('gone');
});
