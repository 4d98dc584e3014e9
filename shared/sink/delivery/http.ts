/** One POST over a kept connection, by node:http(s): unlike `fetch` they take a private CA without a dependency. */
import * as http from 'node:http';
import * as https from 'node:https';
import { messageOf } from '../../errors.ts';

/** Bytes of an answer that are kept; a HEC's are below 200. */
const MAX_ANSWER = 65_536;

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

export interface Post {
  readonly url: URL;
  readonly headers: http.OutgoingHttpHeaders;
  readonly body: Uint8Array;
  /** Of the whole exchange. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** The request was sent in full and nobody knows what became of it: whoever sends it again may send it twice. */
export class AnswerLost extends Error {
  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
  }
}

/**
 * Makes a function that posts over its own pool of connections. `ca`: PEM of the authority to trust in place of the
 * system's; a server's certificate is always verified.
 * Throws AnswerLost, or whatever broke the exchange before the request was sent.
 */
export function poster(ca?: string): (post: Post) => Promise<Answer> {
  const agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true, ...(ca !== undefined && { ca }) }),
  };
  const freeSince: FreeSince = new WeakMap();
  for (const agent of Object.values(agents)) agent.on('free', (socket) => freeSince.set(socket, Date.now()));
  return (post) => exchange(post, agents[post.url.protocol as keyof typeof agents], freeSince);
}

/** Since when a connection is in the pool, epoch milliseconds: the clock that a frozen Lambda sets right when it thaws. */
type FreeSince = WeakMap<object, number>;

/** A server closes a connection that was idle for a while. One that was just in use broke for another reason. */
const IDLE_MS = 1_000;

function exchange(post: Post, agent: http.Agent, freeSince: FreeSince): Promise<Answer> {
  const { url, headers, body, timeoutMs } = post;
  const signal = AbortSignal.any([post.signal, AbortSignal.timeout(timeoutMs)]);
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': body.length },
      agent,
      signal,
    });
    let isSent = false;
    let idleMs = 0;
    request.on('socket', (socket) => {
      idleMs = request.reusedSocket ? Date.now() - (freeSince.get(socket) ?? 0) : 0;
    });
    request.on('finish', () => {
      isSent = true;
    });
    const fail = (error: unknown) => {
      const cause = signal.aborted ? signal.reason : error;
      reject(isSent ? new AnswerLost(cause) : cause);
    };
    request.on('response', (response) => {
      read(response).then((text) => resolve({ status: response.statusCode!, headers: response.headers, text }), fail);
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      // The server closed an idle connection just as it was taken from the pool: usual after a frozen Lambda thaws.
      if (idleMs > IDLE_MS && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) {
        exchange(post, agent, freeSince).then(resolve, reject);
      } else {
        fail(error);
      }
    });
    request.end(body);
  });
}

async function read(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (length < MAX_ANSWER) chunks.push(chunk);
    length += chunk.length;
  }
  return Buffer.concat(chunks).toString('utf8', 0, MAX_ANSWER);
}
