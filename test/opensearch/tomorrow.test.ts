/** Tomorrow's shards on a real node: whatever the sizes that it is told, the index it makes is the product's own. */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { type Api, apiOf } from '../../functions/bootstrap/api.ts';
import { putAll } from '../../functions/bootstrap/put.ts';
import { templates } from '../../functions/bootstrap/templates.ts';
import { makeTomorrow } from '../../functions/bootstrap/tomorrow.ts';
import { onOpenSearch } from '../rig/opensearch/put.ts';
import { onNode } from '../rig/opensearch/suite.ts';

const NOW = new Date('2026-11-24T22:30:00Z');
const GIB = 2 ** 30;

await onNode('tomorrow', (node) => {
  const access = {
    url: node.url,
    auth: { kind: 'basic', login: async () => node },
    ca: readFileSync(node.caFile, 'utf8'),
  } as const;
  const real = apiOf(access);
  /** A node that counts a gibibyte for each document. */
  const grown: Api = async (call) => {
    const answer = await real(call);
    if (!call.path.endsWith('/_stats/store,docs')) return answer;
    const { indices } = answer as {
      indices: Record<string, { primaries: { store: object; docs: { count: number } } }>;
    };
    for (const { primaries } of Object.values(indices)) {
      primaries.store = { size_in_bytes: primaries.docs.count * GIB };
    }
    return answer;
  };
  const written = async (index: string, documents: number) => {
    const lines = Array.from(
      { length: documents },
      () => `{"index":{"_index":"${index}"}}\n{"@timestamp":"2026-11-24"}\n`,
    );
    const headers = { 'content-type': 'application/x-ndjson' };
    await real({
      method: 'POST',
      path: '/_bulk',
      query: { refresh: 'true' },
      body: Buffer.from(lines.join('')),
      headers,
    });
  };
  const told: string[] = [];
  const log = { info: () => {}, warn: (message: string) => void told.push(message), error: () => {} };
  const shardsOf = async (index: string) => {
    const answer = (await real({ method: 'GET', path: `/${index}/_settings` })) as
      | Record<string, { settings: { index: Record<string, unknown> } }>
      | undefined;
    return answer?.[index].settings.index;
  };

  beforeAll(async () => {
    await putAll(templates({ shards: 1, replicas: 0 }), onOpenSearch(access));
    await written('aws-flowlogs-2026.11.22', 150);
    await written('aws-flowlogs-2026.11.23', 160);
    await written('aws-flowlogs-late', 900);
    await written('aws-dns-2026.11.23', 20);
    await written('aws-waf-2026.10', 90);
    await written('aws-cloudtrail-2026.11.10', 500);
  });

  test('a source of 160 GiB a day gets four shards, with its template; a small one and late ones get none', async () => {
    expect(await makeTomorrow(grown, { now: NOW, log })).toEqual([{ index: 'aws-flowlogs-2026.11.25', shards: 4 }]);
    expect(await shardsOf('aws-flowlogs-2026.11.25')).toMatchObject({
      number_of_shards: '4',
      codec: 'best_compression',
    });
    expect(await shardsOf('aws-dns-2026.11.25')).toBeUndefined();
    expect(await shardsOf('aws-cloudtrail-2026.11.25')).toBeUndefined(); // nothing came for two weeks
    expect(told).toEqual([]);
  });

  test('again it changes nothing', async () => {
    expect(await makeTomorrow(grown, { now: NOW, log })).toEqual([]);
  });

  test('an index a month is made on the eve of the month', async () => {
    const eve = new Date('2026-11-30T22:30:00Z');
    expect(await makeTomorrow(grown, { now: eve, log })).toContainEqual({ index: 'aws-waf-2026.12', shards: 3 });
  });

  test('by the sizes that are really there nothing is needed', async () => {
    expect(await makeTomorrow(real, { now: new Date('2026-11-25T22:30:00Z'), log })).toEqual([]);
  });
});
