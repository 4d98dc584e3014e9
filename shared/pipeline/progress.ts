/**
 * How far an item was collected: for each body the number of the last record that was read, and which records up to there are
 * still open. It is stored for an item that fails, so that its next delivery sends only the open records.
 */
import type { Body, Checkpoint, OpenRecords, Range, SinkName } from '../model.ts';
import { type OpenRanges, openRanges, sizeOf } from './ranges.ts';

export interface Progress {
  /** Names the item's content. */
  readonly key: string;
  /** An earlier delivery of the item stored a checkpoint. */
  readonly isKnown: boolean;
  /** A body's checkpoint of an earlier delivery. */
  known(body: Body): Checkpoint | undefined;
  /** Records up to `seq` were read: `read` of them in this delivery. */
  reach(body: Body, seq: number, read: number): void;
  /** Nothing of the body could be read: a reject and an event stand for all of it. */
  unroute(body: Body, read: number): void;
  /** The next delivery has another content. */
  forget(body: Body): void;
  /** A record is open: the sink did not accept it. `none`: it could not be decoded, and the quarantine refused it. */
  open(place: { readonly uri: string; readonly seq: number }, sink?: SinkName | 'none'): void;
  /** The first bodies that were read, for the log. */
  uris(): readonly string[];
  /** Checkpoints for the next delivery, by body. */
  places(): Map<string, Checkpoint>;
}

/** The number that stands for all records of a body. */
export const END = Number.MAX_SAFE_INTEGER;

/** Addresses of objects in a line of the log. */
export const MAX_LOGGED = 5;
const MAX_PLACES = 10_000; // an item of more bodies is collected again as a whole

const pieceOf = (uri: string, seq: number): string => `${uri}#${seq}`;
const keyOf = ({ uri, seq }: Body): string => (seq === undefined ? uri : pieceOf(uri, seq));

export function progressOf(key: string, earlier: ReadonlyMap<string, Checkpoint>): Progress {
  const places = new Map(earlier);
  const opened = new Map<string, Map<SinkName | 'none', OpenRanges>>();

  function left(key: string, { seq, read, open, isUnrouted }: Checkpoint): Checkpoint | undefined {
    const own = [...(opened.get(key) ?? [])];
    if (own.some(([, { isFull }]) => isFull)) return undefined;
    const lists = own.map(([name, { ranges }]) => [name, [...(open?.[name] ?? []), ...ranges]] as const);
    const all: OpenRecords = { ...open, ...Object.fromEntries(lists) };
    const count = sizeOf(own.flatMap(([, { ranges }]) => ranges));
    return {
      seq,
      read: Math.max(0, read - count),
      ...(Object.keys(all).length > 0 && { open: all }),
      ...(isUnrouted && { isUnrouted }),
    };
  }

  return {
    key,
    isKnown: earlier.size > 0,
    known: (body) => earlier.get(keyOf(body)),
    reach(body, seq, read) {
      const { seq: after = 0, read: before = 0, open } = earlier.get(keyOf(body)) ?? {};
      const rest = open && behind(open, seq);
      places.set(keyOf(body), { seq: Math.max(after, seq), read: before + read, ...(rest && { open: rest }) });
    },
    unroute: (body, read) => void places.set(keyOf(body), { seq: END, read, isUnrouted: true }),
    forget: (body) => void places.delete(keyOf(body)),
    open({ uri, seq }, sink = 'none') {
      const key = places.has(pieceOf(uri, seq)) ? pieceOf(uri, seq) : uri;
      const own = opened.get(key) ?? new Map<SinkName | 'none', OpenRanges>();
      opened.set(key, own);
      const ranges = own.get(sink) ?? openRanges();
      own.set(sink, ranges);
      ranges.add(seq);
    },
    uris: () => [...places.keys()].slice(0, MAX_LOGGED),
    places() {
      const all = new Map<string, Checkpoint>();
      for (const [key, place] of places) {
        const each = left(key, place);
        if (each !== undefined) all.set(key, each);
      }
      return all.size > MAX_PLACES ? new Map() : all;
    },
  };
}

/** The part of what was open that comes after a record. Undefined: nothing. */
function behind(open: OpenRecords, seq: number): OpenRecords | undefined {
  const lists = Object.entries(open).map(([name, ranges]): [string, Range[]] => [
    name,
    ranges.filter(([, last]) => last > seq).map(([first, last]): Range => [Math.max(first, seq + 1), last]),
  ]);
  const left = lists.filter(([, ranges]) => ranges.length > 0);
  return left.length === 0 ? undefined : Object.fromEntries(left);
}
