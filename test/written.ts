/** What a source makes of its input, and odd changes to that. */

import type { Bytes, Facts, Source } from '../shared/model.ts';
import { blank } from '../shared/pipeline/facts.ts';
import { Text } from '../shared/text/text.ts';

// biome-ignore lint/suspicious/noExplicitAny: documents are asked for what tests know of them
export type Any = any;

export interface Written {
  readonly document: Any;
  readonly facts: Facts;
  readonly raw: string;
  /** The document as it is written. */
  readonly line: string;
}

/** Every record of a body. Throws what the source refuses the first one with. */
export async function allWritten(source: Source<Bytes>, input: string): Promise<Written[]> {
  async function* chunks() {
    yield Buffer.from(input);
  }
  const found: Written[] = [];
  for await (const page of source.decode(chunks())) {
    for (let record = page.next(); record !== undefined; record = page.next()) {
      const doc = new Text(16);
      const facts = blank();
      source.write(record, { uri: 'file:x', seq: page.seq }, doc, facts);
      const line = Buffer.from(doc.slice()).toString();
      const { bytes, start, end } = source.raw(record);
      found.push({ document: JSON.parse(line), facts, raw: Buffer.from(bytes.subarray(start, end)).toString(), line });
    }
  }
  return found;
}

/** Goes down an object by the numbers of its members and puts the value there. */
export function replaceAt(object: Any, [first = 0, ...rest]: readonly number[], value: unknown): void {
  const keys = Object.keys(object);
  const key = keys[first % keys.length];
  const inner = object[key];
  const isDeeper = rest.length > 0 && typeof inner === 'object' && inner !== null && Object.keys(inner).length > 0;
  if (isDeeper) replaceAt(inner, rest, value);
  else object[key] = value;
}
