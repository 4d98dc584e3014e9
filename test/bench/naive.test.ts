import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { flowlogs } from '../../functions/flowlogs/source.ts';
import { nowhere } from '../../shared/enrich/places.ts';
import { blank } from '../../shared/facts.ts';
import { Text } from '../../shared/text/text.ts';
import { flowlogs as generated } from './flowlogs.data.ts';
import { naive } from './flowlogs.naive.ts';

const RECORDS = 5000;

/** What the naive way sends: an action and a document in turn. */
function naiveLines(object: string): unknown[] {
  const bodies: string[] = [];
  expect(naive(gzipSync(object), (body) => bodies.push(body))).toBe(RECORDS);
  return bodies
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

async function ours(object: string): Promise<{ documents: unknown[]; times: number[] }> {
  const source = flowlogs({ places: nowhere, route: ['opensearch'] });
  const documents: unknown[] = [];
  const times: number[] = [];
  const doc = new Text(1024);
  const facts = blank();
  async function* chunks() {
    yield Buffer.from(object);
  }
  for await (const page of source.decode(chunks())) {
    for (let row = page.next(); row !== undefined; row = page.next()) {
      doc.length = 0;
      facts.time = 0;
      source.write(row, { uri: 'file:generated', seq: page.seq }, doc, facts);
      documents.push(JSON.parse(Buffer.from(doc.slice()).toString()));
      times.push(facts.time);
    }
  }
  return { documents, times };
}

test('the naive way makes the same documents and indices, so that the two can be compared', async () => {
  const object = [...generated(RECORDS, 7)].map((line) => `${line}\n`).join('');
  const lines = naiveLines(object);
  const { documents, times } = await ours(object);
  expect(documents).toEqual(lines.filter((_, i) => i % 2 === 1));
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10).replaceAll('-', '.');
  expect(lines.filter((_, i) => i % 2 === 0)).toMatchObject(
    times.map((ms) => ({ create: { _index: `aws-flowlogs-${day(ms)}` } })),
  );
});
