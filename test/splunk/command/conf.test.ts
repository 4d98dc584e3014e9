/** The configuration of the search commands says what their code has. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { root } from '../../rig/cache.ts';

const app = join(root, 'splunk/bongsu');
const read = (path: string): string => readFileSync(join(app, path), 'utf8');

/** Stanzas of a .conf file; a line that ends with a backslash goes on in the next. */
function stanzas(text: string): Record<string, Record<string, string>> {
  const found: Record<string, Record<string, string>> = {};
  let current: Record<string, string> = {};
  for (const line of text.replaceAll(/\\\n\s*/g, '').split('\n')) {
    const [, name] = /^\[(.*)\]$/.exec(line) ?? [];
    if (name !== undefined) current = found[name] = {};
    const [, key, value] = /^(\w[\w.]*)\s*=\s*(.*)$/.exec(line) ?? [];
    if (key !== undefined) current[key] = value;
  }
  return found;
}

const commands = stanzas(read('default/commands.conf'));
const help = stanzas(read('default/searchbnf.conf'));

/** Names of the options that a command's code declares. */
const declared = (...files: readonly string[]): string[] =>
  files
    .flatMap((file) =>
      [...read(`bin/bongsu_search/${file}`).matchAll(/^ {4}(\w+) = Option\(/gm)].map(([, name]) => name),
    )
    .sort();
const documented = (...names: readonly string[]): string[] =>
  names.flatMap((name) => [...help[name].syntax.matchAll(/(\w+)=</g)].map(([, option]) => option)).sort();

describe('commands', () => {
  test.each(Object.keys(commands))('%s is chunked, has its script and its help', (name) => {
    expect(commands[name]).toMatchObject({ chunked: 'true', 'python.required': '3.9, 3.13' });
    expect(existsSync(join(app, 'bin', commands[name].filename))).toBe(true);
    expect(help[`${name}-command`]).toMatchObject({ usage: 'public', example1: expect.stringContaining(`| ${name} `) });
  });

  test('the help names the options that there are', () => {
    expect(documented('elasticsearch-command', 'elasticsearch-option')).toEqual(declared('command.py', 'search.py'));
    expect(documented('elasticsearchasset-command')).toEqual(declared('command.py', 'assets.py'));
  });

  test('the settings of a connection are those of the spec', () => {
    const spec = [...read('README/bongsu_connections.conf.spec').matchAll(/^(\w+) = /gm)]
      .map(([, name]) => name)
      .sort();
    const [, fields] = /class Settings\(NamedTuple\):(.*?)\n\n\n/s.exec(read('bin/bongsu_search/connections.py'))!;
    const own = [...fields.matchAll(/^ {4}(\w+): /gm)].map(([, name]) => name).filter((name) => name !== 'name');
    expect(spec).toEqual(own.sort());
    for (const key of Object.keys(stanzas(read('default/bongsu_connections.conf')).default))
      expect(spec).toContain(key);
  });
});
