import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { loginIn, secret, tokenIn } from '../../shared/secrets.ts';
import { type Secrets, secrets } from '../fake/secrets.ts';
import { clientOf } from '../fake/server.ts';

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
  const token = secret(client, ARN);
  expect(await Promise.all([token(), token(), token({ fresh: false })])).toEqual(['one', 'one', 'one']);
  expect(await token()).toBe('one');
  expect(server.asked).toEqual([ARN]);
});

test('a fresh one is fetched again, though not at every call', async () => {
  let time = 1_000_000;
  server.values.set(ARN, 'old');
  const token = secret(client, ARN, () => time);
  await token();
  server.values.set(ARN, 'new');
  expect(await token({ fresh: true })).toBe('old');
  time += 5_000;
  expect(await Promise.all([token({ fresh: true }), token({ fresh: true }), token()])).toEqual(['new', 'new', 'new']);
  expect(server.asked).toHaveLength(2);
});

test('a secret that is not there is a ReadError naming its ARN, and is asked for again', async () => {
  const token = secret(client, ARN);
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
])('a token is found in %j', async (text, token) => {
  expect(await tokenIn(async () => text)()).toBe(token);
});

test('a login is found in its JSON', async () => {
  const text = '{"username":"u","password":"p","engine":"x"}';
  expect(await loginIn(async () => text)()).toEqual({ username: 'u', password: 'p' });
});

test('a secret of another shape is a ConfigError without its value', async () => {
  for (const text of ['hunter2', '{"password":"hunter2"}', '["hunter2"]', '"hunter2"', 'null']) {
    const failure = await loginIn(async () => text)().catch((error) => error);
    expect(failure).toMatchObject({ name: 'ConfigError', message: expect.not.stringContaining('hunter2') });
  }
  const failure = await tokenIn(async () => '{"secret":"hunter2"}')().catch((error) => error);
  expect(failure).toMatchObject({ name: 'ConfigError', message: expect.not.stringContaining('hunter2') });
});
