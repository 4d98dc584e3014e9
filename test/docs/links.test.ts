/** Every relative link of the documentation leads to a file, and every anchor to a heading. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).sort();

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The page without code, in which brackets are no links. */
const prose = (page: string): string =>
  read(page)
    .replaceAll(/^( *)(```|~~~).*?^\1\2/gms, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()#]/g, ' '));

/** Targets of `[text](target)` that are not addresses. */
const linksOf = (page: string): string[] =>
  [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target).filter((target) => !/^\w+:/.test(target));

/** As GitHub makes anchors of headings. The second heading of a name gets `-1`. */
function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading] of read(page)
    .replaceAll(/^( *)(```|~~~).*?^\1\2/gms, '')
    .matchAll(/^#{1,6} (.+)$/gm)) {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = text.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-');
    let name = slug;
    for (let i = 1; anchors.has(name); i++) name = `${slug}-${i}`;
    anchors.add(name);
  }
  return anchors;
}

/** What is wrong with a link, or undefined. */
function fault(page: string, target: string): string | undefined {
  const [path, anchor] = target.split('#');
  const file = path === '' ? page : join(dirname(page), decodeURIComponent(path));
  if (!existsSync(join(root, file))) return `${page}: no file ${target}`;
  if (anchor !== undefined && !anchorsOf(file).has(anchor)) return `${page}: no heading ${target}`;
  return undefined;
}

describe('documentation', () => {
  test.each(pages)('%s has no dead link', (page) => {
    expect(linksOf(page).flatMap((target) => fault(page, target) ?? [])).toEqual([]);
  });

  test('a dead link and a dead anchor would be found', () => {
    expect(fault('README.md', 'docs/none.md')).toBe('README.md: no file docs/none.md');
    expect(fault('README.md', 'docs/README.md#none')).toBe('README.md: no heading docs/README.md#none');
    expect(fault('README.md', 'docs/README.md')).toBeUndefined();
  });

  test('every page is reached from docs/README.md', () => {
    const reached = new Set(['docs/README.md']);
    for (const page of reached) {
      for (const target of linksOf(page)) {
        const file = join(dirname(page), target.split('#')[0]);
        if (file.endsWith('.md') && existsSync(join(root, file))) reached.add(relative(root, join(root, file)));
      }
    }
    expect(pages.filter((page) => page.startsWith('docs/') && !reached.has(page))).toEqual([]);
  });
});
