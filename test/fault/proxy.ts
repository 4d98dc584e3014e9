/**
 * A proxy of this machine that breaks what passes through it, for tests: before a sink's destination, before S3.
 * In: HTTP. To the target: HTTP or TLS. What breaks behind it breaks in front of it too.
 * @example
 * const proxy = await startProxy({ url: hec.url });
 * proxy.script(FAULTS.lost, FAULTS.busy); // the next two requests, then all pass
 * proxy.always(dice(7, [[9, FAULTS.pass], [1, FAULTS.reset]]));
 */
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { seeded } from '../../scripts/incident/random.ts';

/** What becomes of one request. `{}`: it passes. Bytes are counted in bodies, as they are on the wire. */
export interface Fault {
  /** Before the target is asked. */
  readonly delayMs?: number;
  /** The target gets so many bytes, then both connections break. */
  readonly cutRequest?: number;
  /** In place of the target's. `none`: the connection breaks. The target is not asked, but with `isDelivered`. */
  readonly answer?: Answer | 'none';
  readonly isDelivered?: boolean;
  /** After the target has answered. */
  readonly delayAnswerMs?: number;
  /** So many bytes of the answer arrive, then the connection breaks. */
  readonly cutAnswer?: number;
  /** So many bytes of the answer arrive, then none until the client closes the connection. */
  readonly stallAnswer?: number;
  /** So many bytes of the answer arrive, and it ends as though they were all. */
  readonly truncateAnswer?: number;
}

export interface Answer {
  readonly status: number;
  /** Seconds. */
  readonly retryAfter?: number;
  /** Default: `{}`. */
  readonly body?: string;
}

/** Those that are asked for most. Spread one to change it: `{ ...FAULTS.busy, delayMs: 20 }`. */
export const FAULTS = {
  pass: {},
  slow: { delayMs: 50 },
  /** Nobody took anything, nobody answered. */
  reset: { answer: 'none' },
  /** The target took it and nobody is told: whoever tries again sends it twice. */
  lost: { answer: 'none', isDelivered: true },
  cutRequest: { cutRequest: 64 },
  cutAnswer: { cutAnswer: 8 },
  truncated: { truncateAnswer: 8 },
  throttled: { answer: { status: 429 } },
  throttledForOneSecond: { answer: { status: 429, retryAfter: 1 } },
  broken: { answer: { status: 500 } },
  busy: { answer: { status: 503 } },
  busyForOneSecond: { answer: { status: 503, retryAfter: 1 } },
  tooLarge: { answer: { status: 413 } },
  page: { answer: { status: 200, body: '<html><body>Please sign in</body></html>' } },
  halfJson: { answer: { status: 200, body: '{"took":3,"errors":fal' } },
  /** The target took it, and the answer says so in no language. */
  deliveredPage: { answer: { status: 200, body: '<html><body>OK</body></html>' }, isDelivered: true },
  /** Answered as though it were delivered, by somebody who never asked the target. */
  lie: { answer: { status: 200 } },
} as const satisfies Readonly<Record<string, Fault>>;

export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** From 0, of all requests. */
  readonly number: number;
}

export type Choose = (asked: Asked) => Fault;

/** What came, and what was made of it. */
export interface Seen extends Asked {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly fault: Fault;
  /** Of the target's own answer. Absent: it was not asked, or has not answered. */
  status?: number;
}

export interface FaultProxy {
  /** `http://127.0.0.1:port`, the same as long as it lives. */
  readonly url: string;
  /** Appends faults for the next requests, one each. */
  script(...faults: readonly Fault[]): void;
  /** For every request that has none of the script. At first: all pass. */
  always(fault: Fault | Choose): void;
  seen(): readonly Seen[];
  /** Breaks all connections; from now on they are refused. */
  close(): Promise<void>;
  /** Takes connections again, at the same port. */
  open(): Promise<void>;
  stop(): Promise<void>;
}

export interface Target {
  /** `http://host:port` or https. */
  readonly url: string;
  /** PEM of the authority to trust. */
  readonly ca?: string;
}

