/** What an upgrade does to indices that exist, on a real node. */
import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from '@jest/globals';
import { extend, type Mapping, type Properties } from '../../functions/bootstrap/extend.ts';
import { putAll } from '../../functions/bootstrap/put.ts';
import { type Template, templates } from '../../functions/bootstrap/templates.ts';
import type { Log } from '../../shared/model.ts';
import { asker } from '../rig/opensearch/asker.ts';
import { onOpenSearch } from '../rig/opensearch/put.ts';
import { onNode } from '../rig/opensearch/suite.ts';

const all = templates({ shards: 1, replicas: 0 });
const now = new Date('2026-11-24T13:00:00Z');
const CURRENT = 'aws-findings-current';

/** The templates of before: the component of findings without some fields, changed as the test wants. */
function older(change: (properties: Record<string, Mapping>) => void): readonly Template[] {
  const before = structuredClone(all);
  const { body } = before.find(({ path }) => path.endsWith('/bongsu-findings'))!;
  const { template } = body as { template: { mappings: { properties: Record<string, Mapping> } } };
  change(template.mappings.properties);
  return before;
}

await onNode('an index that exists', (node) => {
  const access = {
    url: node.url,
    auth: { kind: 'basic', login: async () => node },
    ca: readFileSync(node.caFile, 'utf8'),
  } as const;
  const ask = asker(access);
  const put = (given: readonly Template[]) => putAll(given, onOpenSearch(access));
  const propertiesOf = async (name: string): Promise<Properties> => {
    const answer = (await ask('GET', `/${name}/_mapping`)) as Record<string, { mappings: { properties: Properties } }>;
    return answer[name].mappings.properties;
  };
  const logged: [string, string, object | undefined][] = [];
  const log: Log = {
    info: (message, fields) => void logged.push(['info', message, fields]),
    warn: (message, fields) => void logged.push(['warn', message, fields]),
    error: (message, fields) => void logged.push(['error', message, fields]),
  };
  /** The index as an older version made it, with a document, then the new templates. */
  async function upgraded(name: string, before: readonly Template[]): Promise<void> {
    await put(before);
    await ask('PUT', `/${name}/_doc/1?refresh=true`, { message: 'kept' });
    await put(all);
    await extend(all, access, { log, now });
  }
  beforeEach(async () => {
    await ask('DELETE', '/aws-findings-*,aws-flowlogs-*');
    logged.length = 0;
  });

  const withoutSome = older((properties) => {
    delete (properties.finding.properties as Record<string, Mapping>).severity;
    delete (properties.aws.properties as Record<string, Mapping>).shield;
  });

  test('has afterwards the mapping that a new one would have, its documents, and says what is new', async () => {
    await upgraded(CURRENT, withoutSome);
    await ask('PUT', '/aws-findings-history-2026.12/_doc/1', {});
    expect(await propertiesOf(CURRENT)).toEqual(await propertiesOf('aws-findings-history-2026.12'));
    expect(await ask('GET', `/${CURRENT}/_doc/1`)).toMatchObject({ _source: { message: 'kept' } });
    expect(logged).toEqual([
      ['info', 'mapping extended', { index: CURRENT, fields: expect.arrayContaining(['finding.severity']) }],
    ]);
    logged.length = 0;
    await extend(all, access, { log, now });
    expect(logged).toEqual([]);
  });

  test.each([
    ['aws-findings-history-2026.11', true],
    ['aws-findings-history-2026.10', false],
    ['aws-findings-history-late', true],
  ])('%s is extended while it is written to: %p', async (name, isExtended) => {
    await upgraded(name, withoutSome);
    expect('severity' in (await propertiesOf(name)).finding.properties!).toBe(isExtended);
  });

  test('gets the final pipeline of the templates, unless it has one of its own', async () => {
    const without = structuredClone(all).map(({ path, body }) => {
      const { template } = body as { template?: { settings?: { index?: Record<string, unknown> } } };
      delete template?.settings?.index?.final_pipeline;
      return { path, body } as Template;
    });
    const OWN = 'aws-findings-history-2026.11';
    await ask('PUT', '/_ingest/pipeline/own', { processors: [] });
    await put(without);
    await ask('PUT', `/${CURRENT}/_doc/1`, { message: 'kept' });
    await ask('PUT', `/${OWN}`, { settings: { 'index.final_pipeline': 'own' } });
    await put(all);
    await extend(all, access, { log, now });
    const pipelineOf = async (name: string): Promise<unknown> => {
      const found = (await ask('GET', `/${name}/_settings?flat_settings=true`)) as Record<string, { settings: object }>;
      return Reflect.get(found[name].settings, 'index.final_pipeline');
    };
    expect([await pipelineOf(CURRENT), await pipelineOf(OWN)]).toEqual(['bongsu-ingested', 'own']);
    expect(logged).toEqual([['info', 'final pipeline added', { indices: [CURRENT], pipeline: 'bongsu-ingested' }]]);
  });

  test('keeps a field that has another type there, which is told and keeps nothing else back', async () => {
    const otherwise = older((properties) => {
      delete (properties.aws.properties as Record<string, Mapping>).shield;
      (properties.finding.properties as Record<string, Mapping>).severity = { type: 'long' };
    });
    await upgraded(CURRENT, otherwise);
    const { finding, aws } = await propertiesOf(CURRENT);
    expect(finding.properties?.severity).toEqual({ type: 'long' });
    expect(aws.properties).toHaveProperty('shield');
    expect(logged[0]).toEqual([
      'warn',
      'fields keep another type than the template says',
      { index: CURRENT, fields: ['finding.severity'] },
    ]);
  });

  test('that is full takes no more fields, which is told and is no fault of the deployment', async () => {
    await put(withoutSome);
    await ask('PUT', `/${CURRENT}`, { settings: { 'index.mapping.total_fields.limit': 950 } });
    const names = Object.keys(await propertiesOf(CURRENT));
    await ask('PUT', `/${CURRENT}/_settings`, { 'index.mapping.total_fields.limit': 10 });
    await extend(all, access, { log, now });
    expect(Object.keys(await propertiesOf(CURRENT))).toEqual(names);
    expect(logged).toEqual([
      [
        'warn',
        'mapping not extended',
        {
          index: CURRENT,
          fields: expect.arrayContaining(['finding.severity']),
          error: expect.objectContaining({ message: expect.stringMatching(/Limit/) }),
        },
      ],
    ]);
  });

  test('is left alone where the login may not look at it', async () => {
    const stranger = {
      ...access,
      auth: { kind: 'basic', login: async () => ({ username: 'x', password: 'y' }) },
    } as const;
    await extend(all, stranger, { log, now });
    expect(logged).toEqual([
      ['warn', 'indices not extended', { indices: expect.any(Array), error: expect.any(Error) }],
    ]);
  });
});
