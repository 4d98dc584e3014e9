/** Golden files: what samples became the last time that somebody looked. JSON arrays, a member a line, so that a diff can be read. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import type { Any } from './source.ts';

const folder = new URL('golden/', import.meta.url);
const pathOf = (name: string): URL => new URL(`${name}.json`, folder);

/**
 * Expects the documents of `test/golden/<name>.json`, byte for byte but for the space between tokens.
 * After a change that is meant, `GOLDEN=write npm run jest -- test/functions` writes them anew: read the diff.
 */
export function expectGolden(name: string, lines: readonly string[]): void {
  const path = pathOf(name);
  const text = `[\n${lines.map((line) => pretty(line)).join(',\n')}\n]\n`;
  if (process.env.GOLDEN === 'write') writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
}

/** The documents of a golden file. */
export const goldenDocuments = (name: string): readonly Any[] => JSON.parse(readFileSync(pathOf(name), 'utf8'));

/** The names of all golden files of documents. */
export const goldenNames = (): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();

const TOKENS = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s"[\]{},:]+/g;
const WIDTH = 100;

/** JSON text with a member a line; what is short and holds nothing nested stays on one. No token changes. */
function pretty(json: string): string {
  const tokens = json.match(TOKENS) ?? [];
  const lines: string[] = [];
  let line = '';
  let depth = 0;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    const short = shortAt(tokens, at);
    if (short !== undefined) {
      line += short.text;
      at += short.count - 1;
    } else if (token === '{' || token === '[') {
      lines.push(line + token);
      line = '  '.repeat(++depth);
    } else if (token === '}' || token === ']') {
      lines.push(line);
      line = '  '.repeat(--depth) + token;
    } else if (token === ',') {
      lines.push(line + token);
      line = '  '.repeat(depth);
    } else {
      line += token === ':' ? ': ' : token;
    }
  }
  return [...lines, line].join('\n');
}

/** An object or array that begins here, holds no other and fits. */
function shortAt(tokens: readonly string[], at: number): { readonly text: string; readonly count: number } | undefined {
  if (tokens[at] !== '{' && tokens[at] !== '[') return undefined;
  let text = tokens[at];
  for (let next = at + 1; text.length <= WIDTH; next++) {
    const token = tokens[next];
    if (token === '{' || token === '[') return undefined;
    text += token === ',' || token === ':' ? `${token} ` : token;
    if (token === '}' || token === ']') return { text, count: next - at + 1 };
  }
  return undefined;
}