export async function startProxy(target: Target): Promise<FaultProxy> {
  const faults: Fault[] = [];
  let choose: Choose = () => FAULTS.pass;
  const seen: Seen[] = [];

  const server = http.createServer((request, response) => {
    const asked = { method: request.method!, path: request.url!, number: seen.length };
    const one: Seen = { ...asked, at: Date.now(), fault: faults.shift() ?? choose(asked) };
    seen.push(one);
    const { socket } = request; // a request that is broken off forgets it
    treat(one, target, request, response).then(
      (isAnswered) => isAnswered || socket.destroy(),
      () => socket.destroy(),
    );
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    script: (...more) => void faults.push(...more),
    always(fault) {
      choose = typeof fault === 'function' ? fault : () => fault;
    },
    seen: () => seen,
    close,
    open: () => listen(port),
    stop: close,
  };
}

/** False or an error: the client's connection has to break. */
async function treat(seen: Seen, target: Target, request: http.IncomingMessage, response: http.ServerResponse) {
  const { delayMs, cutRequest, answer, isDelivered, delayAnswerMs } = seen.fault;
  await pause(delayMs);
  if (answer !== undefined && isDelivered !== true) {
    if (answer !== 'none') await drained(request); // whoever answers at once meets a client that still writes
    return reply(answer, response);
  }
  const own = await ask(target, request, cutRequest);
  if (own === undefined) return false;
  seen.status = own.statusCode!;
  await pause(delayAnswerMs);
  if (answer === undefined) return await relay(own, response, seen.fault);
  await drained(own);
  return reply(answer, response);
}

async function pause(ms: number | undefined): Promise<void> {
  if (ms !== undefined) await wait(ms, undefined, { ref: false });
}

/** Reads what is of no interest. */
async function drained(chunks: AsyncIterable<Buffer>): Promise<void> {
  for await (const _ of chunks);
}

function reply(answer: Answer | 'none', response: http.ServerResponse): boolean {
  if (answer === 'none') return false;
  const { status, retryAfter, body = '{}' } = answer;
  response.writeHead(status, {
    'content-type': body.startsWith('<') ? 'text/html' : 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  });
  response.end(body);
  return true;
}

/** Of one connection each, not of the message. https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const OF_THE_HOP = ['connection', 'keep-alive', 'expect'];

function forwarded({ headers }: http.IncomingMessage): http.IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_HOP.includes(name)));
}

/** The target's answer; undefined when it got no more than the first `cut` bytes. */
async function ask({ url, ca }: Target, request: http.IncomingMessage, cut?: number) {
  const to = new URL(request.url!, url);
  const asked = (to.protocol === 'https:' ? https : http).request(to, {
    method: request.method!,
    headers: forwarded(request),
    agent: false, // a connection each: one that idles could break by itself
    ...(ca !== undefined && { ca }),
  });
  const answer = new Promise<http.IncomingMessage>((resolve, reject) => {
    asked.once('response', resolve).on('error', reject);
  });
  answer.catch(() => {}); // told to whoever awaits it
  try {
    await copy(request, asked, cut);
    if (cut !== undefined) return void asked.destroy();
    asked.end();
    return await answer;
  } catch (error) {
    asked.destroy();
    throw error;
  }
}

async function relay(own: http.IncomingMessage, response: http.ServerResponse, fault: Fault): Promise<boolean> {
  const { cutAnswer, truncateAnswer, stallAnswer } = fault;
  const headers = forwarded(own);
  if (truncateAnswer !== undefined) delete headers['content-length'];
  response.writeHead(own.statusCode!, headers);
  response.flushHeaders();
  await copy(own, response, stallAnswer ?? cutAnswer ?? truncateAnswer);
  if (stallAnswer !== undefined) await new Promise((resolve) => response.once('close', resolve));
  if (cutAnswer === undefined) response.end();
  return cutAnswer === undefined;
}

/** Ends after `most` bytes, and not before they are handed to the system. */
async function copy(from: AsyncIterable<Buffer>, to: NodeJS.WritableStream, most = Number.POSITIVE_INFINITY) {
  let left = most;
  if (left === 0) return;
  for await (const chunk of from) {
    const part = chunk.subarray(0, Math.min(left, chunk.length));
    await new Promise((resolve) => to.write(part, resolve)); // an error is the answer's
    left -= part.length;
    if (left === 0) return;
  }
}

/** Picks faults by weight, the same ones for the same seed. */
export function dice(seed: number, odds: readonly (readonly [weight: number, fault: Fault])[]): Choose {
  const random = seeded(seed);
  const sides = odds.flatMap(([weight, fault]) => Array.from({ length: weight }, () => fault));
  return () => random.of(sides);
}
