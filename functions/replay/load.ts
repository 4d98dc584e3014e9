/**
 * The records of a spilled object that are still open. What an earlier replay delivered is remembered when the object has to stay,
 * so that Splunk does not get it again: `state/replay-progress/<key>.json` with the numbers of the open records, from 1.
 */
import { DecodeError, messageOf } from '../../shared/errors.ts';
import type { S3Object } from '../../shared/input/s3.ts';
import type { Batch, Checkpoints, Log, SinkName } from '../../shared/model.ts';
import { openRanges } from '../../shared/pipeline/ranges.ts';
import { type Spilled, unspilled } from '../../shared/sink/store/spill.ts';

export interface Load {
  readonly head: Spilled;
  /** The open records only. */
  readonly batch: Batch;
  /** Their numbers in the object, from 1. */
  readonly numbers: readonly number[];
  /** An earlier replay delivered some of it. */
  readonly isKnown: boolean;
}

/** Throws DecodeError naming the object. */
export async function loaded(bytes: Uint8Array, object: S3Object, progress: Checkpoints): Promise<Load> {
  const { bucket, key } = object;
  let all: ReturnType<typeof unspilled>;
  try {
    all = unspilled(bytes);
  } catch (cause) {
    throw new DecodeError(messageOf(cause), { bucket, key }, { cause });
  }
  const { head, batch } = all;
  const known = (await progress.get(key, true)).get(key);
  if (known === undefined) {
    return { head, batch, numbers: Array.from({ length: batch.count }, (_, at) => at + 1), isKnown: false };
  }
  const numbers = numbersIn(known.open?.[head.sink] ?? []).filter((number) => number >= 1 && number <= batch.count);
  return { head, batch: batch.pick(numbers.map((number) => number - 1)), numbers, isKnown: true };
}

const numbersIn = (ranges: readonly (readonly [number, number])[]): number[] =>
  ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));

/** Stores which records of an object that stays are still open. `open`: their numbers. Logs an error if S3 refuses it. */
export async function remember(
  { key, bucket }: S3Object,
  { sink, records }: Spilled,
  open: readonly number[],
  { progress, log }: { readonly progress: Checkpoints; readonly log: Log },
): Promise<void> {
  const ranges = openRanges();
  for (const number of open.toSorted((a, b) => a - b)) ranges.add(number);
  if (ranges.isFull) return;
  const place = { seq: records.length, read: records.length - open.length, open: openOf(sink, ranges.ranges) };
  try {
    await progress.put(key, new Map([[key, place]]));
  } catch (error) {
    log.error('progress of a spilled object not stored', { bucket, key, error });
  }
}

const openOf = (sink: SinkName, ranges: readonly (readonly [number, number])[]) => ({ [sink]: ranges });
