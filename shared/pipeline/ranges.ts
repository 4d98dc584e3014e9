/** Numbers of records as ranges, and which sinks still wait for a record. */
import type { OpenRecords, Range, SinkName } from '../model.ts';

/** Numbers that are added one by one, mostly in their order. */
export interface OpenRanges {
  readonly ranges: readonly Range[];
  /** There were too many to remember. */
  readonly isFull: boolean;
  add(seq: number): void;
}

const MAX_RANGES = 10_000; // 250 KB of JSON

export function openRanges(): OpenRanges {
  const ranges: [number, number][] = [];
  let isFull = false;
  return {
    ranges,
    get isFull() {
      return isFull;
    },
    add(seq) {
      const last = ranges.at(-1);
      if (last !== undefined && (last[1] === seq || last[1] + 1 === seq)) last[1] = seq;
      else if (ranges.length < MAX_RANGES) ranges.push([seq, seq]);
      else isFull = true;
    },
  };
}

/** In the order of their first numbers, none inside of another and none next to another. */
export function merged(ranges: readonly Range[]): readonly Range[] {
  const all: [number, number][] = [];
  for (const [first, last] of ranges.toSorted(([a], [b]) => a - b)) {
    const before = all.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else all.push([first, last]);
  }
  return all;
}

/** How many numbers are in at least one of them. */
export const sizeOf = (ranges: readonly Range[]): number =>
  merged(ranges).reduce((sum, [first, last]) => sum + last - first + 1, 0);

/** `ranges` as `merged` gives them. */
function isIn(ranges: readonly Range[], seq: number): boolean {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle][1] < seq) low = middle + 1;
    else high = middle;
  }
  return low < ranges.length && ranges[low][0] <= seq;
}

const SINKS: readonly SinkName[] = ['opensearch', 'splunk', 'archive'];

/** Makes a function that gives the sinks that wait for a record. */
export function waiting(open: OpenRecords = {}): (seq: number) => readonly SinkName[] {
  const lists = Object.entries(open).map(([name, ranges]) => [name, merged(ranges)] as const);
  if (lists.length === 0) return () => [];
  return (seq) => {
    const names = lists.filter(([, ranges]) => isIn(ranges, seq)).map(([name]) => name);
    return names.includes('none') ? SINKS : (names as SinkName[]);
  };
}
