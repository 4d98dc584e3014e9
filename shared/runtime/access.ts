/** How to reach the destinations of the settings: addresses, credentials, certificate authorities. */
import { readFileSync } from 'node:fs';
import { ConfigError } from '../errors.ts';
import type { Auth, ClientOptions } from '../sink/opensearch/client.ts';
import type { SplunkOptions } from '../sink/splunk/sink.ts';
import { secretsManagerOf } from './clients.ts';
import { config } from './config.ts';
import { loginIn, type Secret, secret, tokenIn } from './secrets.ts';
import { OF_SINK } from './settings.ts';

export type SplunkAccess = Pick<SplunkOptions, 'endpoints' | 'token' | 'ca' | 'ack'>;

export function splunkAccess(endpoints: readonly string[]): SplunkAccess {
  const { SPLUNK_HEC_SECRET_ARN: arn, SPLUNK_CA_FILE: path, SPLUNK_ACK } = config(...OF_SINK.splunk);
  const token = secretOf('SPLUNK_HEC_SECRET_ARN', arn, tokenIn, 'because SPLUNK_HEC_URL is not a folder');
  return { endpoints, token, ca: pem('SPLUNK_CA_FILE', path), ack: SPLUNK_ACK === 'on' ? {} : undefined };
}

/** How to reach the OpenSearch of the settings. Throws ConfigError. */
export function opensearchAccess(): ClientOptions {
  const { OPENSEARCH_URL: to, OPENSEARCH_CA_FILE } = config(...OF_SINK.opensearch);
  if ('folder' in to) throw new ConfigError('OPENSEARCH_URL is a folder: expected https://host[:port].');
  return { url: to.endpoint, auth: opensearchAuth(to.endpoint), ca: pem('OPENSEARCH_CA_FILE', OPENSEARCH_CA_FILE) };
}

function opensearchAuth(url: string): Auth {
  const { OPENSEARCH_AUTH: kind, OPENSEARCH_SECRET_ARN: arn, OPENSEARCH_REGION } = config(...OF_SINK.opensearch);
  if (kind === 'basic')
    return { kind, login: secretOf('OPENSEARCH_SECRET_ARN', arn, loginIn, 'because OPENSEARCH_AUTH is basic') };
  return { kind, region: OPENSEARCH_REGION ?? regionIn(url) ?? config('AWS_REGION').AWS_REGION };
}

/**
 * The region in the address of a domain or collection; undefined for an address of the user's own.
 * https://docs.aws.amazon.com/general/latest/gr/opensearch-service.html
 */
const regionIn = (url: string): string | undefined =>
  /\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:(?:es|aoss)\.amazonaws\.com(?:\.cn)?|on\.aws)$/.exec(new URL(url).hostname)?.[1];

function secretOf<T>(name: string, arn: string | undefined, read: (text: string) => T, why: string): Secret<T> {
  if (arn === undefined) throw new ConfigError(`${name} is not set: expected the ARN of a secret, ${why}.`);
  return secret(secretsManagerOf(arn), arn, read);
}

function pem(name: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(`${name} is "${path}": expected the path of a PEM file that can be read.`, { path }, cause);
  }
}
