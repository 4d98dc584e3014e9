/** docs/reference/field-maps.md lists the casts as shared/transform/casts.ts has them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { CASTS, KEEPS, type Meaning } from '../../shared/transform/casts.ts';

const page = new URL('../../docs/reference/field-maps.md', import.meta.url);
const BEGIN = '<!-- casts: made by GOLDEN=write npm run jest -- test/docs/fieldmaps -->\n';
const END = '<!-- end -->';

const show = (value: unknown): string => `\`${JSON.stringify(value)}\``;
const example = ({ examples: [[values, json]] }: Meaning): string =>
  `${show(values.length === 1 ? values[0] : values)} → ${show(json)}`;

function table(): string {
  const rows = [
    ...Object.entries(CASTS).map(([name, meaning]) => [`\`${name}\``, meaning.about, example(meaning)]),
    ...Object.entries(KEEPS).map(([name, about]) => [`\`${name}\``, about, '']),
  ];
  return ['| cast | makes | example |', '| --- | --- | --- |', ...rows.map((row) => `| ${row.join(' | ')} |`)].join(
    '\n',
  );
}

/** The formatter pads the columns of a table. */
const unpadded = (text: string): string => text.replaceAll(/ +\|/g, ' |').replaceAll(/-{3,}/g, '---');

test('the page lists every cast', () => {
  const text = readFileSync(page, 'utf8');
  const [start, end] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)];
  const expected = `${text.slice(0, start)}\n${table()}\n\n${text.slice(end)}`;
  if (process.env.GOLDEN === 'write') writeFileSync(page, expected);
  expect(unpadded(readFileSync(page, 'utf8'))).toBe(unpadded(expected));
});
