/**
 * Values and modifiers of a Sigma detection item → Value.
 * https://sigmahq.io/sigma-specification/specification/sigma-appendix-modifiers.html
 */
import { isIP } from 'node:net';
import type { Match, Operator, Part, Value } from './model.ts';

/** `field|contains|all: [a, b]`. Throws Error with what is not supported. */
export function itemOf(key: string, given: unknown): Match {
  const [field, ...modifiers] = key.split('|');
  if (field === '') throw new Error('a search without a field is not supported: name the field');
  const unknown = modifiers.find((name) => !KNOWN.has(name));
  if (unknown !== undefined) throw new Error(`the modifier "${unknown}" of "${key}" is not supported`);
  const ways = modifiers.filter((name) => WAYS.has(name));
  const isListed = ways.length === 2 && ways.includes('expand') && ways.includes('contains');
  if (ways.length > 1 && !isListed) throw new Error(`the modifiers of "${key}" contradict each other`);
  if (modifiers.includes('i') && !ways.includes('re')) throw new Error(`the modifier "i" of "${key}" needs "re"`);
  const values = (Array.isArray(given) ? given : [given]).map((value) => oneOf(value, modifiers, key));
  const all = values.map((value): Match => ({ kind: 'is', field, value }));
  const [only, ...more] = all;
  if (only === undefined) throw new Error(`"${key}" has no values`);
  const match: Match = more.length === 0 ? only : { kind: modifiers.includes('all') ? 'and' : 'or', of: all };
  return modifiers.includes('neq') ? { kind: 'not', of: match } : match;
}

const OPERATORS: ReadonlySet<string> = new Set(['gt', 'gte', 'lt', 'lte']);
/** How a value is compared: one of them at most. */
const WAYS: ReadonlySet<string> = new Set([
  ...['contains', 'startswith', 'endswith', 're', 'cidr', 'exists', 'fieldref', 'expand'],
  ...OPERATORS,
]);
const KNOWN: ReadonlySet<string> = new Set([...WAYS, 'all', 'i', 'neq']);
const LONGEST = 8191; // what a keyword field of the templates keeps

function oneOf(given: unknown, modifiers: readonly string[], key: string): Value {
  const has = (name: string) => modifiers.includes(name);
  const operator = modifiers.find((name) => OPERATORS.has(name)) as Operator | undefined;
  if (operator !== undefined) return { kind: 'compare', operator, number: numberOf(given, key) };
  if (has('exists')) {
    if (typeof given !== 'boolean') throw new Error(`"${key}" needs true or false`);
    return { kind: 'exists', is: given };
  }
  if (given === null || given === undefined) return { kind: 'null' };
  if (!['string', 'number', 'boolean'].includes(typeof given))
    throw new Error(`"${key}" has a value that is not a text`);
  const text = String(given);
  if (text.length > LONGEST) throw new Error(`"${key}" has a value of more than ${LONGEST} letters`);
  if (has('re')) return { kind: 'regex', source: regexOf(text, key), ignoreCase: has('i') };
  if (has('cidr')) return { kind: 'cidr', block: blockOf(text, key) };
  if (has('fieldref')) return { kind: 'field', name: text };
  if (has('expand')) return { kind: 'list', name: placeholderOf(text, key), isWithin: has('contains') };
  if (text === '') return { kind: 'null' }; // empty members are left out of documents
  const parts = partsOf(text);
  const start: Part[] = has('contains') || has('endswith') ? [ANY] : [];
  const end: Part[] = has('contains') || has('startswith') ? [ANY] : [];
  return { kind: 'text', parts: [...start, ...parts, ...end] };
}

const ANY: Part = { wild: '*' };

/** A backslash makes the wildcard or the backslash behind it a letter; before anything else it is one itself. */
export function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  let letters = '';
  const flush = () => {
    if (letters !== '') parts.push({ text: letters });
    letters = '';
  };
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === '\\' && ['*', '?', '\\'].includes(text[at + 1])) letters += text[++at];
    else if (letter === '*' || letter === '?') {
      flush();
      parts.push({ wild: letter });
    } else letters += letter;
  }
  flush();
  return parts;
}

function numberOf(given: unknown, key: string): number {
  const number = Number(given);
  if (given === null || given === '' || !Number.isFinite(number)) throw new Error(`"${key}" needs a number`);
  return number;
}

function regexOf(text: string, key: string): string {
  try {
    new RegExp(text);
  } catch {
    throw new Error(`"${key}" has a regular expression that can't be read: ${text}`);
  }
  return text;
}

function blockOf(text: string, key: string): string {
  const [network, bits, ...more] = text.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(network)] ?? -1;
  if (more.length > 0 || !/^\d{1,3}$/.test(bits ?? '') || Number(bits) > most)
    throw new Error(`"${key}" needs a block such as 10.0.0.0/8: ${text}`);
  return text;
}

function placeholderOf(text: string, key: string): string {
  const [, name] = /^%([a-z0-9_]+)%$/.exec(text) ?? [];
  if (name === undefined) throw new Error(`"${key}" needs the name of a list, such as %known_accounts%: ${text}`);
  return name;
}
