import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { handler } from '../../../functions/bootstrap/handler.ts';
import { answer, scripted, type Turn } from '../../rig/opensearch/scripted.ts';

const before = process.env;
const context = { getRemainingTimeInMillis: () => 300_000 } as Context;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bongsu-'));
  process.env = { ...before, OPENSEARCH_URL: `file:${folder}` };
  jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
});
afterEach(async () => {
  jest.restoreAllMocks();
  process.env = before;
  await rm(folder, { recursive: true });
});

test('called with nothing, it puts all templates and says which', async () => {
  const changes = await handler({}, context);
  expect(changes).toContainEqual({ action: 'create', object: '/_index_template/aws-flowlogs' });
  expect(await readdir(join(folder, 'opensearch/_index_template'))).toContain('aws-flowlogs.json');
});

test('a wrong setting fails the deployment with a sentence that names it', async () => {
  process.env.OPENSEARCH_SHARDS = 'many';
  const server = await scripted(answer(200));
  try {
    await handler({ RequestType: 'Create', ResponseURL: server.url } as Parameters<typeof handler>[0], context);
    expect(JSON.parse(server.requests[0].body.toString())).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/^OPENSEARCH_SHARDS is "many": expected/),
    });
  } finally {
    await server.stop();
  }
});

describe('a schedule that asks for tomorrow', () => {
  const GIB = 2 ** 30;
  const today = new Date().toISOString().slice(0, 10).replaceAll('-', '.');
  const ask = async (task: string, ...turns: Turn[]) => {
    const server = await scripted(...turns);
    process.env.OPENSEARCH_URL = server.url;
    process.env.AWS_ACCESS_KEY_ID = 'test';
    process.env.AWS_SECRET_ACCESS_KEY = 'test';
    process.env.AWS_REGION = 'eu-west-1';
    try {
      return { changes: await handler({ task }, context), requests: server.requests };
    } finally {
      await server.stop();
    }
  };

  test('gets the indices that need more than one shard, and no template is put', async () => {
    const volume = { store: { size_in_bytes: 200 * GIB }, docs: { count: 1_000_000 } };
    const { changes, requests } = await ask(
      'tomorrow',
      answer(200, { number_of_data_nodes: 3 }),
      answer(200, { indices: { [`aws-flowlogs-${today}`]: { primaries: volume } } }),
      answer(200, { acknowledged: true }),
    );
    expect(changes).toEqual([
      { action: 'create', object: expect.stringMatching(/^index aws-flowlogs-\d{4}/), paths: ['6 shards'] },
    ]);
    expect(requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'PUT']);
  });

  test('fails where OpenSearch does not answer, so that the alarm fires', async () => {
    await expect(ask('tomorrow', answer(503))).rejects.toThrow('/_cluster/health');
  });

  test('is the only task there is', async () => {
    await expect(ask('yesterday')).rejects.toThrow('there is no task "yesterday": expected tomorrow');
  });
});
