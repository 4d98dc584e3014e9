/**
 * The replay log: which rejects were replayed. One object per object of the quarantine names the lines,
 * `replayed/2026/11/24/….gz.json`: `{"at":"2026-11-24T13:40:38.123Z","lines":"1-4,9"}`.
 */
import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { Position } from './rejects.ts';

export interface ReplayLog {
  has(positions: readonly Position[]): Promise<boolean>;
  /** Keeps what others add at the same time. */
  add(positions: readonly Position[]): Promise<void>;
}

export const noReplayLog: ReplayLog = { has: async () => false, add: async () => {} };

interface Replayed {
  readonly lines: ReadonlySet<number>;
  readonly etag: string | undefined;
}

const ATTEMPTS = 10; // others may write the same object

export function replayLog(s3: S3Client, bucket: string): ReplayLog {
  let last: { readonly key: string; readonly replayed: Replayed } | undefined; // rejects of one object come one after another
  const nameOf = (key: string) => `replayed/${key}.json`;

  async function load(key: string): Promise<Replayed> {
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
      const replayed = await load(key);
      const all = [...new Set([...replayed.lines, ...lines])].sort((a, b) => a - b);
      const Body = JSON.stringify({ at: new Date().toISOString(), lines: rangesOf(all) });
      const condition = replayed.etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: replayed.etag };
      try {
        await s3.send(new PutObjectCommand({ Bucket: bucket, Key: nameOf(key), Body, ...condition }));
        return;
      } catch (error) {
        if (attempt === ATTEMPTS || !isTaken(error)) throw error;
      }
    }
  }

  return {
    async has(positions) {
      for (const { key, line } of positions) {
        if (last?.key !== key) last = { key, replayed: await load(key) };
        if (!last.replayed.lines.has(line)) return false;
      }
      return true;
    },
    async add(positions) {
      last = undefined;
      for (const [key, own] of Map.groupBy(positions, (position) => position.key))
        await add(
          key,
          own.map(({ line }) => line),
        );
    },
  };
}

/** Another process wrote the object first. */
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
