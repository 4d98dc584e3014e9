/** One harness for the tests of all sources: what a source makes of a body, cut at awkward places. */
import { readdirSync, readFileSync } from 'node:fs';
import { DecodeError } from '../shared/errors.ts';
import type { Facts, Source } from '../shared/model.ts';
import { blank } from '../shared/pipeline/facts.ts';
import { Text } from '../shared/text/text.ts';
import type { Any } from './written.ts';

export interface Read {
  /** Documents as they are written, and parsed. */
  readonly lines: readonly string[];
  readonly documents: readonly Any[];
  readonly facts: readonly Facts[];
  readonly raw: readonly string[];
  /** `<seq>: <message>` */
  readonly rejects: readonly string[];
}

const CUT = 997; // bytes of a chunk

export async function readAll<R>(source: Source<R>, input: string | Uint8Array, uri = 'file:x'): Promise<Read> {
  const bytes = Buffer.from(input);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += CUT) yield bytes.subarray(at, at + CUT);
  }
  const lines: string[] = [];
  const facts: Facts[] = [];
  const raw: string[] = [];
  const rejects: string[] = [];
  for await (const page of source.decode(chunks())) {
    for (;;) {
      try {
        const record = page.next();
        if (record === undefined) break;
        const doc = new Text(16);
        const one = blank();
        source.write(record, { uri, seq: page.seq }, doc, one);
        lines.push(Buffer.from(doc.slice()).toString());
        facts.push(one);
        const { bytes: of, start, end } = source.raw(record);
        raw.push(Buffer.from(of.subarray(start, end)).toString());
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        rejects.push(`${page.seq}: ${error.message}`);
      }
    }
  }
  return { lines, documents: lines.map((line) => JSON.parse(line)), facts, raw, rejects };
}

/** The samples of a source, by name and in order: `test/sample/<source>/<name>.<ext>`. */
export function samplesOf(source: string): readonly (readonly [name: string, content: Buffer])[] {
  const folder = new URL(`sample/${source}/`, import.meta.url);
  const files = readdirSync(folder).filter((file) => !file.endsWith('.md') && file !== 'event.json');
  return files.sort().map((file) => [file, readFileSync(new URL(file, folder))] as const);
}
