/** Sends lines of JSON to a node. */
import { type ClientOptions, sender } from '../../shared/sink/opensearch/client.ts';

export function lineSender(access: ClientOptions): (body: string, path?: string) => Promise<unknown> {
  const send = sender(access);
  return async (body, path = '/_bulk') => {
    const headers = { 'content-type': 'application/x-ndjson' };
    const exchange = { method: 'POST', path, body: Buffer.from(body), headers } as const;
    return (await send(exchange, 120_000, new AbortController().signal)).body;
  };
}
