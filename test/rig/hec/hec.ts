/**
 * A strict HTTP Event Collector for tests and the demo: what it stores, Splunk would have indexed; what it refuses, Splunk
 * would have refused with that code. Faults are scripted: each takes the place of one answer.
 * https://help.splunk.com/en/splunk-enterprise/get-data-in/collect-http-event-data/troubleshoot-http-event-collector
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { type Acks, acknowledgements } from './acks.ts';
import { type HecEvent, read } from './events.ts';

export interface HecOptions {
  readonly token: string;
  /** Key and certificate, PEM. Absent: http. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly script?: readonly HecFault[];
  /** The token demands indexer acknowledgement. */
  readonly ack?: boolean;
  /** The token is switched off. */
  readonly disabled?: boolean;
  /** Those that the token may write to. Absent: all. */
  readonly indexes?: readonly string[];
  /** Of one body, decompressed. */
  readonly maxBytes?: number;
  /** Events kept; the oldest go first. */
  readonly keep?: number;
  /** Default: a free port of 127.0.0.1. */
  readonly listen?: { readonly port: number; readonly host: string };
  /** Gets what is stored, before the answer to it. */
  readonly onEvents?: (events: readonly HecEvent[]) => void;
}

/** The answer to one request. Without `status` and `cut` the request goes its usual way, after the delay. */
export interface HecFault {
  readonly status?: number;
  readonly code?: number;
  /** The events before it are indexed, it and the rest are not. */
  readonly invalidEventNumber?: number;
  /** Seconds, or a date. */
  readonly retryAfter?: number | string;
  /** In place of HEC's JSON. */
  readonly body?: string;
  /** The connection breaks, before or after the events were indexed. */
  readonly cut?: 'before' | 'after';
  readonly delayMs?: number;
  /** Set-Cookie, as a balancer does. */
  readonly cookie?: string;
}

/** What was asked and answered. `status` 0: the connection was cut. */
export interface HecRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly encoding: string | undefined;
  readonly status: number;
  readonly code: number | undefined;
  /** Indexed by this request. */
  readonly events: number;
  readonly channel: string | undefined;
  readonly cookie: string | undefined;
}

export interface Hec {
  /** `http://127.0.0.1:port` or https. */
  readonly url: string;
  readonly token: string;
  /** With TLS: the certificate again, as a file. */
  readonly caFile?: string;
  /** All that is kept, or those whose `fields.event_id` is `eventId`, in the order of arrival. */
  events(eventId?: string): readonly HecEvent[];
  requests(): readonly HecRequest[];
  /** Appends to the queue of faults. */
  script(...faults: readonly HecFault[]): void;
  /** The same for questions about acknowledgements. */
  scriptAcks(...faults: readonly HecFault[]): void;
  /** What comes from now on is in the index after so many questions. */
  slow(questions: number): void;
  /** Connections break; channels and their ids are forgotten, events are not. */
  restart(): void;
  stop(): Promise<void>;
}

const MAX_BYTES = 838_860_800; // limits.conf [http_input] max_content_length

const TEXTS: Readonly<Record<number, string>> = {
  0: 'Success',
  1: 'Token disabled',
  2: 'Token is required',
  3: 'Invalid authorization',
  4: 'Invalid token',
  5: 'No data',
  6: 'Invalid data format',
  7: 'Incorrect index',
  8: 'Internal server error',
  9: 'Server is busy',
  10: 'Data channel is missing',
  11: 'Invalid data channel',
  12: 'Event field is required',
  13: 'Event field cannot be blank',
  14: 'ACK is disabled',
  15: 'Error in handling indexed fields',
  16: 'Query string authorization is not enabled',
  17: 'HEC is healthy',
  18: 'HEC is unhealthy, queues are full',
  19: 'HEC is unhealthy, ack service unavailable',
  20: 'HEC is unhealthy, queues are full, ack service unavailable',
  23: 'Server is shutting down',
  24: 'HEC queue is approaching its capacity limit',
  25: 'HEC ACK channel is approaching its capacity limit',
  26: 'HEC queue at capacity',
  27: 'HEC ACK channel at capacity',
};

