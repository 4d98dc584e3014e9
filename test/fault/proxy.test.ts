import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Fake, fake } from '../fake/server.ts';
import { selfSigned } from '../rig/hec/certificate.ts';
import { dice, FAULTS, type Fault, type FaultProxy, startProxy } from './proxy.ts';

/** What the target took in full. */
let taken: string[];
let target: Fake;
let proxy: FaultProxy;
const ANSWER = '{"took":3,"errors":false}';

beforeEach(async () => {
  taken = [];
  target = await fake((request, response, body) => {
    taken.push(`${request.method} ${request.url} ${body}`);
    response.writeHead(201, { 'content-length': ANSWER.length, 'x-own': request.headers['x-asked'] ?? '' }).end(ANSWER);
  });
  proxy = await startProxy({ url: target.endpoint });
});
afterEach(async () => {
  await proxy.stop();
  await target.stop();
});

async function post(body = 'hello', url = proxy.url) {
  const response = await fetch(`${url}/a/b?c=1`, { method: 'POST', body, headers: { 'x-asked': 'yes' } });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

test('what passes is what was sent and what was answered', async () => {
  const { status, headers, text } = await post();
  expect([status, headers.get('x-own'), text]).toEqual([201, 'yes', ANSWER]);
  expect(taken).toEqual(['POST /a/b?c=1 hello']);
  expect(proxy.seen()).toMatchObject([{ method: 'POST', path: '/a/b?c=1', number: 0, fault: {}, status: 201 }]);
});

test('bodies of many chunks pass whole, with and without a length', async () => {
  const large = 'x'.repeat(3 << 20);
  await post(large);
  const body = new Blob([large]).stream();
  await fetch(proxy.url, { method: 'PUT', body, duplex: 'half' } as RequestInit);
  expect(taken.map(({ length }) => length)).toEqual([
    large.length + 'POST /a/b?c=1 '.length,
    large.length + 'PUT / '.length,
  ]);
});

test('the script comes first, then what is always', async () => {
  proxy.always(FAULTS.broken);
  proxy.script(FAULTS.busy, FAULTS.pass);
  const statuses = [await post(), await post(), await post()].map(({ status }) => status);
  expect(statuses).toEqual([503, 201, 500]);
});

test('a fault can be chosen by what is asked', async () => {
  proxy.always(({ path, number }) => (path.startsWith('/a') && number === 1 ? FAULTS.throttled : FAULTS.pass));
  expect((await post()).status).toBe(201);
  expect((await post()).status).toBe(429);
});

describe('the target is not asked and', () => {
  test.each<[keyof typeof FAULTS, number, string | null, string]>([
    ['throttled', 429, null, '{}'],
    ['throttledForOneSecond', 429, '1', '{}'],
    ['broken', 500, null, '{}'],
    ['busy', 503, null, '{}'],
    ['busyForOneSecond', 503, '1', '{}'],
    ['tooLarge', 413, null, '{}'],
    ['page', 200, null, '<html><body>Please sign in</body></html>'],
    ['halfJson', 200, null, '{"took":3,"errors":fal'],
    ['lie', 200, null, '{}'],
  ])('%s is answered with %i', async (name, status, retryAfter, text) => {
    proxy.script(FAULTS[name]);
    const answer = await post('x'.repeat(1 << 20));
    expect([answer.status, answer.headers.get('retry-after'), answer.text]).toEqual([status, retryAfter, text]);
    expect(taken).toEqual([]);
    expect(proxy.seen()[0]).not.toHaveProperty('status');
  });

  test('nobody is answered after a reset', async () => {
    proxy.script(FAULTS.reset);
    await expect(post()).rejects.toThrow();
    expect(taken).toEqual([]);
  });
});

describe('the target took it and', () => {
  test.each<[string, Fault]>([
    ['nobody is told', FAULTS.lost],
    ['the answer is cut', FAULTS.cutAnswer],
  ])('%s', async (_, fault) => {
    proxy.script(fault);
    await expect(post()).rejects.toThrow();
    expect(taken).toEqual(['POST /a/b?c=1 hello']);
    expect(proxy.seen()).toMatchObject([{ status: 201 }]);
  });

  test('the answer ends early, as though it were whole', async () => {
    proxy.script(FAULTS.truncated);
    expect((await post()).text).toBe('{"took":');
  });

  test('somebody else answers', async () => {
    proxy.script(FAULTS.deliveredPage);
    expect((await post()).text).toContain('<html>');
    expect(taken).toHaveLength(1);
  });

  test('the answer comes when the client has given up', async () => {
    proxy.script({ delayAnswerMs: 60_000 });
    await givenUp(() => proxy.seen()[0]?.status === 201);
    expect(taken).toEqual(['POST / late']);
  });
});

test('a delay comes before the target is asked', async () => {
  proxy.script({ delayMs: 60_000 }, FAULTS.slow);
  await givenUp(() => proxy.seen().length === 1);
  expect(taken).toEqual([]);
  expect((await post()).status).toBe(201);
});

/** Sends a request that is given up as soon as something has happened. */
async function givenUp(when: () => boolean): Promise<void> {
  const patience = new AbortController();
  const answer = fetch(proxy.url, { method: 'POST', body: 'late', signal: patience.signal });
  while (!when()) await setImmediate();
  patience.abort();
  await expect(answer).rejects.toThrow();
}

test('of a request that is cut the target gets the first bytes', async () => {
  let arrived = 0;
  const { promise: end, resolve } = Promise.withResolvers<string>();
  const server = http.createServer((request) => {
    request.on('data', ({ length }) => {
      arrived += length;
    });
    request.on('error', () => resolve('broken')).on('end', () => resolve('whole'));
  });
  const cutting = await startProxy({ url: await listening(server) });
  try {
    cutting.script({ cutRequest: 100_000 });
    await expect(post('x'.repeat(300_000), cutting.url)).rejects.toThrow();
    expect(await end).toBe('broken');
    expect(arrived).toBe(100_000);
  } finally {
    await Promise.all([cutting.stop(), stopped(server)]);
  }
});

test('closed, it refuses connections; open again, it takes them at the same place', async () => {
  await post();
  await proxy.close();
  await expect(post()).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  await proxy.open();
  expect((await post()).status).toBe(201);
  expect(taken).toHaveLength(2);
});

test('a target that is gone breaks the connection', async () => {
  await target.stop();
  await expect(post()).rejects.toThrow();
  expect(proxy.seen()).toHaveLength(1);
  expect(proxy.seen()[0]).not.toHaveProperty('status');
});

test('speaks TLS to a target whose authority it is told', async () => {
  const { key, cert } = selfSigned();
  const server = https.createServer({ key, cert }, (_, response) => void response.end('secret'));
  const url = (await listening(server)).replace('http:', 'https:');
  const trusting = await startProxy({ url, ca: cert });
  const distrusting = await startProxy({ url });
  try {
    expect((await post('x', trusting.url)).text).toBe('secret');
    await expect(post('x', distrusting.url)).rejects.toThrow();
  } finally {
    await Promise.all([trusting.stop(), distrusting.stop(), stopped(server)]);
  }
});

test('dice fall the same for the same seed, by their weights', () => {
  const odds = [
    [9, FAULTS.pass],
    [1, FAULTS.reset],
  ] as const;
  const throws = (seed: number) => {
    const choose = dice(seed, odds);
    return Array.from({ length: 1000 }, (_, number) => choose({ method: 'GET', path: '/', number }));
  };
  expect(throws(1)).toEqual(throws(1));
  expect(throws(1)).not.toEqual(throws(2));
  const resets = throws(1).filter((fault) => fault === FAULTS.reset).length;
  expect(resets).toBeGreaterThan(50);
  expect(resets).toBeLessThan(150);
});

async function listening(server: http.Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function stopped(server: http.Server): Promise<unknown> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
}
