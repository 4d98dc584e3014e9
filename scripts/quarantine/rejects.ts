/** Rejects off their shelf, one after another; those that are several lines are put together again. */
import { DecodeError } from '../../shared/errors.ts';
import { type Line, lineOf, rawOf } from '../../shared/input/kept.ts';
import { lines } from './lines.ts';
import { patternOf } from './reasons.ts';
import type { Shelf, Span } from './store.ts';

/** A line of an object, from 1. */
export interface Spot {
  readonly key: string;
  readonly line: number;
}

export interface Kept extends Omit<Line, 'raw' | 'encoding' | 'id' | 'part' | 'parts'> {
  /** Where it lies: several spots of one that is several lines. */
  readonly spots: readonly Spot[];
  /** Throws DecodeError. */
  raw(): Buffer;
}

export interface Wanted extends Span {
  /** Part of the reason, or of what `patternOf` makes of it. */
  readonly reason?: string | undefined;
  readonly source?: string | undefined;
  /** `none`: what could not be decoded. */
  readonly sink?: string | undefined;
}

/** Lines that are no rejects, and rejects of which a part is missing. */
export type Odd = (spot: Spot, reason: string) => void;

const MAX_OPEN = 256 << 20; // bytes of rejects whose other parts have not come yet

export async function* rejects(shelf: Shelf, wanted: Wanted, odd: Odd): AsyncGenerator<Kept> {
  const join = joiner(odd);
  for await (const { key, chunks } of shelf.objects(wanted)) {
    let line = 0;
    for await (const text of lines(chunks())) {
      const spot = { key, line: ++line };
      const one = parsed(text, spot, odd);
      if (one === undefined || !isWanted(one, wanted)) continue;
      const whole = join.add(one, spot);
      if (whole !== undefined) yield whole;
    }
  }
  join.end();
}

function parsed(text: string, spot: Spot, odd: Odd): Line | undefined {
  if (text === '') return undefined;
  try {
    return lineOf(text);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    odd(spot, error.message);
    return undefined;
  }
}

/** All parts of a reject have the same answers. */
function isWanted(line: Line, { since, until, reason, source, sink }: Wanted): boolean {
  const time = Date.parse(line['@timestamp']);
  if (time < since || time > until) return false;
  if (source !== undefined && line.source !== source) return false;
  if (sink !== undefined && (line.sink ?? 'none') !== sink) return false;
  return reason === undefined || line.reason.includes(reason) || patternOf(line.reason).includes(reason);
}

interface Open {
  readonly parts: Map<number, string>;
  readonly spots: Spot[];
  bytes: number;
}

/** Puts parts together, however far they lie from each other. Of what never gets whole the oldest is let go. */
function joiner(odd: Odd) {
  const open = new Map<string, Open>(); // the oldest first
  let bytes = 0;

  function forget(id: string, { spots, bytes: own }: Open): void {
    open.delete(id);
    bytes -= own;
    odd(spots[0], 'a part of the reject is missing');
  }

  return {
    add({ raw, encoding, id, part = 1, parts = 1, ...rest }: Line, spot: Spot): Kept | undefined {
      if (id === undefined || parts === 1) return { ...rest, spots: [spot], raw: () => rawOf({ encoding, raw }) };
      const own: Open = open.get(id) ?? { parts: new Map(), spots: [], bytes: 0 };
      open.set(id, own);
      own.spots.push(spot);
      if (!own.parts.has(part)) {
        own.parts.set(part, raw);
        own.bytes += raw.length;
        bytes += raw.length;
      }
      if (own.parts.size === parts) {
        open.delete(id);
        bytes -= own.bytes;
        const text = Array.from({ length: parts }, (_, i) => own.parts.get(i + 1)).join('');
        return { ...rest, spots: own.spots, raw: () => rawOf({ encoding, raw: text }) };
      }
      for (const [oldest, each] of open) {
        if (bytes <= MAX_OPEN) break;
        forget(oldest, each);
      }
      return undefined;
    },
    end(): void {
      for (const [id, each] of open) forget(id, each);
    },
  };
}