const EVENT_PATHS = new Set(['', '/event', '/event/1.0'].map((end) => `/services/collector${end}`));
const ACK_PATH = '/services/collector/ack';
const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

interface Reply {
  readonly status: number;
  readonly code?: number;
  readonly at?: number | undefined;
  readonly ackId?: number | undefined;
  readonly events?: readonly HecEvent[];
  /** In place of HEC's JSON. */
  readonly body?: string | undefined;
  readonly retryAfter?: number | string | undefined;
}

export async function startHec(options: HecOptions): Promise<Hec> {
  const { token, tls, keep = 1_000_000, listen = { port: 0, host: '127.0.0.1' }, onEvents = () => {} } = options;
  const faults = [...(options.script ?? [])];
  const ackFaults: HecFault[] = [];
  const stored: HecEvent[] = [];
  const requests: HecRequest[] = [];
  const acks = acknowledgements();

  const respond = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const url = new URL(request.url!, 'http://hec');
    const body = await bytesOf(request);
    const fault = (EVENT_PATHS.has(url.pathname) ? faults : url.pathname === ACK_PATH ? ackFaults : []).shift();
    if (fault?.delayMs !== undefined) await wait(fault.delayMs, undefined, { ref: false });
    const usual = () => answer(request, url, body, options, acks);
    const reply = fault === undefined ? usual() : faulty(fault, usual);
    const events = reply.events ?? [];
    stored.push(...events);
    onEvents(events);
    stored.splice(0, stored.length - keep);
    const { authorization, cookie, 'content-encoding': encoding } = request.headers;
    const status = fault?.cut === undefined ? reply.status : 0;
    const { code } = reply;
    const asked = { path: url.pathname, authorization, encoding, channel: channelOf(request, url), cookie };
    requests.push({ ...asked, status, code, events: events.length });
    if (fault?.cookie !== undefined) response.setHeader('set-cookie', fault.cookie);
    if (status === 0) request.socket.destroy();
    else write(response, reply);
  };

  const listener = (request: http.IncomingMessage, response: http.ServerResponse) => {
    // A client that went away has nobody to tell.
    respond(request, response).catch(() => request.socket.destroy());
  };
  const server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(listen.port, listen.host, resolve));
  const folder = tls && (await mkdtemp(join(tmpdir(), 'bongsu-hec-')));
  const caFile = folder && join(folder, 'ca.pem');
  if (caFile !== undefined) await writeFile(caFile, tls!.cert);

  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    ...(caFile !== undefined && { caFile }),
    events: (id) => (id === undefined ? stored : stored.filter((event) => event.fields?.event_id === id)),
    requests: () => requests,
    script: (...more) => void faults.push(...more),
    scriptAcks: (...more) => void ackFaults.push(...more),
    slow: acks.slow,
    restart() {
      acks.forget();
      server.closeAllConnections();
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function bytesOf(request: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function write(response: http.ServerResponse, { status, code, at, ackId, body, retryAfter }: Reply): void {
  const json = {
    text: code === undefined ? http.STATUS_CODES[status] : TEXTS[code],
    code,
    'invalid-event-number': at,
    ackId,
  };
  response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  });
  response.end(body ?? JSON.stringify(json));
}

/** What a fault makes of the usual reply: only an `invalidEventNumber` and a late cut let events in. */
function faulty(fault: HecFault, usual: () => Reply): Reply {
  const { status, code, invalidEventNumber: at, body, retryAfter, cut } = fault;
  if (cut === 'after' || (status === undefined && cut === undefined)) return usual();
  const taken = at ?? (status === 200 && body === undefined ? undefined : 0);
  const { events, ackId } = taken === 0 ? {} : usual();
  return {
    status: status ?? 0,
    ...(code !== undefined && { code }),
    at,
    ackId,
    events: events?.slice(0, taken) ?? [],
    body,
    retryAfter,
  };
}

