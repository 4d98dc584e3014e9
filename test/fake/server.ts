/** An HTTP server of this machine that plays a service until the test ends it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Fake {
  readonly endpoint: string;
  stop(): Promise<void>;
}

export type Play = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void | Promise<void>;

export async function fake(play: Play): Promise<Fake> {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    await play(request, response, Buffer.concat(parts));
  });
  server.keepAliveTimeout = 0; // a client that uses an idle connection just as it is closed sees a reset
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What an AWS client needs to speak to a fake. */
export const clientOf = ({ endpoint }: Fake) => ({
  endpoint,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
  maxAttempts: 1,
});
