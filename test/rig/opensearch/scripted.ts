/** A server that speaks as much of OpenSearch's `_bulk` as a sink needs, and fails on cue. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decoded } from './encoded.ts';

export interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** As it came over the wire. */
  readonly body: Buffer;
  /** The body in clear, by line. */
  readonly lines: readonly string[];
}

/** Answers one request. */
export type Turn = (request: Request, response: ServerResponse) => void;

export interface Scripted {
  readonly url: string;
  readonly requests: readonly Request[];
  stop(): Promise<void>;
}

/** Plays the turns in order, then accepts everything. */
export async function scripted(...turns: Turn[]): Promise<Scripted> {
  const requests: Request[] = [];
  const server = createServer((incoming, response) => {
    void received(incoming).then((request) => {
      requests.push(request);
      (turns.shift() ?? results())(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, stop };
}

async function received(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const lines = decoded(body, incoming.headers).toString().split('\n').slice(0, -1);
  return { method: incoming.method!, url: incoming.url!, headers: incoming.headers, body, lines };
}

/** An answer of the given status; objects as JSON. */
export function answer(status: number, body: string | object = '', headers: Record<string, string> = {}): Turn {
  return (_, response) => {
    const isText = typeof body === 'string';
    response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers });
    response.end(isText ? body : JSON.stringify(body));
  };
}

export interface Failure {
  readonly status: number;
  readonly type?: string;
  readonly reason?: string;
}

/** A 200 with one result per action: 201, but for the failures, by the number of their action. */
export function results(failures: Readonly<Record<number, Failure>> = {}, headers: Record<string, string> = {}): Turn {
  return ({ lines }, response) => {
    const items = Array.from({ length: lines.length / 2 }, (_, at) => {
      const [verb] = Object.keys(JSON.parse(lines[at * 2]) as object);
      const { status, ...error } = failures[at] ?? { status: verb === 'create' ? 201 : 200 };
      return { [verb]: { status, ...(status >= 300 && { error }) } };
    });
    answer(200, { errors: Object.keys(failures).length > 0, items }, headers)({} as Request, response);
  };
}

/** The connection breaks before an answer. */
export const cut: Turn = (_, response) => {
  response.socket?.destroy();
};

/** The connection breaks within the answer. */
export const truncated: Turn = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"errors":false,"items":[{"create":', () => response.socket?.destroy());
};

/** The answer begins and never ends. */
export const stalled: Turn = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"errors":false,');
};

/** Nothing is said at all. */
export const silent: Turn = () => {};
