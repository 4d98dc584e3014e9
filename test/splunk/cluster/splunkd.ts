/**
 * Stands in for the splunkd of every node: records what playbooks ask for, and answers as the test says.
 * Splunk can't be redistributed. The paths and forms are those of its REST API reference.
 * https://docs.splunk.com/Documentation/Splunk/9.4.0/RESTREF/RESTcluster
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';

export interface Asked {
  readonly node: string;
  readonly method: string;
  /** Below /services/, without the query. */
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
  readonly authorization: string;
}
/** In: the call. Out: the `content` of the only entry, or a status. */
export type Answer = (asked: Asked) => object | number;

export interface Splunkd {
  /** Of an HTTP proxy: through it every name leads here. */
  readonly proxy: string;
  readonly asked: Asked[];
  stop(): Promise<void>;
}

/** In: the folder with `<node>.pem`, by which a node proves its name. */
export async function splunkd(certificates: string, answer: Answer): Promise<Splunkd> {
  const asked: Asked[] = [];
  const pem = (node: string): string => readFileSync(join(certificates, `${node}.pem`), 'utf8');
  const server = createTlsServer(
    {
      SNICallback: (node, done) => done(null, createSecureContext({ key: pem(node), cert: pem(node) })),
    },
    async (request, response) => {
      const call = await read(request);
      asked.push(call);
      const content = answer(call);
      response.writeHead(typeof content === 'number' ? content : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(typeof content === 'number' ? {} : { entry: [{ content }] }));
    },
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const proxy = createServer();
  const sockets = new Set<Socket>();
  proxy.on('connect', (_, client: Socket) => {
    const upstream = connect((server.address() as AddressInfo).port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  return {
    proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    asked,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all([server, proxy].map((each) => new Promise((done) => each.close(done))));
    },
  };
}

async function read(request: IncomingMessage): Promise<Asked> {
  let body = '';
  for await (const chunk of request) body += chunk;
  const { pathname } = new URL(request.url!, 'https://node');
  return {
    node: request.headers.host!.split(':')[0],
    method: request.method!,
    path: pathname.replace('/services/', ''),
    form: Object.fromEntries(new URLSearchParams(body)),
    authorization: request.headers.authorization ?? '',
  };
}
