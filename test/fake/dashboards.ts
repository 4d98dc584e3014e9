/**
 * OpenSearch Dashboards' API of saved objects, as strict as the real one where the bootstrap relies on it: the header against
 * forged requests, tenants, one file as a form, 200 with `success: false`, references that must exist.
 * https://docs.opensearch.org/latest/dashboards/management/saved-objects/
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SavedObject {
  readonly type: string;
  readonly id: string;
  attributes: Record<string, unknown>;
  readonly references: readonly { readonly type: string; readonly id: string; readonly name: string }[];
}

export interface Dashboards {
  readonly url: string;
  /** By tenant, then by `type:id`. */
  readonly tenants: Map<string, Map<string, SavedObject>>;
  /** How many objects each import had. */
  readonly imports: number[];
  stop(): Promise<void>;
}

const TYPES = ['index-pattern', 'visualization', 'search', 'dashboard'];

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export async function startDashboards(base: string): Promise<Dashboards> {
  const tenants: Dashboards['tenants'] = new Map();
  const imports: number[] = [];
  const server = createServer((request, response) => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
      response.end(JSON.stringify(body));
    };
    handled(request).then(
      (body) => answer(200, body),
      (error) => {
        const statusCode = error instanceof Refusal ? error.status : 500;
        answer(statusCode, { statusCode, error: 'refused', message: (error as Error).message });
      },
    );
  });

  async function handled(request: IncomingMessage): Promise<object> {
    const url = new URL(request.url!, 'http://dashboards');
    const body = await bytesOf(request);
    const { securitytenant: tenant = '__user__', 'osd-xsrf': xsrf } = request.headers;
    if (request.method !== 'POST') throw new Refusal(404, 'Not Found');
    if (xsrf === undefined) throw new Refusal(400, 'Request must contain a osd-xsrf header.');
    const name = String(tenant);
    if (!tenants.has(name)) tenants.set(name, new Map());
    const objects = tenants.get(name)!;
    if (url.pathname === `${base}/api/saved_objects/_bulk_get`) return bulkGet(objects, body);
    if (url.pathname !== `${base}/api/saved_objects/_import`) throw new Refusal(404, 'Not Found');
    for (const parameter of url.searchParams.keys()) {
      if (!['overwrite', 'createNewCopies'].includes(parameter)) {
        throw new Refusal(400, `[request query.${parameter}]: definition for this key is missing`);
      }
    }
    const lines = fileOf(request.headers['content-type'] ?? '', body);
    imports.push(lines.length);
    return imported(objects, lines, url.searchParams.get('overwrite') === 'true');
  }

  server.keepAliveTimeout = 120_000; // server.keepaliveTimeout of OpenSearch Dashboards
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tenants,
    imports,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function bytesOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function bulkGet(objects: ReadonlyMap<string, SavedObject>, body: string): object {
  const asked = JSON.parse(body) as { type: string; id: string }[];
  const saved_objects = asked.map(({ type, id }) => {
    const missing = { id, type, error: { statusCode: 404, error: 'Not Found', message: 'Saved object not found' } };
    return objects.get(`${type}:${id}`) ?? missing;
  });
  return { saved_objects };
}

/** The lines of the one file of a form. */
function fileOf(type: string, body: string): SavedObject[] {
  const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(type)?.[1];
  if (boundary === undefined) throw new Refusal(415, 'Unsupported Media Type');
  const [before, part, after, ...more] = body.split(`--${boundary}`);
  if (before !== '' || after !== '--\r\n' || more.length > 0)
    throw new Refusal(400, 'Invalid multipart payload format');
  const [, name, content] =
    /^\r\ncontent-disposition: form-data; name="file"; filename="([^"]+)"\r\n.*?\r\n\r\n(.*)\r\n$/is.exec(part) ?? [];
  if (name === undefined) throw new Refusal(400, '[request body.file]: expected value of type [Stream]');
  if (!name.endsWith('.ndjson')) throw new Refusal(400, `Invalid file extension .${name.split('.').at(-1)}`);
  return content
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as SavedObject);
}

function imported(objects: Map<string, SavedObject>, lines: readonly SavedObject[], overwrite: boolean): object {
  const given = new Set(lines.map(({ type, id }) => `${type}:${id}`));
  const errors = lines.flatMap(({ type, id, references }) => {
    if (!TYPES.includes(type)) return [{ id, type, error: { type: 'unsupported_type' } }];
    if (objects.has(`${type}:${id}`) && !overwrite) return [{ id, type, error: { type: 'conflict' } }];
    const lost = references.filter((to) => !given.has(`${to.type}:${to.id}`) && !objects.has(`${to.type}:${to.id}`));
    return lost.length === 0 ? [] : [{ id, type, error: { type: 'missing_references', references: lost } }];
  });
  const refused = new Set(errors.map(({ type, id }) => `${type}:${id}`));
  for (const each of lines) {
    const key = `${each.type}:${each.id}`;
    // as the real one gives it back: with a time and a version of its own
    const { type, id, attributes, references } = each;
    if (!refused.has(key)) objects.set(key, { type, id, attributes, references });
  }
  return {
    success: errors.length === 0,
    successCount: lines.length - errors.length,
    ...(errors.length > 0 && { errors }),
  };
}
