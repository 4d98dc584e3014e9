/**
 * The body of a HEC request, taken apart as strictly as Splunk documents it or was seen to.
 * https://help.splunk.com/en/splunk-enterprise/get-data-in/collect-http-event-data/format-events-for-http-event-collector
 */

export interface HecEvent {
  /** Epoch seconds as they came. */
  readonly time?: string | number;
  readonly host?: string;
  readonly source?: string;
  readonly sourcetype?: string;
  readonly index?: string;
  readonly event: unknown;
  readonly fields?: Readonly<Record<string, unknown>>;
}

export interface Fault {
  readonly code: number;
  /** `invalid-event-number`, from 0. */
  readonly at?: number;
}

/** Those before the fault, if there is one, are indexed. */
export interface Reading {
  readonly events: readonly HecEvent[];
  readonly fault?: Fault;
}

const KEYS = new Set(['time', 'host', 'source', 'sourcetype', 'index', 'event', 'fields']);
const STRINGS = ['host', 'source', 'sourcetype', 'index'];
const MAX_SECONDS = 100_000_000_000; // what is larger are milliseconds

/** `indexes`: those that the token may write to; undefined: all. */
export function read(body: string, indexes: readonly string[] | undefined): Reading {
  const events: HecEvent[] = [];
  let at = 0;
  for (const text of objects(body)) {
    const object = parsed(text);
    if (object === undefined) return { events, fault: { code: 6, at } };
    if (Object.keys(object).some((key) => !KEYS.has(key))) return unknownKey(events);
    const isSkipped = object.fields !== undefined && !('event' in object);
    const code = isSkipped ? undefined : codeOf(object, indexes);
    if (code !== undefined) return { events, fault: { code, at: code === 7 ? at + 1 : at } };
    if (!isSkipped) events.push(object as unknown as HecEvent);
    at++;
  }
  return { events };
}

/** No error to Splunk, which says success and leaves this object and all behind it out; with nothing before it: no data. */
function unknownKey(events: readonly HecEvent[]): Reading {
  return events.length === 0 ? { events, fault: { code: 5 } } : { events };
}

function codeOf(object: Record<string, unknown>, indexes: readonly string[] | undefined): number | undefined {
  const { event, time, fields, index } = object;
  if (!('event' in object)) return 12;
  if (event === '' || event === null) return 13;
  if (time !== undefined && !isTime(time)) return 6;
  if (STRINGS.some((key) => object[key] !== undefined && typeof object[key] !== 'string')) return 6;
  if (fields !== undefined && !isFlat(fields)) return 15;
  if (index !== undefined && indexes !== undefined && !indexes.includes(index as string)) return 7;
  return undefined;
}

function isTime(time: unknown): boolean {
  if (typeof time !== 'number' && (typeof time !== 'string' || time.trim() === '')) return false;
  return Number(time) < MAX_SECONDS; // false for NaN too
}

function isFlat(fields: unknown): boolean {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return false;
  const isText = (value: unknown) => typeof value === 'string';
  return Object.values(fields).every(
    (value) => isText(value) || typeof value === 'number' || (Array.isArray(value) && value.every(isText)),
  );
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // what is no JSON is not an object either
  }
  return undefined;
}

/** Cuts `{…}{…}` or `{…}\n{…}` into its objects. What begins as none comes as one last piece. */
function* objects(body: string): Generator<string> {
  for (let start = skipSpace(body, 0); start < body.length; ) {
    const end = body[start] === '{' ? endOfObject(body, start) : body.length;
    yield body.slice(start, end);
    start = skipSpace(body, end);
  }
}

function endOfObject(body: string, start: number): number {
  let depth = 0;
  let isString = false;
  for (let i = start; i < body.length; i++) {
    const c = body[i];
    if (isString) {
      if (c === '\\') i++;
      else if (c === '"') isString = false;
    } else if (c === '"') isString = true;
    else if (c === '{') depth++;
    else if (c === '}' && --depth === 0) return i + 1;
  }
  return body.length;
}

function skipSpace(body: string, at: number): number {
  while (at < body.length && body.charCodeAt(at) <= 32) at++;
  return at;
}
