/**
 * One way to an OpenSearch: an Amazon domain (`es`) or a serverless collection (`aoss`) by SigV4, or any node by name and
 * password.
 * https://docs.aws.amazon.com/opensearch-service/latest/developerguide/request-signing.html
 */
import type * as OpenSearch from '@opensearch-project/opensearch';
import ConnectionPart from '@opensearch-project/opensearch/lib/Connection.js';
import { ResponseError } from '@opensearch-project/opensearch/lib/errors.js';
import { ConnectionPool } from '@opensearch-project/opensearch/lib/pool/index.js';
import SerializerPart from '@opensearch-project/opensearch/lib/Serializer.js';
import TransportPart from '@opensearch-project/opensearch/lib/Transport.js';
import { ConfigError } from '../../errors.ts';
import { isSecure } from '../delivery/secure.ts';
import { type KeyProvider, type Sign, signer } from '../delivery/sigv4.ts';

export interface Login {
  readonly username: string;
  readonly password: string;
}

export type Auth =
  | {
      readonly kind: 'es' | 'aoss';
      readonly region: string;
      /** Default: those of the environment. */
      readonly credentials?: KeyProvider;
    }
  | {
      readonly kind: 'basic';
      /** `fresh`: the last one was refused, look again. */
      readonly login: (options?: { fresh?: boolean }) => Promise<Login>;
    };

export interface ClientOptions {
  /** `https://host[:port]`; http only for an address of this machine. */
  readonly url: string;
  readonly auth: Auth;
  /** PEM of the authority to trust in place of the system's. */
  readonly ca?: string | undefined;
}

// The client's parts without its Client, which brings a function for each endpoint along: 240 kB in every bundle.
// For these files its types say that the classes are the member `default` of what they are.
const { Connection, Serializer, Transport } = {
  Connection: ConnectionPart,
  Serializer: SerializerPart,
  Transport: TransportPart,
} as unknown as Pick<typeof OpenSearch, 'Connection' | 'Serializer' | 'Transport'>;

/** The client itself never retries: a sink's caller does, and knows for how long. Throws ConfigError. */
function transportOf({ url, ca }: ClientOptions): OpenSearch.Transport {
  const emit = () => false; // nobody listens
  const connectionPool = new ConnectionPool({
    Connection,
    emit,
    resurrectStrategy: 'ping',
    pingTimeout: 3000,
    ...(ca !== undefined && { ssl: { ca } }),
  });
  connectionPool.addConnection(addressOf(url));
  return new Transport({
    emit,
    connectionPool,
    serializer: new Serializer(),
    maxRetries: 0,
    requestTimeout: 30_000, // each request brings its own
    sniffEndpoint: '_nodes/_all/http', // never asked: sniffing is off
  });
}

function addressOf(url: string): string {
  const address = URL.parse(url);
  if (address === null || !isSecure(address) || address.username !== '') {
    throw new ConfigError('an OpenSearch address looks like https://host or https://host:9200', { url: address?.host });
  }
  return url;
}

/** A request in full or not at all. `path` and `querystring` as the client takes them. */
export interface Exchange {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly querystring?: Readonly<Record<string, string>>;
  /** Sent as it is. */
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends one request; `signal` and the time limit end it wherever it stands. Throws the client's errors or the signal's reason. */
export type Send = (exchange: Exchange, timeoutMs: number, signal: AbortSignal) => Promise<OpenSearch.ApiResponse>;

/** A login or a key that is refused is looked up again, once. */
export function sender(options: ClientOptions): Send {
  const { auth } = options;
  return auth.kind === 'basic' ? loggedIn(options, auth) : signed(options, auth);
}

function loggedIn(options: ClientOptions, auth: Auth & { kind: 'basic' }): Send {
  const transport = transportOf(options);
  return async (exchange, timeoutMs, signal) => {
    const as = (login: Login) => send(transport, signedIn(exchange, login), timeoutMs, signal);
    try {
      return await as(await auth.login());
    } catch (error) {
      if (!isRefused(error)) throw error;
      return await as(await auth.login({ fresh: true }));
    }
  };
}

function signed(options: ClientOptions, auth: Auth & { kind: 'es' | 'aoss' }): Send {
  const transport = transportOf(options);
  const sign = signer({ service: auth.kind, region: auth.region, credentials: auth.credentials });
  return async (exchange, timeoutMs, signal) => {
    const as = async (forceRefresh: boolean) => {
      const headers = await signedHeaders(sign, options.url, exchange, forceRefresh);
      return send(transport, { ...exchange, headers }, timeoutMs, signal);
    };
    try {
      return await as(false);
    } catch (error) {
      if (!isRefused(error) || !KEY.test(JSON.stringify(error.body))) throw error;
      return await as(true);
    }
  };
}

function signedHeaders(sign: Sign, base: string, exchange: Exchange, forceRefresh: boolean) {
  const { method, path, querystring: query, headers, body } = exchange;
  const { pathname, origin } = new URL(base);
  const url = new URL(pathname.replace(/\/$/, '') + path, origin);
  return sign({ method, url, query, headers, body }, { forceRefresh });
}

/** `The security token included in the request is expired`, or invalid; not: who it belongs to has no right. */
const KEY = /security token/i;

const isRefused = (error: unknown): error is ResponseError =>
  error instanceof ResponseError && (error.statusCode === 401 || error.statusCode === 403);

function signedIn(exchange: Exchange, { username, password }: Login): Exchange {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return { ...exchange, headers: { ...exchange.headers, authorization } };
}

async function send(
  transport: OpenSearch.Transport,
  exchange: Exchange,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<OpenSearch.ApiResponse> {
  const { headers, body, ...params } = exchange;
  // the client's own limit is for silence only and ends with the first byte of the answer
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  limit.throwIfAborted();
  const request = transport.request({ ...params, body }, { headers, requestTimeout: timeoutMs });
  const abort = () => {
    request.abort(); // not returned: an event target throws what a promise from its listener is rejected with
  };
  limit.addEventListener('abort', abort);
  try {
    return await request;
  } catch (error) {
    throw limit.aborted ? limit.reason : error;
  } finally {
    limit.removeEventListener('abort', abort);
  }
}
