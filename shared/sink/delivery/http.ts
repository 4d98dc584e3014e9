/** One POST over a kept connection, by node:http(s): unlike `fetch` they take a private CA without a dependency. */
import * as http from 'node:http';
import * as https from 'node:https';

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

/**
 * Makes a function that posts over its own pool of connections. `ca`: PEM of the authority to trust in place of the
 * system's; a server's certificate is always verified.
 * Throws whatever broke the exchange: then nobody knows whether the body was taken.
 */
export function poster(ca?: string): (post: Post) => Promise<Answer> {
  const agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true, ...(ca !== undefined && { ca }) }),
  };
  return (post) => exchange(post, agents[post.url.protocol as keyof typeof agents]);
}

function exchange(post: Post, agent: http.Agent): Promise<Answer> {
  const { url, headers, body, timeoutMs } = post;
  const signal = AbortSignal.any([post.signal, AbortSignal.timeout(timeoutMs)]);
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': body.length },
      agent,
      signal,
    });
    const fail = (error: unknown) => reject(signal.aborted ? signal.reason : error);
    request.on('response', (response) => {
      read(response).then((text) => resolve({ status: response.statusCode!, headers: response.headers, text }), fail);
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      // The server closed an idle connection just as it was taken from the pool: usual after a frozen Lambda thaws.
      if (request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) {
        exchange(post, agent).then(resolve, reject);
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
