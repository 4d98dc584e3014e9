/** Reads rejected records from the quarantine, one after another, and joins those that are stored as several lines. */
import { DecodeError } from '../../shared/errors.ts';
import { type Line, lineOf, rawOf } from '../../shared/input/rejectline.ts';
import { lines } from './lines.ts';
import { patternOf } from './reasons.ts';
import type { QuarantineStore, Span } from './store.ts';

/** A line of a stored object, from 1. */
export interface Position {
  readonly key: string;
  readonly line: number;
}

export interface StoredReject extends Omit<Line, 'raw' | 'encoding' | 'id' | 'part' | 'parts'> {
  /** Where it is stored: one position per line. */
  readonly positions: readonly Position[];
  /** Throws DecodeError. */
  raw(): Buffer;
}

export interface Wanted extends Span {
  /** A part of the reason or of its pattern (`patternOf`). */
  readonly reason?: string | undefined;
  readonly source?: string | undefined;
  /** `none`: records that could not be decoded. */
  readonly sink?: string | undefined;
}

/** Called with lines that are not rejects, and with rejects that miss a part. */
export type OnUnreadable = (position: Position, reason: string) => void;

const MAX_OPEN = 256 << 20; // bytes of rejects that wait for their other parts

export async function* rejects(
  quarantine: QuarantineStore,
  wanted: Wanted,
  onUnreadable: OnUnreadable,
): AsyncGenerator<StoredReject> {
  const join = joiner(onUnreadable);
  for await (const { key, chunks } of quarantine.objects(wanted)) {
    let line = 0;
    for await (const text of lines(chunks())) {
      const position = { key, line: ++line };
      const one = parsed(text, position, onUnreadable);
      if (one === undefined || !isWanted(one, wanted)) continue;
      const whole = join.add(one, position);
      if (whole !== undefined) yield whole;
    }
  }
  join.end();
}

function parsed(text: string, position: Position, onUnreadable: OnUnreadable): Line | undefined {
  if (text === '') return undefined;
  try {
    return lineOf(text);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    onUnreadable(position, error.message);
    return undefined;
  }
}

/** The answer is the same for all parts of a reject. */
function isWanted(line: Line, { since, until, reason, source, sink }: Wanted): boolean {
  const time = Date.parse(line['@timestamp']);
  if (time < since || time > until) return false;
  if (source !== undefined && line.source !== source) return false;
  if (sink !== undefined && (line.sink ?? 'none') !== sink) return false;
  return reason === undefined || line.reason.includes(reason) || patternOf(line.reason).includes(reason);
}

interface Open {
  readonly parts: Map<number, string>;
  readonly positions: Position[];
  bytes: number;
}

/** Joins the parts of rejects, in any order and at any distance. Drops the oldest incomplete reject when memory is short. */
function joiner(onUnreadable: OnUnreadable) {
  const open = new Map<string, Open>(); // the oldest first
  let bytes = 0;

  function forget(id: string, { positions, bytes: own }: Open): void {
    open.delete(id);
    bytes -= own;
    onUnreadable(positions[0], 'a part of the reject is missing');
  }

  return {
    add({ raw, encoding, id, part = 1, parts = 1, ...rest }: Line, position: Position): StoredReject | undefined {
      if (id === undefined || parts === 1)
        return { ...rest, positions: [position], raw: () => rawOf({ encoding, raw }) };
      const own: Open = open.get(id) ?? { parts: new Map(), positions: [], bytes: 0 };
      open.set(id, own);
      own.positions.push(position);
      if (!own.parts.has(part)) {
        own.parts.set(part, raw);
        own.bytes += raw.length;
        bytes += raw.length;
      }
      if (own.parts.size === parts) {
        open.delete(id);
        bytes -= own.bytes;
        const text = Array.from({ length: parts }, (_, i) => own.parts.get(i + 1)).join('');
        return { ...rest, positions: own.positions, raw: () => rawOf({ encoding, raw: text }) };
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
