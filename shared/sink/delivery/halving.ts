/**
 * Finds the record that makes a destination refuse a batch: halves are sent until it stands alone. A destination that
 * refuses everything, as a proxy or a wrong path does, is distinguished from a bad record: when records that stood alone were refused
 * in the same words and none was accepted, one more is sent from the end of the batch. Where that is refused too, the
 * destination is to blame, and all records wait.
 */
import type { Batch, Rejected } from '../../model.ts';

/** Consecutive records of a batch: from `first` to before `end`. */
export interface Range {
  readonly first: number;
  readonly end: number;
}

/**
 * What became of the records of one request.
 * `settled`: the destination looked at each of them · `stop`: it accepts no more now · `refused`: something in there, or the
 * whole, is not acceptable · `bad`: those before record `at` of the batch are accepted, the rest was not looked at.
 */
export type Part =
  | { readonly kind: 'settled' }
  | { readonly kind: 'stop' }
  | ({ readonly kind: 'refused' } & Refusal)
  | ({ readonly kind: 'bad'; readonly at: number } & Refusal);

export interface Refusal {
  readonly reason: string;
  /** For being too large. */
  readonly isTooLarge?: boolean;
  /** Not in the destination's own format: somebody else answered, such as a proxy. */
  readonly isForeign?: boolean;
}

export interface Halved {
  readonly rejected: readonly Rejected[];
  /** Neither accepted nor to blame. */
  readonly retry: readonly number[];
  /** Why everything was refused. */
  readonly reason?: string;
}

type Attempt = (range: Range) => Promise<Part>;

/** So many records refused alone in the same words may not be to blame. */
const SAME = 3;
/** A smaller record is too large for no destination. */
const SMALL_BYTES = 64 << 10;

export const numbersIn = (ranges: readonly Range[]): number[] =>
  ranges.flatMap(({ first, end }) => Array.from({ length: end - first }, (_, i) => first + i));

/** One for each sink: what a batch shows of the destination holds for the next. `attempt` sends a range of the batch. */
export function halving(): (batch: Batch, attempt: Attempt) => Promise<Halved> {
  const doubts = doubtsOfDestination();
  return async (batch, attempt) => {
    const blamed: Rejected[] = [];
    const open: Range[] = [{ first: 0, end: batch.count }]; // the next one last
    doubts.begin();
    for (let range = open.pop(); range !== undefined; range = open.pop()) {
      if (range.first === range.end) continue;
      const part = await attempt(range);
      if (part.kind === 'stop') return { rejected: blamed, retry: sorted(numbersIn(open)) };
      if (part.kind === 'settled' || (part.kind === 'bad' && part.at > range.first)) doubts.accept();
      if (part.kind === 'settled') continue;
      const at = positionOf(part, range);
      if (at === undefined) open.push(...halves(range));
      else {
        open.push({ first: at + 1, end: range.end });
        blamed.push({ at, reason: part.reason });
        doubts.refuse(part, batch.slice(at).length);
      }
      const found = doubts.isDoubtful(part) ? await probe(part, open, attempt, doubts) : 'record';
      if (found === 'stop') return { rejected: blamed, retry: sorted(numbersIn(open)) };
      if (found === 'destination') {
        const retry = sorted([...blamed.map((each) => each.at), ...numbersIn(open)]);
        return { rejected: [], retry, reason: `the destination refuses every record: ${part.reason}` };
      }
    }
    return { rejected: blamed, retry: [] };
  };
}

const sorted = (numbers: number[]): number[] => numbers.sort((a, b) => a - b);

/** The record that is refused, where it stands alone or is named. */
function positionOf(part: Part, { first, end }: Range): number | undefined {
  if (part.kind === 'bad') return part.at;
  return end - first === 1 ? first : undefined;
}

/** Finds out who is to blame by one more record, from the end of the batch. */
async function probe(
  refusal: Refusal,
  open: Range[],
  attempt: Attempt,
  doubts: Doubts,
): Promise<'record' | 'destination' | 'stop'> {
  const last = takeLast(open);
  if (last === undefined) return doubts.isToBlame(refusal) ? 'destination' : 'record';
  const part = await attempt(last);
  if (part.kind === 'stop') return 'stop';
  if (part.kind === 'settled') {
    doubts.accept();
    return 'record';
  }
  open.unshift(last);
  doubts.blame(refusal);
  return 'destination';
}

function halves({ first, end }: Range): [Range, Range] {
  const middle = (first + end) >> 1;
  return [
    { first: middle, end },
    { first, end: middle },
  ];
}

/** Takes the last record of the batch out of what is open. */
function takeLast(open: Range[]): Range | undefined {
  const at = open.findIndex(({ first, end }) => end > first);
  if (at < 0) return undefined;
  const { first, end } = open[at];
  open[at] = { first, end: end - 1 };
  return { first: end - 1, end };
}

type Doubts = ReturnType<typeof doubtsOfDestination>;

/** Whether a destination refuses everything. */
function doubtsOfDestination() {
  let hasEverAccepted = false;
  let hasAccepted = false; // of this batch
  let isSmall = false;
  let alone = { words: '', count: 0 };
  /** Everything was refused in these words. */
  let blamed: string | undefined;
  return {
    begin() {
      hasAccepted = false;
      isSmall = false;
    },
    accept() {
      hasEverAccepted = true;
      hasAccepted = true;
      alone = { words: '', count: 0 };
      blamed = undefined;
    },
    /** A record was refused alone. */
    refuse(refusal: Refusal, bytes: number) {
      const words = wordsOf(refusal);
      alone = { words, count: alone.words === words ? alone.count + 1 : 1 };
      isSmall = bytes < SMALL_BYTES;
    },
    isDoubtful({ isTooLarge, isForeign, ...refusal }: Refusal): boolean {
      if (hasAccepted) return false;
      const isNoFault = alone.count > 0 && (isForeign === true || (isTooLarge === true && isSmall));
      return isNoFault || alone.count >= SAME || wordsOf(refusal) === blamed;
    },
    /** No other record is left to compare with. */
    isToBlame: ({ isForeign, isTooLarge, ...refusal }: Refusal): boolean =>
      isForeign === true || isTooLarge === true || wordsOf(refusal) === blamed || !hasEverAccepted,
    blame(refusal: Refusal) {
      blamed = wordsOf(refusal);
    },
  };
}

/** Sizes and positions differ from answer to answer. */
const wordsOf = ({ reason }: Pick<Refusal, 'reason'>): string => reason.replaceAll(/\d+/g, '#');
