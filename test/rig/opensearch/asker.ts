/** Asks a node what a test wants to know. */
import { type ClientOptions, sender } from '../../../shared/sink/opensearch/client.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** JSON in, JSON out. Throws the client's ResponseError. */
export function asker(options: ClientOptions): (method: Method, path: string, body?: object) => Promise<unknown> {
  const send = sender(options);
  return async (method, path, body) => {
    const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body));
    const answer = await send({ method, path, body: bytes, headers: {} }, 30_000, new AbortController().signal);
    return answer.body;
  };
}
