/** Roles on a real node, with users in the place of IAM roles, which only Amazon's domains know how to tell. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from '@opensearch-project/opensearch';
import { apiOf } from '../../../functions/bootstrap/api.ts';
import { type Members, roleItems, security } from '../../../functions/bootstrap/roles.ts';
import { bootstrap } from '../../../functions/bootstrap/steps.ts';
import { onNode } from '../../rig/opensearch/suite.ts';

const arn = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const members: Members = {
  Writers: [arn('bongsu-FlowlogsRole')],
  Readers: [arn('bongsu-SecurityhubRole')],
  Analysts: [arn('analyst')],
  Auditors: ['auditors of the group'],
  Managers: [arn('manager')],
  Admins: [arn('bongsu-BootstrapRole')],
  Teams: [{ name: 'shop', accounts: ['111111111111'], members: [arn('shop')] }],
  MaskedFields: ['user.name'],
  HiddenFields: ['source.ip'],
};
const PASSWORD = 'Beacon-fire-0-relay';

test('an OpenSearch whose members nobody names keeps its roles', () => {
  expect(roleItems({})).toEqual([]);
  expect(security({ Writers: [] })).toEqual([]);
});

test('administrators are those of the list', () => {
  const { Admins } = { Admins: [arn('b'), arn('a')] };
  expect(roleItems({ Admins }).filter(({ name }) => name === 'all_access')).toMatchObject([
    { body: { backend_roles: [arn('a'), arn('b')] } },
  ]);
});

await onNode('who has the role of', (node) => {
  const ca = readFileSync(node.caFile, 'utf8');
  const client = (username: string, password = PASSWORD) =>
    new Client({ node: node.url, auth: { username, password }, ssl: { ca } });
  const admin = client(node.username, node.password);
  const [writer, reader, analyst, auditor, manager, shop] = [
    'writer',
    'reader',
    'analyst',
    'auditor',
    'manager',
    'shop',
  ].map((name) => client(name));
  const api = apiOf({ url: node.url, auth: { kind: 'basic', login: async () => node }, ca });

  const flow = 'aws-flowlogs-2026.11.24';
  const trail = 'aws-cloudtrail-2026.11.24';
  const doc = (account: string) => ({
    cloud: { account: { id: account } },
    user: { name: 'kim' },
    source: { ip: '192.0.2.1' },
    aws: { cloudtrail: { response_elements: { credentials: { sessionToken: 'secret' }, user: 'kim' } } },
  });

  beforeAll(async () => {
    const users = {
      writer: members.Writers,
      reader: members.Readers,
      analyst: members.Analysts,
      auditor: members.Auditors,
      manager: members.Managers,
      shop: members.Teams![0].members,
    };
    for (const [name, backend_roles] of Object.entries(users)) {
      await api({
        method: 'PUT',
        path: `/_plugins/_security/api/internalusers/${name}`,
        body: { password: PASSWORD, backend_roles },
      });
    }
    const mapping = {
      properties: {
        cloud: { properties: { account: { properties: { id: { type: 'keyword' } } } } },
        user: { properties: { name: { type: 'keyword' } } },
      },
    };
    await api({
      method: 'PUT',
      path: '/_index_template/t',
      body: { index_patterns: ['aws-*'], template: { mappings: mapping } },
    });
    await bootstrap(security(members), api);
    for (const [index, account] of [
      [flow, '111111111111'],
      [flow, '222222222222'],
      [trail, '222222222222'],
    ]) {
      await admin.index({ index, body: doc(account), refresh: true });
    }
  });

  const status = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'allowed',
      (error) => error.statusCode,
    );
  const bulk = async (...lines: object[]): Promise<(number | undefined)[]> => {
    const { body } = await writer.bulk({ body: lines });
    return body.items.map((item) => Object.values(item)[0].status);
  };
  // biome-ignore lint/suspicious/noExplicitAny: documents are asked for what the test knows of them
  const sources = async (who: Client, index: string): Promise<any[]> =>
    (await who.search({ index })).body.hits.hits.map(({ _source }) => _source);

  test('roles, mappings and tenants are put once', async () => {
    const changes = await bootstrap(security(members), api);
    expect(changes.filter(({ action }) => action !== 'none')).toEqual([]);
    expect(changes.map(({ object }) => object)).toEqual(
      expect.arrayContaining(['tenant bongsu_analysts', 'role bongsu_admin', 'role mapping kibana_user']),
    );
  });

  describe('a writer', () => {
    test('makes the index of a day and adds documents to it', async () => {
      const create = { create: { _index: 'aws-flowlogs-2026.11.25', _id: 'a' } };
      expect(await bulk(create, { message: 'one', extra: 1 })).toEqual([201]);
      expect(await bulk(create, { message: 'one', extra: 1 })).toEqual([409]);
    });

    test('puts the newer state of a finding over the older one', async () => {
      const index = (version: number) => ({
        index: { _index: 'aws-findings-current', _id: 'f', version, version_type: 'external' },
      });
      expect(await bulk(index(1), { state: 'old' }, index(2), { state: 'new' })).toEqual([201, 200]);
    });

    test('has no other index, and neither reads nor deletes', async () => {
      expect(await bulk({ create: { _index: 'other', _id: 'a' } }, { message: 'one' })).toEqual([403]);
      expect(await status(writer.search({ index: flow }))).toBe(403);
      expect(await status(writer.indices.delete({ index: flow }))).toBe(403);
      expect(await bulk({ delete: { _index: 'aws-findings-current', _id: 'f' } })).toEqual([403]);
    });
  });

  test('a reader asks for findings, reads nothing else and writes nothing', async () => {
    await admin.indices.refresh();
    const index = 'aws-findings-current,aws-findings-history-*';
    expect((await reader.search({ index })).body.hits.hits.map(({ _id }) => _id)).toEqual(['f']);
    expect(await status(reader.search({ index: flow }))).toBe(403);
    expect(await status(reader.index({ index: 'aws-findings-current', body: {} }))).toBe(403);
  });

  test('an analyst reads all indices and writes none', async () => {
    expect(await sources(analyst, 'aws-*')).toHaveLength(5);
    expect(await status(analyst.index({ index: flow, body: {} }))).toBe(403);
    expect(await status(analyst.deleteByQuery({ index: flow, body: { query: { match_all: {} } } }))).toBe(403);
    expect(await status(analyst.indices.delete({ index: flow }))).toBe(403);
    expect(await status(analyst.search({ index: '.opendistro_security' }))).not.toBe('allowed');
  });

  test('an analyst sees a hash for a masked field, nothing of a hidden one, and no credentials', async () => {
    for (const { user, source, aws } of await sources(analyst, `${flow},${trail}`)) {
      if (user === undefined) continue;
      expect(user.name).toMatch(/^[0-9a-f]{64}$/);
      expect(source?.ip).toBeUndefined();
      expect(aws.cloudtrail.response_elements).toEqual({ user: 'kim' });
    }
    const [plain] = await sources(admin, trail);
    expect(plain).toMatchObject(doc('222222222222'));
  });

  test('an auditor sees CloudTrail and no flows', async () => {
    expect(await sources(auditor, trail)).toHaveLength(1);
    expect(await status(auditor.search({ index: flow }))).toBe(403);
    expect(await status(auditor.index({ index: trail, body: {} }))).toBe(403);
  });

  test('a team sees the documents of its accounts', async () => {
    const seen = await sources(shop, 'aws-flowlogs-*,aws-cloudtrail-*');
    expect(seen.map(({ cloud }) => cloud.account.id)).toEqual(['111111111111']);
  });

  test("a manager runs Bongsu's indices and templates, and neither other indices nor users", async () => {
    expect(await status(manager.indices.delete({ index: 'aws-flowlogs-2026.11.25' }))).toBe('allowed');
    expect(await status(manager.transport.request({ method: 'GET', path: '/_component_template' }))).toBe('allowed');
    expect(await status(manager.index({ index: 'other', body: {} }))).toBe(403);
    expect(
      await status(manager.transport.request({ method: 'GET', path: '/_plugins/_security/api/internalusers' })),
    ).toBe(403);
  });
});
