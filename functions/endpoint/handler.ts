/**
 * Logs of servers: function URL → here → OpenSearch, Splunk. Messages of its queue are replays out of the quarantine.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html
 */
import type { SQSBatchResponse } from 'aws-lambda';
import { ConfigError } from '../../shared/errors.ts';
import { answer } from '../../shared/input/invocation.ts';
import { secretsManagerOf } from '../../shared/runtime/clients.ts';
import { config } from '../../shared/runtime/config.ts';
import { answeringSource, collecting } from '../../shared/runtime/handler.ts';
import type { Results } from '../../shared/runtime/lambda.ts';
import { secret } from '../../shared/runtime/secrets.ts';
import type { SourceOptions } from '../../shared/runtime/wiring.ts';
import { allowing } from './access/addresses.ts';
import type { Auth } from './access/client.ts';
import { keysIn } from './access/keys.ts';
import { rates } from './access/rates.ts';
import { type Response, requestOf } from './http/request.ts';
import { normalizeAll } from './normalize/index.ts';
import { type RespondTools, respond } from './respond.ts';
import { endpoint } from './source.ts';

const KEYS_AGE_MS = 60_000; // a key that was revoked ends within a minute

function make(options: SourceOptions) {
  const { ENDPOINT_DATASETS: datasets } = config('ENDPOINT_DATASETS');
  return endpoint({ ...options, datasets, normalizeAll });
}

/** Throws ConfigError. */
function keysOf(auth: Auth): RespondTools['keys'] {
  if (auth === 'iam') return () => Promise.resolve(new Map());
  const { ENDPOINT_KEYS_ARN: arn } = config('ENDPOINT_KEYS_ARN');
  if (arn === undefined) throw new ConfigError('ENDPOINT_KEYS_ARN is not set: expected the ARN of a secret.');
  return secret(secretsManagerOf(arn), arn, keysIn, Date.now, KEYS_AGE_MS);
}

export const handler = answeringSource(
  'endpoint',
  make,
  (wired) => {
    const settings = config('ENDPOINT_AUTH', 'ENDPOINT_VERSION', 'ENDPOINT_ADDRESSES');
    const { source, dependencies } = wired;
    const tools = {
      ...dependencies,
      source,
      auth: settings.ENDPOINT_AUTH,
      keys: keysOf(settings.ENDPOINT_AUTH),
      allows: allowing(settings.ENDPOINT_ADDRESSES),
      version: settings.ENDPOINT_VERSION,
      take: rates(),
      now: Date.now,
    };
    const replays = collecting(wired);
    return async (event: unknown, signal: AbortSignal): Promise<Response | Results> => {
      const request = requestOf(event);
      return request === undefined ? await replays(event, signal) : await respond(request, { ...tools, signal });
    };
  },
  (event, result): Response | SQSBatchResponse | undefined => ('statusCode' in result ? result : answer(event, result)),
);
