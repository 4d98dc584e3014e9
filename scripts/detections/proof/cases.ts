/**
 * Tests of a detection: `<name>.test.yml` beside it. `fires` and `silent` are lists of cases; a case is one event or several.
 * An event is a sample of `detections/samples` with members set by their dotted paths (null takes one away).
 */

import type { Json } from '../evaluate.ts';
import type { Lists } from '../model.ts';
import { RuleRefusal } from '../refusal.ts';

import { documentsIn, type Fields, isFields, textsIn } from '../yaml.ts';

export interface Event {
  readonly service: string;
  /** As AWS writes it, without its time and id. */
  readonly record: { readonly [key: string]: Json };
  /** Seconds after the first one. */
  readonly at: number;
  /** Which asset stands where: `asset` → a name of `assets`. */
  readonly joined: Readonly<Record<string, string>>;
  /** The indicator that it has to match, as the list has it. */
  readonly indicator?: string;
}

export interface Case {
  readonly why: string;
  readonly fires: boolean;
  readonly events: readonly Event[];
}

export interface Tests {
  readonly cases: readonly Case[];
  readonly assets: Readonly<Record<string, Fields>>;
  /** Countries by address. */
  readonly places: Readonly<Record<string, string>>;
  readonly lists: Lists;
  /** Lines of a threat list. */
  readonly indicators: readonly string[];
}

export interface Sample {
  readonly service: string;
  readonly record: Event['record'];
}

/** Throws RuleRefusal with the rule's name. */
export function testsIn(text: string, rule: string, samples: ReadonlyMap<string, Sample>): Tests {
  const refuse = (why: string): never => {
    throw new RuleRefusal(rule, `its tests are broken: ${why}`);
  };
  const [given, ...more] = read(text, refuse);
  if (!isFields(given) || more.length > 0) return refuse('expected one document with fires and silent');
  const unknown = Object.keys(given).find((key) => !KEYS.has(key));
  if (unknown !== undefined) refuse(`"${unknown}" is not one of ${[...KEYS].join(', ')}`);
  const cases = (['fires', 'silent'] as const).flatMap((kind) => {
    const list = given[kind] ?? [];
    if (!Array.isArray(list)) return refuse(`${kind} is not a list`);
    return list.map((each) => caseOf(each, kind === 'fires', samples, refuse));
  });
  return {
    cases,
    assets: (isFields(given.assets) ? given.assets : {}) as Tests['assets'],
    places: (isFields(given.places) ? given.places : {}) as Tests['places'],
    indicators: textsIn(given.indicators),
    lists: Object.fromEntries(
      Object.entries(isFields(given.lists) ? given.lists : {}).map(([name, values]) => [name, textsIn(values)]),
    ),
  };
}

const MOST = 10_000;
const EVENT_KEYS: ReadonlySet<string> = new Set([
  ...['why', 'events', 'like', 'set', 'at', 'times', 'every', 'count', 'joined', 'indicator'],
]);

type Refuse = (why: string) => never;

const KEYS: ReadonlySet<string> = new Set(['fires', 'silent', 'assets', 'places', 'lists', 'indicators']);

function read(text: string, refuse: Refuse): readonly unknown[] {
  try {
    return documentsIn(text);
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function caseOf(given: unknown, fires: boolean, samples: ReadonlyMap<string, Sample>, refuse: Refuse): Case {
  if (!isFields(given) || typeof given.why !== 'string') return refuse('a case needs a sentence: why');
  if (given.events !== undefined && (!Array.isArray(given.events) || given.events.length === 0))
    return refuse('events is not a list with an event');
  const events = Array.isArray(given.events) ? given.events : [given];
  return { why: given.why, fires, events: events.flatMap((each) => eventsOf(each, samples, refuse)) };
}

/** `times: 5, every: 10, count: {path: prefix}`: so many, seconds apart, the member at the path numbered. */
function eventsOf(given: unknown, samples: ReadonlyMap<string, Sample>, refuse: Refuse): Event[] {
  if (!isFields(given)) return refuse('an event is not an object');
  const odd = Object.keys(given).find((key) => !EVENT_KEYS.has(key));
  if (odd !== undefined) refuse(`"${odd}" is not one of ${[...EVENT_KEYS].join(', ')}`);
  const sample = samples.get(String(given.like));
  if (sample === undefined) return refuse(`there is no sample "${given.like}"`);
  const { set = {}, at = 0, times = 1, every = 1, count = {}, joined = {}, indicator } = given;
  if (!isFields(set) || !isFields(count) || !isFields(joined)) return refuse('set, count and joined are objects');
  if (!Number.isInteger(times) || Number(times) < 1 || Number(times) > MOST)
    return refuse(`times is not a whole number from 1 to ${MOST}`);
  if (!Number.isFinite(at) || !Number.isFinite(every)) return refuse('at and every are seconds');
  return Array.from({ length: Number(times) }, (_, number) => {
    const record = structuredClone(sample.record) as Record<string, Json>;
    for (const [path, value] of Object.entries(set)) put(record, path.split('.'), value as Json);
    for (const [path, prefix] of Object.entries(count)) put(record, path.split('.'), `${prefix}${number + 1}`);
    return {
      service: sample.service,
      record,
      at: Number(at) + number * Number(every),
      joined: joined as Event['joined'],
      ...(typeof indicator === 'string' && { indicator }),
    };
  });
}

function put(record: Record<string, Json>, [name, ...rest]: readonly string[], value: Json): void {
  if (rest.length > 0) {
    const inner = record[name];
    const into = isFields(inner) ? inner : {};
    record[name] = into as Json;
    put(into as Record<string, Json>, rest, value);
  } else if (value === null) delete record[name];
  else record[name] = value;
}
