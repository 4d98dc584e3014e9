/** An OpenSearch and a HEC that take everything and keep nothing. They answer as the real ones would. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGunzip, createZstdDecompress } from 'node:zlib';

export interface Blackhole {
  readonly url: string;
  /** Documents of bulk requests. */
  documents(): number;
  stop(): Promise<void>;
}

export async function startBlackhole(): Promise<Blackhole> {
  let documents = 0;
  const server = createServer(async (request, response) => {
    const lines = await countLines(request);
    response.setHeader('content-type', 'application/json');
    if (!request.url?.includes('_bulk')) {
      response.end('{"text":"Success","code":0}');
      return;
    }
    documents += lines / 2;
    response.end(
      `{"errors":false,"items":[${Array(lines / 2)
        .fill('{"create":{"status":201}}')
        .join(',')}]}`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    documents: () => documents,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function countLines(request: IncomingMessage): Promise<number> {
  let lines = 0;
  const plain = request.headers['content-encoding'] === 'zstd' ? createZstdDecompress() : createGunzip();
  for await (const chunk of request.pipe(plain) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
  }
  return lines;
}