const HANDLERS: readonly [method: string, matches: (path: string) => boolean, handle: Handler][] = [
  ['GET', (path) => path.startsWith('/services/collector/health'), () => ({ status: 200, code: 17 })],
  ['POST', (path) => path === ACK_PATH, acked],
  ['POST', (path) => EVENT_PATHS.has(path), collected],
];

interface Asked {
  readonly request: http.IncomingMessage;
  readonly body: Buffer;
  readonly options: HecOptions;
  readonly acks: Acks;
  readonly channel: string | undefined;
}
type Handler = (asked: Asked) => Reply;

function answer(request: http.IncomingMessage, url: URL, body: Buffer, options: HecOptions, acks: Acks): Reply {
  const handlers = HANDLERS.filter(([, matches]) => matches(url.pathname));
  if (handlers.length === 0) return { status: 404 };
  const handler = handlers.find(([method]) => method === request.method);
  if (handler === undefined) return { status: 405 };
  const asked = { request, body, options, acks, channel: channelOf(request, url) };
  if (request.method === 'GET') return handler[2](asked);
  return refused(request, url, options) ?? handler[2](asked);
}

const channelOf = (request: http.IncomingMessage, url: URL): string | undefined =>
  url.searchParams.get('channel') ?? (request.headers['x-splunk-request-channel'] as string | undefined);

/** The token, before anything else is looked at. */
function refused({ headers }: http.IncomingMessage, url: URL, { token, disabled }: HecOptions): Reply | undefined {
  const { authorization } = headers;
  if (authorization === undefined) {
    return url.searchParams.has('token') ? { status: 400, code: 16 } : { status: 401, code: 2 };
  }
  const [scheme, value = ''] = authorization.split(' ');
  const given =
    scheme === 'Basic'
      ? Buffer.from(value, 'base64')
          .toString()
          .replace(/^[^:]*:/, '')
      : value;
  if ((scheme !== 'Splunk' && scheme !== 'Basic') || given === '') return { status: 401, code: 3 };
  if (given !== token) return { status: 403, code: 4 };
  return disabled === true ? { status: 403, code: 1 } : undefined;
}

function collected({ request, body, options, acks, channel }: Asked): Reply {
  const { maxBytes = MAX_BYTES, indexes, ack } = options;
  if (ack === true && channel === undefined) return { status: 400, code: 10 };
  if (channel !== undefined && !GUID.test(channel)) return { status: 400, code: 11 };
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'gzip') return { status: 415 };
  let text: string;
  try {
    const bytes = encoding === 'gzip' ? gunzipSync(body, { maxOutputLength: maxBytes }) : body;
    if (bytes.length > maxBytes) return { status: 413 };
    text = bytes.toString();
  } catch (error) {
    const isLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return isLarge ? { status: 413 } : { status: 400, code: 6, at: 0 };
  }
  if (text.trim() === '') return { status: 400, code: 5 };
  const { events, fault } = read(text, indexes);
  const ackId = ack === true && events.length > 0 ? acks.next(channel!) : undefined;
  if (fault !== undefined) return { status: 400, code: fault.code, at: fault.at, ackId, events };
  return { status: 200, code: 0, ackId, events };
}

function acked({ body, options, acks, channel }: Asked): Reply {
  if (options.ack !== true) return { status: 400, code: 14 };
  if (channel === undefined) return { status: 400, code: 10 };
  if (!GUID.test(channel)) return { status: 400, code: 11 };
  const ids = idsOf(body.toString());
  if (ids === undefined) return { status: 400, code: 6 };
  return { status: 200, body: JSON.stringify({ acks: acks.take(channel, ids) }) };
}

function idsOf(text: string): readonly number[] | undefined {
  try {
    const { acks } = JSON.parse(text) as { acks?: unknown };
    if (Array.isArray(acks) && acks.every(Number.isInteger)) return acks as number[];
  } catch {
    // no JSON is as wrong as no list
  }
  return undefined;
}
