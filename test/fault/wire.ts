/**
 * A wire of this machine that is cut, for tests: TCP in, TCP out, so that what speaks TLS end to end can be broken too, in
 * its handshake or later. Faults belong to connections: a client that keeps one meets one fault.
 * @example
 * const wire = await startWire(hec.url);
 * wire.script({ cutRequest: 200 }); // the next connection breaks in its handshake
 */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What becomes of one connection. `{}`: it passes. */
export interface WireFault {
  /** So many bytes go to the target, then both ends break. */
  readonly cutRequest?: number;
  /** So many bytes come from the target, then both ends break. */
  readonly cutAnswer?: number;
  /** Nothing comes from the target, and nothing breaks. */
  readonly isSilent?: boolean;
}

export interface Wire {
  /** The target's, at the wire's own port. */
  readonly url: string;
  /** Appends faults for the next connections, one each; all others pass. */
  script(...faults: readonly WireFault[]): void;
  /** Connections made. */
  count(): number;
  stop(): Promise<void>;
}

export async function startWire(target: string): Promise<Wire> {
  const { hostname, port } = new URL(target);
  const faults: WireFault[] = [];
  const sockets = new Set<Socket>();
  let count = 0;

  const server = createServer((near) => {
    count++;
    const { cutRequest, cutAnswer, isSilent } = faults.shift() ?? {};
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.once('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
      socket.on('error', () => {}); // it closes, and that is told
    }
    joined(near, far, cutRequest);
    if (isSilent === true) far.resume();
    else joined(far, near, cutAnswer);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));

  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.origin,
    script: (...more) => void faults.push(...more),
    count: () => count,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function joined(from: Socket, to: Socket, cut?: number): void {
  if (cut === undefined) return void from.pipe(to);
  let left = cut;
  from.on('data', (chunk) => {
    const part = chunk.subarray(0, left);
    left -= part.length;
    to.write(part, () => {
      if (left === 0) to.destroy();
    });
  });
}
