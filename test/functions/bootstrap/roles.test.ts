import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { Client } from '@opensearch-project/opensearch';
import { putOf } from '../../../functions/bootstrap/item.ts';
import { onOpenSearch, putAll } from '../../../functions/bootstrap/put.ts';
import { roleItems } from '../../../functions/bootstrap/roles.ts';
import { onNode } from '../../rig/opensearch/suite.ts';

const lambda = 'arn:aws:iam::123456789012:role/bongsu-FlowlogsRole';
const person = 'arn:aws:iam::123456789012:role/analyst';

test('an OpenSearch that exists keeps its roles', () => {
  expect(roleItems({})).toEqual([]);
});

test('administrators are those of the list', () => {
  expect(roleItems({ Admins: [lambda, person] })).toMatchObject([
    { name: 'all_access', body: { backend_roles: [lambda, person] } },
  ]);
});

await onNode('a writer', (node) => {
  // A user in the place of the Lambda's role, which only Amazon's domains know how to tell.
  const name = 'lambda';
  const password = 'Beacon-fire-0-relay';
  let writer: Client;
  let reader: Client;
  let admin: Client;

  beforeAll(async () => {
    const ca = await readFile(node.caFile, 'utf8');
    const client = (username: string, secret: string) =>
      new Client({ node: node.url, auth: { username, password: secret }, ssl: { ca } });
    admin = client(node.username, node.password);
    writer = client(name, password);
    const login = async () => ({ username: node.username, password: node.password });
    const put = onOpenSearch({ url: node.url, auth: { kind: 'basic', login }, ca });
    const user = { path: `/_plugins/_security/api/internalusers/${name}`, body: { password, backend_roles: [lambda] } };
    const other = { path: `/_plugins/_security/api/internalusers/reader`, body: { password, backend_roles: [person] } };
    const items = roleItems({ Writers: [lambda], Readers: [person] });
    await putAll([user, other, ...items.map((item) => putOf(item))], put);
    reader = client('reader', password);
  });

  const bulk = async (...lines: object[]): Promise<(number | undefined)[]> => {
    const { body } = await writer.bulk({ body: lines });
    return body.items.map((item) => Object.values(item)[0].status);
  };
  const status = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'allowed',
      (error) => error.statusCode,
    );

  test('makes the index of a day and adds documents to it', async () => {
    const create = { create: { _index: 'aws-flowlogs-2026.11.24', _id: 'a' } };
    expect(await bulk(create, { message: 'one', extra: 1 })).toEqual([201]);
    expect(await bulk(create, { message: 'one', extra: 1 })).toEqual([409]);
  });

  test('puts the newer state of a finding over the older one', async () => {
    const index = (version: number) => ({
      index: { _index: 'aws-findings-current', _id: 'f', version, version_type: 'external_gte' },
    });
    expect(await bulk(index(1), { state: 'old' }, index(2), { state: 'new' })).toEqual([201, 200]);
  });

  test('has no other index', async () => {
    expect(await bulk({ create: { _index: 'other', _id: 'a' } }, { message: 'one' })).toEqual([403]);
  });

  test('neither reads nor deletes', async () => {
    expect(await status(writer.search({ index: 'aws-flowlogs-2026.11.24' }))).toBe(403);
    expect(await status(writer.indices.delete({ index: 'aws-flowlogs-2026.11.24' }))).toBe(403);
    expect(await bulk({ delete: { _index: 'aws-findings-current', _id: 'f' } })).toEqual([403]);
    expect(await status(admin.search({ index: 'aws-flowlogs-2026.11.24' }))).toBe('allowed');
  });

  test('is not who asks for findings: that one reads nothing else and writes nothing', async () => {
    await admin.indices.refresh();
    const index = 'aws-findings-current,aws-findings-history-*';
    expect((await reader.search({ index })).body.hits.hits.map(({ _id }) => _id)).toEqual(['f']);
    expect(await status(writer.search({ index }))).toBe(403);
    expect(await status(reader.search({ index: 'aws-flowlogs-2026.11.24' }))).toBe(403);
    expect(await status(reader.index({ index: 'aws-findings-current', body: {} }))).toBe(403);
  });
});
