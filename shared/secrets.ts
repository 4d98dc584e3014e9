/**
 * Secrets of AWS Secrets Manager, by ARN: fetched when first needed, kept while the environment lives, fetched again when
 * a destination refuses them. Neither a value nor a piece of one is in any error.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ConfigError, ReadError } from './errors.ts';

/** `fresh`: the last value was refused, look again. */
export type Secret<T = string> = (options?: { fresh?: boolean }) => Promise<T>;

const REST_MS = 5_000; // whoever is refused for another reason than a rotation would ask with every request

/** Callers at the same time share one fetch. Rejects with ReadError where the secret can't be had now. */
export function secret(client: SecretsManagerClient, arn: string, now: () => number = Date.now): Secret {
  let value: Promise<string> | undefined;
  let fetchedAt = 0;
  return ({ fresh = false } = {}) => {
    if (value === undefined || (fresh && now() - fetchedAt >= REST_MS)) {
      fetchedAt = now();
      const fetched = fetch(client, arn);
      value = fetched;
      fetched.catch(() => {
        if (value === fetched) value = undefined; // the next caller tries again
      });
    }
    return value;
  };
}

async function fetch(client: SecretsManagerClient, arn: string): Promise<string> {
  let text: string | undefined;
  try {
    ({ SecretString: text } = await client.send(new GetSecretValueCommand({ SecretId: arn })));
  } catch (cause) {
    throw new ReadError('the secret could not be read', { arn }, cause);
  }
  if (text === undefined) throw new ConfigError('the secret holds no text', { arn });
  return text;
}

/** In: a secret that is the token itself or `{"token":"…"}`. */
export const tokenIn =
  (from: Secret): Secret =>
  async (options) => {
    const text = (await from(options)).trim();
    if (!text.startsWith('{')) return text;
    const { token } = membersOf(text);
    if (typeof token !== 'string' || token === '')
      throw new ConfigError('the secret of Splunk is a token or {"token":"…"}');
    return token;
  };

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** In: a secret that is `{"username":"…","password":"…"}`. */
export const loginIn =
  (from: Secret): Secret<Login> =>
  async (options) => {
    const { username, password } = membersOf(await from(options));
    if (typeof username !== 'string' || typeof password !== 'string') {
      throw new ConfigError('the secret of OpenSearch is {"username":"…","password":"…"}');
    }
    return { username, password };
  };

function membersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {}; // the parser's message quotes the text; the caller says what was expected
  }
}
