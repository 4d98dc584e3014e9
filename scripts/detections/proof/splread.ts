/**
 * A second reading of our searches: Splunk's `search` command for what we write, over an event as Splunk extracts it. Written from
 * Splunk's documentation and not from spl.ts: terms side by side are an AND, OR binds before it, NOT before both, no case is
 * minded, `*` is any run of letters, `=` with a block asks whether an address is in it.
 * https://docs.splunk.com/Documentation/Splunk/latest/SearchReference/Search
 */
import { BlockList, isIP } from 'node:net';

/** A field's values by its name in Splunk. */
export type Extracted = ReadonlyMap<string, readonly string[]>;

export interface Spoken {
  readonly event: Extracted;
  readonly raw: string;
}

type Test = (spoken: Spoken) => boolean;

/** Throws Error for what it can't read. */
export function reader(text: string): Test {
  const tokens =
    text.match(/\(|\)|(?:[^\s()"=<>!]+|"(?:\\.|[^"\\])*")(?:(?:!=|<=|>=|=|<|>)(?:"(?:\\.|[^"\\])*"|[^\s()]+))?/g) ?? [];
  if (tokens.join('').replaceAll(/\s/g, '') !== text.replaceAll(/\s/g, '')) throw new Error(`can't read: ${text}`);
  let at = 0;
  function and(): Test {
    const of: Test[] = [];
    while (at < tokens.length && tokens[at] !== ')') {
      if (tokens[at] === 'AND') at++;
      of.push(or());
    }
    return (spoken) => of.every((test) => test(spoken));
  }
  function or(): Test {
    const of = [not()];
    while (tokens[at] === 'OR') {
      at++;
      of.push(not());
    }
    return (spoken) => of.some((test) => test(spoken));
  }
  function not(): Test {
    if (tokens[at] !== 'NOT') return primary();
    at++;
    const inner = not();
    return (spoken) => !inner(spoken);
  }
  function primary(): Test {
    const token = tokens[at++];
    if (token === undefined) throw new Error(`ends too early: ${text}`);
    if (token !== '(') return termOf(token);
    const inner = and();
    if (tokens[at++] !== ')') throw new Error(`lacks a parenthesis: ${text}`);
    return inner;
  }
  const test = and();
  if (at < tokens.length) throw new Error(`one parenthesis too many: ${text}`);
  return test;
}

const bare = (text: string): string => (text.startsWith('"') ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text);

function termOf(token: string): Test {
  const [, left, sign, right] = /^("(?:\\.|[^"\\])*"|[^"=<>!]+)(!=|<=|>=|=|<|>)(.*)$/s.exec(token) ?? [];
  if (sign === undefined) {
    const like = pattern(`*${bare(token)}*`);
    return ({ raw }) => like.test(raw);
  }
  const name = bare(left);
  const value = bare(right);
  const values = ({ event }: Spoken) => event.get(name) ?? [];
  if (sign === '=') return (spoken) => values(spoken).some((each) => equals(each, value));
  if (sign === '!=') return (spoken) => values(spoken).some((each) => !equals(each, value));
  const compare = SIGNS[sign];
  return (spoken) => values(spoken).some((each) => compare(Number(each), Number(value)));
}

const SIGNS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function equals(each: string, value: string): boolean {
  const [network, bits] = value.split('/');
  const family = isIP(network);
  if (bits !== undefined && family !== 0 && /^\d+$/.test(bits)) {
    if (isIP(each) !== family) return false;
    const list = new BlockList();
    const kind = family === 4 ? 'ipv4' : 'ipv6';
    list.addSubnet(network, Number(bits), kind);
    return list.check(each, kind);
  }
  return pattern(value).test(each);
}

const pattern = (value: string): RegExp =>
  new RegExp(
    `^${value
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    'is',
  );
