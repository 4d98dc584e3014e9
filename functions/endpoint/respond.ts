/** Answers one HTTP request: who asks, what for, and what becomes of it. */
import { type Auth, clientOf } from './access/client.ts';
import type { Keys } from './access/keys.ts';
import { type BulkTools, bulk } from './bulk/bulk.ts';
import type { Request, Response } from './http/request.ts';
import { FORBIDDEN, UNAUTHORIZED } from './http/responses.ts';
import { bulkRoute, stub } from './http/routes.ts';

export interface RespondTools extends BulkTools {
  readonly auth: Auth;
  /** `fresh`: one is not known, look again. */
  readonly keys: (options?: { fresh?: boolean }) => Promise<Keys>;
  readonly allows: (address: string) => boolean;
  /** The version of Elasticsearch that clients see. */
  readonly version: string;
}

/** Throws ReadError while the keys can't be had, ConfigError for wrong settings: AWS then answers 502, and agents send again. */
export async function respond(request: Request, tools: RespondTools): Promise<Response> {
  const { auth, keys, allows, version, now, log, metrics } = tools;
  if (!allows(request.address)) {
    metrics.add('Refused', 1);
    return FORBIDDEN;
  }
  const client =
    clientOf(request, auth, await known(auth, keys), now()) ??
    clientOf(request, auth, await known(auth, keys, true), now());
  if (client === undefined) {
    metrics.add('Refused', 1);
    log.warn('request without valid credentials', { source: 'endpoint', address: request.address });
    return UNAUTHORIZED;
  }
  const route = bulkRoute(request);
  return route === undefined ? stub(request, version) : await bulk(request, route, client, tools);
}

const NONE: Keys = new Map();

const known = async (auth: Auth, keys: RespondTools['keys'], fresh = false): Promise<Keys> =>
  auth === 'iam' ? NONE : await keys({ fresh });
