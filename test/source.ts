/** One harness for the tests of all sources: what a source makes of a body, cut at awkward places. */
import { readdirSync, readFileSync } from 'node:fs';
import { DecodeError } from '../shared/errors.ts';
import type { Bytes, Facts, SinkName, Source } from '../shared/model.ts';
import { blank } from '../shared/pipeline/facts.ts';
import { Text } from '../shared/text/text.ts';

// biome-ignore lint/suspicious/noExplicitAny: documents are asked for what tests know of them
export type Any = any;

export interface Written {
  /** The document as it is written, and parsed. */
  readonly line: string;
  readonly document: Any;
  readonly facts: Facts;
  readonly route: readonly SinkName[];
  readonly raw: string;
}

export interface Refused {
  readonly seq: number;
  readonly error: DecodeError;
  /** What the quarantine gets of it. */
  readonly raw: string;
}

export interface Read {
  readonly written: readonly Written[];
  readonly refused: readonly Refused[];
  readonly lines: readonly string[];
  readonly documents: readonly Any[];
  readonly facts: readonly Facts[];
  readonly raw: readonly string[];
  /** `<seq>: <message>` */
  readonly rejects: readonly string[];
}

const CUT = 997; // bytes of a chunk

/** Control records are left out. */
export async function readAll<R>(source: Source<R>, input: string | Uint8Array, uri = 'file:x'): Promise<Read> {
  const bytes = Buffer.from(input);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += CUT) yield bytes.subarray(at, at + CUT);
  }
  const written: Written[] = [];
  const refused: Refused[] = [];
  for await (const page of source.decode(chunks(), uri)) {
    for (;;) {
      const facts = blank();
      let record: R | undefined;
      try {
        record = page.next();
        if (record === undefined) break;
        const doc = new Text(16);
        if (!source.write(record, { uri, seq: page.seq }, doc, facts)) continue;
        const line = Buffer.from(doc.slice()).toString();
        const [route, raw] = [source.route(facts), textOf(source.raw(record, facts))];
        written.push({ line, document: JSON.parse(line), facts, route, raw });
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        refused.push({ seq: page.seq, error, raw: rawOf(source, record, facts, error) });
      }
    }
  }
  return {
    written,
    refused,
    lines: written.map(({ line }) => line),
    documents: written.map(({ document }) => document),
    facts: written.map(({ facts }) => facts),
    raw: written.map(({ raw }) => raw),
    rejects: refused.map(({ seq, error }) => `${seq}: ${error.message}`),
  };
}

const textOf = ({ bytes, start, end }: Bytes): string => Buffer.from(bytes.subarray(start, end)).toString();

function rawOf<R>(source: Source<R>, record: R | undefined, facts: Facts, { raw }: DecodeError): string {
  if (raw !== undefined) return Buffer.from(raw).toString();
  return record === undefined ? '' : textOf(source.raw(record, facts));
}

/** Every record of a body. Throws what the source refuses the first one with. */
export async function allWritten<R>(source: Source<R>, input: string | Uint8Array, uri?: string): Promise<Written[]> {
  const { written, refused } = await readAll(source, input, uri);
  if (refused.length > 0) throw refused[0].error;
  return [...written];
}

/** The samples of a source, by name and in order: `test/sample/<source>/<name>.<ext>`. */
export function samplesOf(source: string): readonly (readonly [name: string, content: Buffer])[] {
  const folder = new URL(`sample/${source}/`, import.meta.url);
  const files = readdirSync(folder).filter((file) => !file.endsWith('.md') && file !== 'event.json');
  return files.sort().map((file) => [file, readFileSync(new URL(file, folder))] as const);
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
