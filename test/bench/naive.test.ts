import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { noGeo } from '../../shared/enrich/geo.ts';
import { blank } from '../../shared/pipeline/facts.ts';
import { Text } from '../../shared/text/text.ts';
import { cloudtrail } from './cloudtrail.data.ts';
import { dns } from './dns.data.ts';
import { flowlogs } from './flowlogs.data.ts';
import { lines, member } from './object.ts';
import { MEASURED } from './sources.ts';
import { waf } from './waf.data.ts';

const RECORDS = 5000;

const OBJECTS: Readonly<Record<string, Iterable<string>>> = {
  flowlogs: lines(flowlogs(RECORDS, 7)),
  cloudtrail: member('Records', cloudtrail(RECORDS, 7)),
  waf: lines(waf(RECORDS, 7)),
  dns: lines(dns(RECORDS, 7)),
};

/** What the naive way sends: an action and a document in turn. */
function naiveLines(source: string, object: string): unknown[] {
  const bodies: string[] = [];
  expect(MEASURED[source].naive(gzipSync(object), (body) => bodies.push(body))).toBe(RECORDS);
  return bodies
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

async function ours(name: string, object: string): Promise<{ documents: unknown[]; indices: string[] }> {
  const source = MEASURED[name].source({ geo: noGeo, assets: undefined, route: ['opensearch'], fields: [] });
  const documents: unknown[] = [];
  const indices: string[] = [];
  const doc = new Text(1024);
  async function* chunks() {
    yield Buffer.from(object);
  }
  for await (const page of source.decode(chunks())) {
    for (let record = page.next(); record !== undefined; record = page.next()) {
      doc.length = 0;
      const facts = blank();
      source.write(record, { uri: 'file:generated', seq: page.seq }, doc, facts);
      documents.push(JSON.parse(Buffer.from(doc.slice()).toString()));
      const day = new Date(facts.time).toISOString().slice(0, 10).replaceAll('-', '.');
      indices.push(`${source.index.name}-${day}`);
    }
  }
  return { documents, indices };
}

test.each(Object.keys(MEASURED))(
  'the naive way of %s makes the same documents and indices, so that the two can be compared',
  async (source) => {
    const object = [...OBJECTS[source]].join('');
    const sent = naiveLines(source, object);
    const { documents, indices } = await ours(source, object);
    expect(documents).toEqual(sent.filter((_, i) => i % 2 === 1));
    expect(sent.filter((_, i) => i % 2 === 0)).toMatchObject(indices.map((_index) => ({ create: { _index } })));
  },
);
