/** Golden files: what samples became the last time that somebody looked. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from '@jest/globals';

/**
 * Expects the lines of `test/golden/<name>.ndjson`, byte for byte.
 * After a change that is meant, `GOLDEN=write npm run jest -- test/functions` writes them anew: read the diff.
 */
export function expectGolden(name: string, lines: readonly string[]): void {
  const path = new URL(`golden/${name}.ndjson`, import.meta.url);
  const text = lines.map((line) => `${line}\n`).join('');
  if (process.env.GOLDEN === 'write') writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
}
