/** Requests of the bootstrap to OpenSearch, and to OpenSearch Dashboards behind the same address. JSON in, JSON out. */
import { setTimeout as sleepMs } from 'node:timers/promises';
import { ResponseError } from '@opensearch-project/opensearch/lib/errors.js';
import { DeliveryError, messageOf } from '../../shared/errors.ts';
import { type ClientOptions, type Exchange, sender } from '../../shared/sink/opensearch/client.ts';

export interface Call {
  readonly method: Exchange['method'];
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, bytes as they are. */
  readonly body?: object | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Returns the answer; undefined where a GET finds nothing. Throws DeliveryError with `path`, `status` and what the server says. */
export type Api = (call: Call) => Promise<unknown>;

const TIMEOUT_MS = 60_000;

export function apiOf(access: ClientOptions): Api {
  const send = sender(access);
  return async ({ method, path, query, body, headers }) => {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body === undefined ? '' : JSON.stringify(body));
    const exchange = {
      method,
      path,
      body: bytes,
      headers: { 'content-type': 'application/json', ...headers },
      ...(query !== undefined && { querystring: query }),
    };
    try {
      return (await send(exchange, TIMEOUT_MS, new AbortController().signal)).body;
    } catch (cause) {
      const status = cause instanceof ResponseError ? cause.statusCode : undefined;
      if (method === 'GET' && status === 404) return undefined;
      throw new DeliveryError(`${path}: ${reasonOf(cause)}`, { path, status }, cause);
    }
  };
}

/** Plugins put their reason in other places than OpenSearch does: `{"status":"BAD_REQUEST","message":…}`, `{"reason":…}`. */
function reasonOf(error: unknown): string {
  const body =
    error instanceof ResponseError ? (error.body as Readonly<Record<string, unknown>> | undefined) : undefined;
  const reason = [body?.message, body?.reason].find((each) => typeof each === 'string');
  return reason === undefined ? messageOf(error) : `${messageOf(error)}: ${reason}`;
}

/** Mistakes in what is put, which no other try mends. */
const STAYS: ReadonlySet<unknown> = new Set([400, 404, 405, 409, 413]);
const PAUSE_MS = 3_000;

export interface Patience {
  /** Epoch milliseconds; no other try begins later. */
  readonly until: number;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** A domain just made does not answer yet, or does not know our role: asked again until it does. */
export const patient = (api: Api, { until, sleep = sleepMs }: Patience): Api => {
  let isKnown = false; // once let in, a 401 or 403 is an answer like any other
  return async (call) => {
    for (;;) {
      try {
        const answer = await api(call);
        isKnown = true;
        return answer;
      } catch (error) {
        const status = error instanceof DeliveryError ? error.fields.status : undefined;
        const mayPass = error instanceof DeliveryError && !STAYS.has(status) && !(isKnown && isRefused(status));
        if (!mayPass || Date.now() + PAUSE_MS > until) throw error;
      }
      await sleep(PAUSE_MS);
    }
  };
};

const isRefused = (status: unknown): boolean => status === 401 || status === 403;
