/** OpenSearch's `_bulk`, which keeps documents by index and id; what becomes of each is the test's to say. */
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type Fake, fake } from './server.ts';

// biome-ignore lint/suspicious/noExplicitAny: documents are asked for what tests know of them
type Any = any;

export interface FakeOpenSearch extends Fake {
  /** By `<index>/<id>`. */
  readonly documents: Map<string, Any>;
  /** How often each was created or refused as a repeat. */
  readonly repeats: string[];
  /** Requests so far. */
  requests: number;
  /** The status of a document, or undefined to keep it; by number of the request, from 1. */
  refuses: (request: number, document: Any, at: number) => number | undefined;
  /** Whether a request is cut before it is answered: `before` or `after` its documents were kept. */
  cuts: (request: number) => 'before' | 'after' | undefined;
  /** Every request gets this status. */
  status: number | undefined;
}

const opened = (encoding: string | undefined, body: Buffer): Buffer =>
  encoding === 'zstd' ? zstdDecompressSync(body) : gunzipSync(body);

export async function fakeOpenSearch(): Promise<FakeOpenSearch> {
  const server = await fake((request, response, body) => {
    const number = ++state.requests;
    if (state.status !== undefined) {
      response.writeHead(state.status, { 'content-type': 'application/json' });
      response.end('{"error":{"type":"unavailable","reason":"no"}}');
      return;
    }
    const cut = state.cuts(number);
    if (cut === 'before') return void request.socket.destroy();
    const lines = opened(request.headers['content-encoding'], body).toString().trimEnd().split('\n');
    const items = [];
    for (let at = 0; at < lines.length; at += 2)
      items.push(itemOf(number, JSON.parse(lines[at]), JSON.parse(lines[at + 1]), at / 2));
    if (cut === 'after') return void request.socket.destroy();
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ errors: true, items }));
  });
  function itemOf(number: number, action: Any, document: Any, at: number): object {
    const { _index, _id } = action.create;
    const key = `${_index}/${_id}`;
    const refused = state.refuses(number, document, at);
    const error = { type: 'es_rejected_execution_exception', reason: 'queue is full' };
    if (refused !== undefined)
      return {
        create: {
          status: refused,
          error: refused === 400 ? { type: 'mapper_parsing_exception', reason: 'bad' } : error,
        },
      };
    if (state.documents.has(key)) {
      state.repeats.push(key);
      return { create: { status: 409, error: { type: 'version_conflict_engine_exception', reason: 'exists' } } };
    }
    state.documents.set(key, document);
    return { create: { status: 201 } };
  }
  const state: FakeOpenSearch = {
    ...server,
    documents: new Map(),
    repeats: [],
    requests: 0,
    refuses: () => undefined,
    cuts: () => undefined,
    status: undefined,
  };
  return state;
}
