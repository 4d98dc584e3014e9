/** Values out of JSON text, as Splunk's spath and its automatic extraction name and show them. */
import { fromList, type Scalar, type Value } from './value.ts';

/** `a.b{}.c`: member, member, every element, member. JSON's null is the text "null"; objects are their JSON. */
export function spath(text: Value, path: string): Value {
  if (typeof text !== 'string') return null;
  let found: unknown[] = [parsed(text)];
  if (found[0] === undefined) return null;
  for (const step of path.split('.')) {
    const [, name, brackets, index] = /^(.*?)((?:\{(\d*)\})?)$/.exec(step)!;
    found = found.flatMap((value) => (name === '' ? [value] : member(value, name)));
    if (brackets !== '') found = found.flatMap((value) => elements(value, index));
  }
  return fromList(found.map(shown));
}

let last = { text: '', value: undefined as unknown };

/** One event is asked for many paths, one after the other. */
function parsed(text: string): unknown {
  if (last.text === text) return last.value;
  try {
    last = { text, value: JSON.parse(text) };
  } catch {
    last = { text, value: undefined };
  }
  return last.value;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const member = (value: unknown, name: string): unknown[] =>
  isObject(value) && !Array.isArray(value) && Object.hasOwn(value, name)
    ? [(value as Record<string, unknown>)[name]]
    : [];

function elements(value: unknown, index: string): unknown[] {
  if (!Array.isArray(value)) return [];
  return index === '' ? value : value.slice(Number(index), Number(index) + 1);
}

const shown = (value: unknown): Scalar => (isObject(value) ? JSON.stringify(value) : String(value));

/** limits.conf [kv] maxchars: what stands behind it is not extracted. */
const MAX_CHARS = 10_240;

/** All leaves by their paths, several values of one path in their order. A text cut off in its middle gives what is whole. */
export function autoFields(text: string): ReadonlyMap<string, Value> {
  const found = new Map<string, Scalar[]>();
  const value = parseCut(text.slice(0, MAX_CHARS));
  if (isObject(value) && !Array.isArray(value)) collect(value, '', found);
  return new Map([...found].map(([path, values]) => [path, fromList(values)]));
}

function collect(value: unknown, path: string, found: Map<string, Scalar[]>): void {
  if (Array.isArray(value)) for (const each of value) collect(each, `${path}{}`, found);
  else if (isObject(value)) {
    for (const [name, inner] of Object.entries(value)) collect(inner, path === '' ? name : `${path}.${name}`, found);
  } else if (value !== undefined) found.set(path, [...(found.get(path) ?? []), shown(value)]);
}

/** Closes what a cut left open, back at the last whole member. */
function parseCut(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return closed(text);
  }
}

function closed(text: string): unknown {
  const open: string[] = [];
  let whole = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      const end = /^"(?:[^"\\]|\\.)*"/s.exec(text.slice(at));
      if (end === null) break;
      at += end[0].length - 1;
    } else if (char === '{' || char === '[') open.push(char === '{' ? '}' : ']');
    else if (char === '}' || char === ']') open.pop();
    else if (char === ',') whole = text.slice(0, at) + open.toReversed().join('');
    if (open.length === 0 && at > 0) break;
  }
  try {
    return JSON.parse(whole);
  } catch {
    return undefined;
  }
}
