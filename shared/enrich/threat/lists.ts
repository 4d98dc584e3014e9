/**
 * Threat lists: text → indicators. What a list is, its content says:
 * lines · a STIX 2.1 bundle · a MISP event, or the manifest of a MISP feed, which names events and no indicators.
 */
import { DecodeError } from '../../errors.ts';
import type { Entry, Indicator, Skip } from './indicator.ts';
import { fromMisp } from './misp.ts';
import { fromPlain } from './plain.ts';
import { fromStix } from './stix.ts';

export interface List {
  readonly indicators: readonly Indicator[];
  /** How many entries are not used, by reason. */
  readonly skipped: Readonly<Partial<Record<Skip, number>>>;
}

/** `name`: of the list. Throws DecodeError for JSON that is none of these. */
export function listIn(name: string, text: string): List {
  const indicators: Indicator[] = [];
  const skipped: Partial<Record<Skip, number>> = {};
  for (const entry of entriesIn(name, text)) {
    if (typeof entry === 'string') skipped[entry] = (skipped[entry] ?? 0) + 1;
    else indicators.push(entry);
  }
  return { indicators, skipped };
}

function entriesIn(name: string, text: string): Iterable<Entry> {
  if (!/^\s*[[{]/.test(text)) return fromPlain(name, text);
  const value = parsed(text);
  return fromStix(name, value) ?? fromMisp(name, value) ?? unknown();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DecodeError('the list begins like JSON and is none', {}, { cause });
  }
}

function unknown(): never {
  throw new DecodeError('the list is JSON, but neither a STIX 2.1 bundle nor a MISP event');
}
