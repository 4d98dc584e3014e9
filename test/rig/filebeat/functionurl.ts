/** A function URL of this machine: HTTP requests become events, and answers of the handler become responses. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Context } from 'aws-lambda';

interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Handler = (event: unknown, context: Context) => Promise<unknown>;

/** `before`: the request never arrives. `after`: its answer is lost. A number: AWS itself answers, as it does when it throttles. */
export type Fault = 'before' | 'after' | number;

export interface FunctionUrl {
  readonly url: string;
  /** `POST _bulk` requests so far. */
  readonly bulks: () => number;
  /** Statuses of all items that were answered. */
  readonly statuses: Map<number, number>;
  /** What goes wrong with a bulk request, by its number from 1. */
  fault: (bulk: number) => Fault | undefined;
  /** Ends the server and all its connections, and starts it again at the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function functionUrl(handler: Handler): Promise<FunctionUrl> {
  let bulks = 0;
  let server: Server;
  const statuses = new Map<number, number>();
  async function play(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const isBulk = request.url?.split('?')[0].endsWith('/_bulk') === true;
    const fault = isBulk ? state.fault(++bulks) : undefined;
    if (fault === 'before') return void request.socket.destroy();
    if (typeof fault === 'number')
      return void response.writeHead(fault).end('{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded"}');
    const answer = await answerOf(eventOf(request, Buffer.concat(parts)), handler);
    if (isBulk) count(answer.body, statuses);
    if (fault === 'after') return void request.socket.destroy();
    response.writeHead(answer.statusCode, answer.headers).end(answer.body);
  }
  async function listen(port: number): Promise<void> {
    server = createServer((request, response) => {
      play(request, response).catch(() => request.socket.destroy()); // a client that has gone
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  }
  async function close(): Promise<void> {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await listen(0);
  const { port } = server!.address() as AddressInfo;
  const state: FunctionUrl = {
    url: `http://127.0.0.1:${port}`,
    bulks: () => bulks,
    statuses,
    fault: () => undefined,
    async restart() {
      await close();
      await listen(port);
    },
    stop: close,
  };
  return state;
}

/** An error of the handler is what AWS makes of it. */
async function answerOf(event: object, handler: Handler): Promise<Answer> {
  try {
    const context = { getRemainingTimeInMillis: () => 60_000, awsRequestId: 'r' } as Context;
    return (await handler(event, context)) as Answer;
  } catch {
    return { statusCode: 502, headers: {}, body: '{"message":"Internal Server Error"}' };
  }
}

function eventOf({ method = '', url = '/', headers }: IncomingMessage, body: Buffer): object {
  const [rawPath, rawQueryString = ''] = url.split('?');
  const isBase64Encoded = headers['content-encoding'] === 'gzip';
  return {
    version: '2.0',
    rawPath,
    rawQueryString,
    headers,
    requestContext: { requestId: crypto.randomUUID(), http: { method, path: rawPath, sourceIp: '127.0.0.1' } },
    body: body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  };
}

function count(body: string, statuses: Map<number, number>): void {
  const { items = [] } = JSON.parse(body) as { items?: readonly Readonly<Record<string, { status: number }>>[] };
  for (const item of items) {
    const [{ status }] = Object.values(item);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
}
