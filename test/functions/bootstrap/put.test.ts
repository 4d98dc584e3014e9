import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { intoFolder, putAll } from '../../../functions/bootstrap/put.ts';
import { onOpenSearch } from '../../rig/opensearch/put.ts';
import { answer, cut, type Scripted, scripted, type Turn } from '../../rig/opensearch/scripted.ts';

const two = [
  { path: '/_component_template/a', body: { template: {} } },
  { path: '/_index_template/b', body: { index_patterns: ['b-*'] } },
];
const done = answer(200, { acknowledged: true });

let server: Scripted;
afterEach(() => server.stop());

async function put(turns: Turn[], until = Number.POSITIVE_INFINITY) {
  server = await scripted(...turns);
  const login = async () => ({ username: 'u', password: 'p' });
  const pauses: number[] = [];
  const sleep = async (ms: number) => pauses.push(ms);
  const paths = putAll(two, onOpenSearch({ url: server.url, auth: { kind: 'basic', login } }, { until, sleep }));
  return { paths: await paths, pauses };
}

test('templates are put in order', async () => {
  expect(await put([done, done])).toEqual({ paths: ['/_component_template/a', '/_index_template/b'], pauses: [] });
  expect(server.requests.map(({ method, url, body }) => [method, url, body.toString()])).toEqual([
    ['PUT', '/_component_template/a', '{"template":{}}'],
    ['PUT', '/_index_template/b', '{"index_patterns":["b-*"]}'],
  ]);
  expect(server.requests[0].headers['content-type']).toBe('application/json');
});

test('a domain that is not ready yet is asked again', async () => {
  const refused = answer(403, { Message: 'no permissions' });
  const { pauses } = await put([cut, answer(503), refused, refused, done, answer(503), done]);
  expect(pauses).toHaveLength(4);
  expect(server.requests).toHaveLength(7); // a login that is refused is tried twice
});

test('who was let in once and is refused then has no right, which waiting does not mend', async () => {
  const refused = answer(403, { Message: 'no permissions' });
  await expect(put([done, refused, refused])).rejects.toThrow('/_index_template/b was not put');
});

test('a mistake in a template is told at once', async () => {
  const mistake = answer(400, { error: { type: 'mapper_parsing_exception', reason: 'No handler for type [nope]' } });
  await expect(put([done, mistake])).rejects.toThrow(/^\/_index_template\/b was not put: mapper_parsing_exception/);
  expect(server.requests).toHaveLength(2);
});

test('after the time is over the last fault is told', async () => {
  await expect(put([answer(503, 'starting')], 0)).rejects.toThrow('/_component_template/a was not put');
  expect(server.requests).toHaveLength(1);
});

test('a dry run writes files', async () => {
  server = await scripted();
  const folder = await mkdtemp(join(tmpdir(), 'bongsu-'));
  try {
    await putAll(two, intoFolder(folder));
    expect(JSON.parse(await readFile(join(folder, 'opensearch/_index_template/b.json'), 'utf8'))).toEqual(two[1].body);
  } finally {
    await rm(folder, { recursive: true });
  }
});
