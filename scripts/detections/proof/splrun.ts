/** Runs what a saved search asks of single events: its first terms and every `search`, `regex` and `where` up to the counting. */
import { macrosOf } from '../macros.ts';
import type { Lists } from '../model.ts';
import { reader, type Spoken } from './splread.ts';

/** Whether an event gets through the commands. Throws Error for a command that is not known. */
export function passes(pipeline: string, lists: Lists): (spoken: Spoken) => boolean {
  const [first, ...commands] = split(expanded(pipeline, lists));
  const tests = [reader(first.replace(/^INDEX\s+sourcetype="[^"]+"/, '').replaceAll(/_index_\w+=\S+/g, ''))];
  for (const command of commands) {
    const [, name, rest] = /^\s*(\w+)\s*([\s\S]*)$/.exec(command) ?? [];
    if (name === 'search') tests.push(reader(rest));
    else if (name === 'regex') tests.push(regex(rest));
    else if (name === 'where') tests.push(where(rest));
    else if (!IDLE.has(name)) throw new Error(`the command ${name} is not known: ${command}`);
  }
  return (spoken) => tests.every((test) => test(spoken));
}

/** They change or show events, and hold none back. */
const IDLE: ReadonlySet<string> = new Set(['dedup', 'eval', 'lookup', 'iplocation', 'rename', 'table']);

/** At bars outside of quotes. */
export function split(text: string): string[] {
  const parts = [''];
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === '\\') {
      parts[parts.length - 1] += letter + (text[++at] ?? '');
      continue;
    }
    if (letter === '"') isQuoted = !isQuoted;
    if (letter === '|' && !isQuoted) parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim());
}

function expanded(text: string, lists: Lists): string {
  const macros = macrosOf(lists);
  const once = text.replaceAll(/`(\w+)(?:\(([^`]*)\))?`/g, (_, name: string, given: string | undefined) => {
    if (name.startsWith('bongsu_index_')) return 'INDEX';
    if (name === 'bongsu_country') return 'iplocation'; // the app's own
    const macro = macros[name];
    if (macro === undefined) throw new Error(`there is no macro ${name}`);
    const values = given === undefined ? [] : [...given.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, value]) => value);
    if (values.length !== (macro.args?.length ?? 0)) throw new Error(`the macro ${name} has other arguments`);
    return (macro.args ?? []).reduce((all, arg, at) => all.replaceAll(`$${arg}$`, values[at]), macro.definition);
  });
  return once.includes('`') ? expanded(once, lists) : once;
}

function regex(rest: string): (spoken: Spoken) => boolean {
  const [, name, sign, source] = /^(\S+?)(!?=)"((?:[^"\\]|\\.)*)"$/s.exec(rest) ?? [];
  if (source === undefined) throw new Error(`can't read: regex ${rest}`);
  const isAnyCase = source.startsWith('(?i)');
  const expression = new RegExp(isAnyCase ? source.slice(4) : source, isAnyCase ? 'is' : 's');
  return ({ event }) => (event.get(name) ?? []).some((each) => expression.test(each)) === (sign === '=');
}

function where(rest: string): (spoken: Spoken) => boolean {
  const [, a, b] = /lower\('([^']+)'\)=lower\('([^']+)'\)/.exec(rest) ?? [];
  if (b === undefined) throw new Error(`can't read: where ${rest}`);
  const same = ({ event }: Spoken) =>
    (event.get(a) ?? []).some((one) => (event.get(b) ?? []).some((two) => one.toLowerCase() === two.toLowerCase()));
  return (spoken) => same(spoken) !== rest.startsWith('NOT ');
}
