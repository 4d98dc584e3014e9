/** What compiled field maps make of a line of columns. */

import { columns } from '../../../shared/decode/columns.ts';
import { blank } from '../../../shared/pipeline/facts.ts';
import { Text } from '../../../shared/text/text.ts';
import { compile } from '../../../shared/transform/columns/compile.ts';
import type { Emit } from '../../../shared/transform/columns/emit.ts';
import type { Field } from '../../../shared/transform/rows.ts';

const decode = columns({ isHeader: (names) => names[0] === 'first', headless: () => undefined });

export const fresh = blank;

type Casts = Readonly<Record<string, Emit>>;

/** What one line becomes; its first column is `first`. */
export async function written(fields: readonly Field[], cells: Readonly<Record<string, string>>, casts: Casts = {}) {
  const names = ['first', ...Object.keys(cells)];
  const line = ['x', ...Object.values(cells)].join(' ');
  const chunk = Buffer.from(`${names.join(' ')}\n${line}\n`);
  const facts = fresh();
  const doc = new Text(0);
  for await (const page of decode(
    (async function* () {
      yield chunk;
    })(),
  )) {
    compile(fields, names, casts)(page.next()!, doc, facts);
  }
  const json = Buffer.from(doc.slice()).toString();
  return { json, document: JSON.parse(json), facts };
}

export const documentOf = async (...all: Parameters<typeof written>) => (await written(...all)).document;
