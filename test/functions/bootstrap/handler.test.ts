import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { handler } from '../../../functions/bootstrap/handler.ts';
import { answer, scripted } from '../../rig/opensearch/scripted.ts';

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
