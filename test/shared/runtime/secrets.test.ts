import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loginIn, secret, tokenIn } from '../../../shared/runtime/secrets.ts';
import { type Secrets, secrets } from '../../fake/secrets.ts';
import { clientOf } from '../../fake/server.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:bongsu/hec-AbCdEf';
let server: Secrets;
let client: SecretsManagerClient;
beforeEach(async () => {
  server = await secrets();
  client = new SecretsManagerClient(clientOf(server));
});
afterEach(async () => {
  client.destroy();
  await server.stop();
});

test('a secret is fetched once, however many ask at the same time', async () => {
  server.values.set(ARN, 'one');
  const token = secret(client, ARN, String);
  expect(await Promise.all([token(), token(), token({ fresh: false })])).toEqual(['one', 'one', 'one']);
  expect(await token()).toBe('one');
  expect(server.asked).toEqual([ARN]);
});

test('a fresh one is fetched again, though not at every call', async () => {
  let time = 1_000_000;
  server.values.set(ARN, 'old');
  const token = secret(client, ARN, String, () => time);
  await token();
  server.values.set(ARN, 'new');
  expect(await token({ fresh: true })).toBe('old');
  time += 5_000;
  expect(await Promise.all([token({ fresh: true }), token({ fresh: true }), token()])).toEqual(['new', 'new', 'new']);
  expect(server.asked).toHaveLength(2);
});

describe('a value that is old', () => {
  const MINUTE = 60_000;
  let time: number;
  let token: () => Promise<string>;
  beforeEach(async () => {
    time = 1_000_000;
    server.values.set(ARN, '"old"');
    token = secret(client, ARN, JSON.parse, () => time);
    await token();
  });

  test('is fetched again before anybody refuses it', async () => {
    server.values.set(ARN, '"new"');
    time += 15 * MINUTE - 1;
    expect(await token()).toBe('old');
    time += 1;
    expect(await Promise.all([token(), token()])).toEqual(['new', 'new']);
    time += MINUTE;
    expect(await token()).toBe('new');
    expect(server.asked).toHaveLength(2);
  });

  test.each([
    ['can be had', undefined],
    ['is what it should be', '{"half'],
  ])('stays as long as no new one %s, which is asked for again and again', async (_, text) => {
    if (text === undefined) server.values.delete(ARN);
    else server.values.set(ARN, text);
    time += 20 * MINUTE;
    expect([await token(), await token()]).toEqual(['old', 'old']);
    expect(server.asked).toHaveLength(2);
    time += 5_000;
    expect(await token()).toBe('old');
    server.values.set(ARN, '"new"');
    time += 5_000;
    expect(await token()).toBe('new');
    expect(server.asked).toHaveLength(4);
  });

  test('is fetched again after the clock was set back', async () => {
    server.values.set(ARN, '"new"');
    time -= 1000 * MINUTE;
    expect(await token()).toBe('new');
  });
});

test('a refused value is not given again to those who know, and to others as long as there is none else', async () => {
  let time = 1_000_000;
  server.values.set(ARN, 'old');
  const token = secret(client, ARN, String, () => time);
  await token();
  server.values.delete(ARN);
  time += 5_000;
  await expect(token({ fresh: true })).rejects.toMatchObject({ name: 'ReadError' });
  expect(await token()).toBe('old');
});

test('a secret that is not there is a ReadError naming its ARN, and is asked for again', async () => {
  const token = secret(client, ARN, String);
  await expect(token()).rejects.toMatchObject({
    name: 'ReadError',
    fields: { arn: ARN },
    cause: { name: 'ResourceNotFoundException' },
  });
  server.values.set(ARN, 'late');
  expect(await token()).toBe('late');
});

test.each([
  ['plain', 'plain'],
  ['  plain\n', 'plain'],
  ['{"token":"inside"}', 'inside'],
])('a token is found in %j', (text, token) => {
  expect(tokenIn(text)).toBe(token);
});

test('a login is found in its JSON', () => {
  const text = '{"username":"u","password":"p","engine":"x"}';
  expect(loginIn(text)).toEqual({ username: 'u', password: 'p' });
});

test('a secret of another shape is a ConfigError without its value', () => {
  const quiet = { name: 'ConfigError', message: expect.not.stringContaining('hunter2') };
  for (const text of ['hunter2', '{"password":"hunter2"}', '["hunter2"]', '"hunter2"', 'null']) {
    expect(thrownBy(() => loginIn(text))).toMatchObject(quiet);
  }
  expect(thrownBy(() => tokenIn('{"secret":"hunter2"}'))).toMatchObject(quiet);
});

function thrownBy(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
