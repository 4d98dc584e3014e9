/**
 * Secrets of AWS Secrets Manager, by ARN: fetched when first needed, and again when a destination refuses them or they are
 * some minutes old, so that of a rotation with an overlap the new one is known before the old one dies. Neither a value nor a
 * piece of one is in any error.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ConfigError, ReadError } from '../errors.ts';

/** `fresh`: the last value was refused, look again. */
export type Secret<T = string> = (options?: { fresh?: boolean }) => Promise<T>;

const MAX_AGE_MS = 15 * 60_000;
const REST_MS = 5_000; // whoever is refused for another reason than a rotation would ask with every request

/**
 * `read` makes of the text what it stands for. Callers at the same time share one fetch. One that fails changes nothing: the
 * last value stays, but for those who know that it is refused.
 * Rejects with ReadError where the secret can't be had now, and with what `read` throws.
 */
export function secret<T>(
  client: SecretsManagerClient,
  arn: string,
  read: (text: string) => T,
  now: () => number = Date.now,
  maxAgeMs = MAX_AGE_MS,
): Secret<T> {
  let known: { readonly value: T; readonly since: number } | undefined;
  let fetching: Promise<T> | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;

  async function renewed(): Promise<T> {
    try {
      const value = read(await fetch(client, arn));
      known = { value, since: now() };
      return value;
    } finally {
      fetching = undefined;
    }
  }

  return async ({ fresh = false } = {}) => {
    const isOld = known === undefined || isOver(known.since, maxAgeMs, now());
    if (known === undefined || ((fresh || isOld) && isOver(askedAt, REST_MS, now()))) {
      if (fetching === undefined) askedAt = now();
      fetching ??= renewed();
    }
    if (fetching === undefined) return known!.value;
    if (known === undefined || fresh) return await fetching;
    const { value } = known;
    return await fetching.catch(() => value);
  };
}

/** A clock that was set back must not make it last longer. */
const isOver = (since: number, ms: number, now: number): boolean => now - since >= ms || now < since;

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

/** In: the token itself or `{"token":"…"}`. */
export function tokenIn(secret: string): string {
  const text = secret.trim();
  if (!text.startsWith('{')) return text;
  const { token } = membersOf(text);
  if (typeof token !== 'string' || token === '')
    throw new ConfigError('the secret of Splunk is a token or {"token":"…"}');
  return token;
}

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** In: `{"username":"…","password":"…"}`. */
export function loginIn(secret: string): Login {
  const { username, password } = membersOf(secret);
  if (typeof username !== 'string' || typeof password !== 'string') {
    throw new ConfigError('the secret of OpenSearch is {"username":"…","password":"…"}');
  }
  return { username, password };
}

function membersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {}; // the parser's message quotes the text; the caller says what was expected
  }
}
