/** Files and functions stay small, and names stay those of the trade (CONTRIBUTING.md). */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseSync } from '@swc/core';

const root = join(import.meta.dirname, '../..');
const paths = globSync(['functions/**/*.ts', 'shared/**/*.ts', 'scripts/**/*.ts'], { cwd: root }).sort();
const files = new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'PrivateMethod',
  'MethodProperty',
]);
const MAX_LINES = 40;

interface Node {
  readonly type?: string;
  readonly span?: { readonly start: number; readonly end: number };
}

/** The number of lines of each function in a file. */
function lengthsOf(text: string): number[] {
  const bytes = Buffer.from(`;${text}`); // spans count on from the file before: the first statement tells where this one begins
  const module = parseSync(bytes.toString(), { syntax: 'typescript', target: 'es2024' });
  const { start } = module.body[0].span;
  const lengths: number[] = [];
  const open: unknown[] = [module];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    const { type, span } = node as Node;
    if (span !== undefined && FUNCTIONS.has(type ?? '')) {
      const own = bytes.subarray(span.start - start, span.end - start).toString();
      lengths.push(own.split('\n').length);
    }
    open.push(...Object.values(node));
  }
  return lengths;
}

/** Words that had a meaning only here. The standard ones: circuit breaker, batcher, wiring, dependencies, handler. */
const PRIVATE = /\b(rim|lane|lanes|fates|relieve|shelf|bookkeeper|patiently|untaken)\b/i;

describe('the code stays small', () => {
  test('half of the files have at most 90 lines', () => {
    const lines = [...files.values()].map((text) => text.split('\n').length - 1).toSorted((a, b) => a - b);
    expect(lines.length).toBeGreaterThan(200);
    expect(lines[lines.length >> 1]).toBeLessThanOrEqual(90);
  });

  test('at most 1.5 % of the functions are longer than 40 lines', () => {
    const all = [...files.values()].flatMap(lengthsOf);
    expect(all.length).toBeGreaterThan(1000);
    const long = all.filter((lines) => lines > MAX_LINES);
    expect((100 * long.length) / all.length).toBeLessThanOrEqual(1.5);
  });

  test('a long function would be found', () => {
    const body = 'call();\n'.repeat(MAX_LINES);
    expect(
      lengthsOf(`/** é */\nexport const short = () => 1;\nfunction long() {\n${body}}\n`).toSorted((a, b) => a - b),
    ).toEqual([1, MAX_LINES + 2]);
  });
});

test('no name is a private word where the trade has one', () => {
  const found = [...files].flatMap(([path, text]) =>
    text.split('\n').flatMap((line, i) => (PRIVATE.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});
