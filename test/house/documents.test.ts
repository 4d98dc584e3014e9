/** What holds for the documents of every source: read off all golden files. */
import { expect, test } from '@jest/globals';
import { goldenDocuments, goldenNames } from '../golden.ts';

/** A value by the names of the objects that it is in. */
const at = (document: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], document);

const documents = goldenNames()
  .filter((name) => !name.startsWith('splunk/'))
  .flatMap((name) => goldenDocuments(name).map((document) => ({ name, document })));

/** Flow logs are counted by the byte: a value stands once (docs/reference/sources/flowlogs.md). */
const isFlow = (document: object): boolean => at(document, 'event.dataset') === 'aws.vpcflow';

test.each(['source', 'destination', 'client', 'server'])('%s.address stands wherever %s.ip does', (side) => {
  const found = documents.filter(({ document }) => at(document, `${side}.ip`) !== undefined && !isFlow(document));
  const without = found.filter(({ document }) => at(document, `${side}.address`) === undefined);
  expect(without.map(({ name }) => name)).toEqual([]);
});

test.each(['related.ip', 'related.hosts', 'related.user', 'related.hash', 'dns.resolved_ip', 'user.roles', 'tags'])(
  'no value stands twice in %s',
  (path) => {
    const lists = documents.map(({ name, document }) => ({ name, list: at(document, path) }));
    const twice = lists.filter(({ list }) => Array.isArray(list) && new Set(list).size < list.length);
    expect(twice.map(({ name }) => name)).toEqual([]);
  },
);

test('there are documents with each side', () => {
  const sides = documents.flatMap(({ document }) =>
    ['source.ip', 'destination.ip'].filter((path) => at(document, path)),
  );
  expect(new Set(sides).size).toBe(2);
});
