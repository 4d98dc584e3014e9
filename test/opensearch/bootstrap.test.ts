/** The bootstrap on a real node, whatever is there already. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Api, apiOf } from '../../functions/bootstrap/api.ts';
import type { Change } from '../../functions/bootstrap/item.ts';
import { type Plan, plannedSteps } from '../../functions/bootstrap/plan.ts';
import { bootstrap } from '../../functions/bootstrap/steps.ts';
import { type Dashboards, startDashboards } from '../fake/dashboards.ts';
import { asker } from '../rig/opensearch/asker.ts';
import { onNode } from '../rig/opensearch/suite.ts';

const lambda = 'arn:aws:iam::123456789012:role/bongsu-FlowlogsRole';
const person = 'arn:aws:iam::123456789012:role/analyst';
const plan: Plan = {
  sizes: { shards: 1, replicas: 0 },
  members: { Writers: [lambda], Readers: [lambda], Admins: [lambda] },
  isOwn: true,
  dashboards: { base: '/_dashboards', tenant: 'global' },
};

await onNode('the bootstrap', (node) => {
  const access = {
    url: node.url,
    auth: { kind: 'basic', login: async () => node },
    ca: readFileSync(node.caFile, 'utf8'),
  } as const;
  const ask = asker(access);
  let saved: Dashboards;
  let api: Api;
  beforeAll(async () => {
    saved = await startDashboards('/_dashboards');
    const [real, stub] = [apiOf(access), apiOf({ ...access, url: saved.url, ca: undefined })];
    api = (call) => (call.path.startsWith('/_dashboards/') ? stub : real)(call);
  });
  afterAll(() => saved.stop());

  const run = (options: { plan?: boolean } = {}, through: Api = api, given: Plan = plan) =>
    bootstrap(plannedSteps(given), through, options);
  const due = (changes: readonly Change[]) => changes.filter(({ action }) => action !== 'none');

  const ownTemplate = {
    index_patterns: ['app-*'],
    priority: 500,
    template: { settings: { index: { number_of_shards: '3' } } },
  };
  const ownRole = { cluster_permissions: ['cluster_monitor'] };
  const ownDashboard = { type: 'dashboard', id: '0f1e', attributes: { title: 'Mine' }, references: [] };

  test('a plan says what would be created, and creates nothing', async () => {
    await ask('PUT', '/_index_template/app', ownTemplate);
    await ask('PUT', '/_plugins/_security/api/roles/app_reader', ownRole);
    const changes = await run({ plan: true });
    expect(changes).toContainEqual({ action: 'create', object: 'ingest pipeline bongsu-ingested' });
    expect(changes).toContainEqual({ action: 'create', object: 'dashboard bongsu-overview' });
    expect(saved.imports).toEqual([]);
    expect(await api({ method: 'GET', path: '/_ingest/pipeline/bongsu-ingested' })).toBeUndefined();
  });

  test('killed half-way, it is right after the next run', async () => {
    saved.tenants.set('global', new Map([[`dashboard:${ownDashboard.id}`, ownDashboard]]));
    let left = 25; // requests
    const dying: Api = (call) =>
      left-- > 0 ? api(call) : new Promise<never>((_, reject) => reject(new Error('killed')));
    await expect(run({}, dying)).rejects.toThrow('killed');
    expect(due(await run()).length).toBeGreaterThan(200);
    expect(due(await run())).toEqual([]);
  });

  test('a second run changes nothing, and puts nothing', async () => {
    const methods: string[] = [];
    const changes = await run({}, (call) => {
      methods.push(`${call.method} ${call.path}`);
      return api(call);
    });
    expect(due(changes)).toEqual([]);
    expect(methods.filter((each) => !/^GET |^POST .*_bulk_get$/.test(each))).toEqual([]);
  });

  test('what the user made survives', async () => {
    const { index_templates } = (await ask('GET', '/_index_template/app')) as {
      index_templates: { index_template: object }[];
    };
    expect(index_templates[0].index_template).toMatchObject(ownTemplate);
    expect(await ask('GET', '/_plugins/_security/api/roles/app_reader')).toMatchObject({ app_reader: ownRole });
    expect(saved.tenants.get('global')!.get(`dashboard:${ownDashboard.id}`)).toEqual(ownDashboard);
  });

  test('what somebody changed by hand is named, with the members that differ, and put back', async () => {
    const path = '/_index_template/aws-waf';
    const { index_templates } = (await ask('GET', path)) as {
      index_templates: { index_template: { template: { settings: object } } }[];
    };
    const [{ index_template }] = index_templates;
    await ask('PUT', path, { ...index_template, priority: 7 });
    const dashboard = saved.tenants.get('global')!.get('dashboard:bongsu-overview')!;
    dashboard.attributes = { ...dashboard.attributes, title: 'Changed' };
    const expected = [
      { action: 'restore', object: 'index template aws-waf', paths: ['priority'] },
      { action: 'update', object: 'dashboard bongsu-overview', paths: ['attributes.title'] },
    ];
    expect(due(await run({ plan: true }))).toEqual(expected);
    expect(due(await run())).toEqual(expected);
    expect(due(await run())).toEqual([]);
  });

  test('a new version is an update, not a change by hand', async () => {
    const larger = { ...plan, sizes: { shards: 2, replicas: 0 } };
    const path = 'template.settings.index.number_of_shards';
    expect(due(await run({}, api, larger))).toEqual([
      { action: 'update', object: 'component template bongsu-settings', paths: [path] },
    ]);
    await run();
  });

  test('a template of the same name that Bongsu did not make stays, and is named', async () => {
    await ask('PUT', '/_index_template/aws-dns', { index_patterns: ['aws-dns-*'], priority: 200 });
    const changes = await run();
    expect(due(changes)).toEqual([{ action: 'foreign', object: 'index template aws-dns' }]);
    await ask('DELETE', '/_index_template/aws-dns');
    await run();
  });

  test('members of a role that others added stay, and those that Bongsu no longer names go', async () => {
    const path = '/_plugins/_security/api/rolesmapping/bongsu_writer';
    const { bongsu_writer: before } = (await ask('GET', path)) as Record<string, { description: string }>;
    await ask('PUT', path, { description: before.description, backend_roles: [lambda, 'by-hand'], users: ['x'] });
    await run({}, api, { ...plan, members: { ...plan.members, Writers: [person] } });
    const { bongsu_writer: after } = (await ask('GET', path)) as Record<
      string,
      { backend_roles: string[]; users: string[] }
    >;
    expect(after.backend_roles.toSorted()).toEqual([person, 'by-hand'].toSorted());
    expect(after.users).toEqual(['x']);
    await run();
  });

  test('documents learn when OpenSearch took them', async () => {
    await ask('PUT', '/aws-flowlogs-2026.11.24/_doc/1?refresh=true', { message: 'a' });
    const { _source } = (await ask('GET', '/aws-flowlogs-2026.11.24/_doc/1')) as {
      _source: { event: { ingested: string } };
    };
    expect(_source.event.ingested).toMatch(/^\d{4}-\d\d-\d\dT/);
  });
});
