/**
 * Which rejects were replayed: beside each object of the quarantine one that says which of its lines,
 * `replayed/2026/11/24/….gz.json`: `{"at":"2026-11-24T13:40:38.123Z","lines":"1-4,9"}`.
 */
import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { Spot } from './rejects.ts';

export interface Marks {
  has(spots: readonly Spot[]): Promise<boolean>;
  /** Adds to what others marked meanwhile. */
  add(spots: readonly Spot[]): Promise<void>;
}

export const noMarks: Marks = { has: async () => false, add: async () => {} };

interface Marked {
  readonly lines: ReadonlySet<number>;
  readonly etag: string | undefined;
}

const ATTEMPTS = 10; // against others who mark the same object

export function marks(s3: S3Client, bucket: string): Marks {
  let last: { readonly key: string; readonly marked: Marked } | undefined; // rejects of an object come in a row
  const nameOf = (key: string) => `replayed/${key}.json`;

  async function load(key: string): Promise<Marked> {
    try {
      const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: nameOf(key) }));
      const { lines } = JSON.parse((await Body?.transformToString()) ?? '');
      return { lines: new Set(numbersIn(lines)), etag: ETag };
    } catch (error) {
      if (error instanceof NoSuchKey) return { lines: new Set(), etag: undefined };
      throw error;
    }
  }

  async function add(key: string, lines: readonly number[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const marked = await load(key);
      const all = [...new Set([...marked.lines, ...lines])].sort((a, b) => a - b);
      const Body = JSON.stringify({ at: new Date().toISOString(), lines: rangesOf(all) });
      const condition = marked.etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: marked.etag };
      try {
        await s3.send(new PutObjectCommand({ Bucket: bucket, Key: nameOf(key), Body, ...condition }));
        return;
      } catch (error) {
        if (attempt === ATTEMPTS || !isTaken(error)) throw error;
      }
    }
  }

  return {
    async has(spots) {
      for (const { key, line } of spots) {
        if (last?.key !== key) last = { key, marked: await load(key) };
        if (!last.marked.lines.has(line)) return false;
      }
      return true;
    },
    async add(spots) {
      last = undefined;
      for (const [key, own] of Map.groupBy(spots, (spot) => spot.key))
        await add(
          key,
          own.map(({ line }) => line),
        );
    },
  };
}

/** Somebody else was quicker. */
const isTaken = (error: unknown): boolean =>
  error instanceof S3ServiceException && [409, 412].includes(error.$metadata.httpStatusCode ?? 0);

/** In: ascending. */
export function rangesOf(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const range = ranges.at(-1);
    if (range?.[1] === number - 1) range[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

export const numbersIn = (ranges: string): number[] =>
  ranges
    .split(',')
    .filter((range) => range !== '')
    .flatMap((range) => {
      const [from, to = from] = range.split('-').map(Number);
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    });
