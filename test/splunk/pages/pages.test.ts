/** The scripts of the app's pages, loaded as a browser's module loader would, against a splunkd made of node:http. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Any } from '../../source.ts';

const folder = join(import.meta.dirname, '../../../splunk/bongsu/appserver/static');

/** The module that `define([], () => …)` gives. */
function load(name: string): Any {
  let found: Any;
  const define = (_: readonly string[], make: () => unknown) => {
    found = make();
  };
  runInNewContext(readFileSync(join(folder, `${name}.js`), 'utf8'), { define, URL, URLSearchParams });
  return found;
}

const [{ client }, connection, status] = ['splunkd', 'connection', 'status'].map(load);

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly key: string | undefined;
  readonly body: string;
}

let asked: Asked[];
let answers: Record<string, { status: number; body: object }>;
let server: Server;
let splunkd: Any;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const body = await textOf(request);
    const path = new URL(request.url!, 'http://x').pathname.split('/nobody/bongsu/')[1];
    asked.push({ method: request.method!, path, key: request.headers['x-splunk-form-key'] as string, body });
    const answer = answers[`${request.method} ${path}`] ?? { status: 200, body: {} };
    response.writeHead(answer.status).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}/en-US`;
  splunkd = client({ fetch, cookie: () => 'a=b; splunkweb_csrf_token_8000=123%2F4', root });
});
beforeEach(() => {
  asked = [];
  answers = {};
});
afterAll(() => void server.close());

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

const MAIN = {
  name: 'main',
  url: 'https://os.example.com:9200',
  auth: 'basic',
  username: 'reader',
  region: '',
  secret: 's3cret',
};
const PASSWORD = 'storage/passwords/bongsu_connections%3Amain%3A';

test('a connection is saved: the stanza, and the secret in the password store alone', async () => {
  answers[`POST configs/conf-bongsu_connections/main`] = { status: 404, body: {} };
  answers[`POST ${PASSWORD}`] = { status: 404, body: {} };
  await connection.save(splunkd, MAIN);
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST configs/conf-bongsu_connections/main',
    'POST configs/conf-bongsu_connections',
    `POST ${PASSWORD}`,
    'POST storage/passwords',
    'POST apps/local/bongsu',
  ]);
  expect(asked.filter(({ body }) => body.includes('s3cret')).map(({ path }) => path)).toEqual([
    PASSWORD,
    'storage/passwords',
  ]);
  expect(new Set(asked.map(({ key }) => key))).toEqual(new Set(['123/4']));
});

test('an empty secret leaves the stored one', async () => {
  await connection.save(splunkd, { ...MAIN, secret: '' });
  expect(asked.some(({ path }) => path.startsWith('storage/passwords'))).toBe(false);
});

test.each([
  [{ url: 'http://os.example.com' }, 'https://'],
  [{ url: 'https://user:pass@os.example.com' }, 'must not hold a user'],
  [{ url: 'os.example.com' }, 'no URL'],
  [{ name: 'a b' }, 'The name'],
  [{ username: '' }, 'user name'],
  [{ auth: 'sigv4' }, 'region'],
])('%j is refused, and nothing is sent', async (change, reason) => {
  await expect(connection.save(splunkd, { ...MAIN, ...change })).rejects.toThrow(reason);
  expect(asked).toEqual([]);
});

test('the test of a connection tells the count, or what the command said', async () => {
  answers['POST search/jobs'] = { status: 200, body: { results: [{ count: '3' }, { count: '4' }], messages: [] } };
  expect(await connection.test(splunkd, 'main', 'aws-*')).toEqual({
    works: true,
    text: 'Connected. 7 documents of the last 15 minutes in aws-*.',
  });
  answers['POST search/jobs'] = {
    status: 200,
    body: { messages: [{ type: 'ERROR', text: 'main refused the password' }] },
  };
  expect(await connection.test(splunkd, 'main', 'aws-*')).toEqual({ works: false, text: 'main refused the password' });
});

test("splunkd's own words are told", async () => {
  const body = { messages: [{ type: 'ERROR', text: 'You do not have permission' }] };
  answers['POST configs/conf-bongsu_connections/main'] = { status: 403, body };
  await expect(connection.save(splunkd, MAIN)).rejects.toThrow('You do not have permission');
});

test('connections are listed without the defaults', async () => {
  const entry = [
    { name: 'default', content: {} },
    { name: 'main', content: { url: 'https://x' } },
  ];
  answers['GET configs/conf-bongsu_connections'] = { status: 200, body: { entry } };
  expect(await connection.list(splunkd)).toEqual([{ name: 'main', url: 'https://x' }]);
});

test('the status of a finding is one row by its uid', async () => {
  const given = { uid: 'arn:aws:x/y', status: 'in progress', owner: 'kim', note: '', by: 'kim', now: 1_795_527_603 };
  await status.save(splunkd, given);
  expect(asked).toHaveLength(1);
  expect(asked[0].path).toBe('storage/collections/data/bongsu_finding_status/batch_save');
  expect(JSON.parse(asked[0].body)).toEqual([
    {
      _key: 'arn:aws:x/y',
      finding_uid: 'arn:aws:x/y',
      status: 'in progress',
      owner: 'kim',
      note: '',
      updated: 1_795_527_603,
      updated_by: 'kim',
    },
  ]);
  await expect(status.save(splunkd, { ...given, status: 'gone' })).rejects.toThrow('The status is one of');
  await expect(status.save(splunkd, { ...given, uid: '' })).rejects.toThrow('Choose a finding');
});
