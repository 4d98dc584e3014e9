/** Asks a node of OpenSearch: JSON or NDJSON in, JSON out. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { Node } from '../../../rig/opensearch/opensearch.ts';

export type Rest = <T = unknown>(method: string, path: string, body?: object | string) => Promise<T>;

/** Rejects with the answer where it is no 2xx. */
export function rest({ url, username, password, caFile }: Node): Rest {
  const options = { ca: readFileSync(caFile, 'utf8'), auth: `${username}:${password}` };
  return <T>(method: string, path: string, body?: object | string) =>
    new Promise<T>((resolve, reject) => {
      const data = Buffer.from(typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body));
      const type = typeof body === 'string' ? 'application/x-ndjson' : 'application/json';
      const headers = { 'content-type': type, 'content-length': data.length };
      const asked = request(`${url}${path}`, { ...options, method, headers }, async (answer) => {
        const chunks: Buffer[] = [];
        for await (const chunk of answer) chunks.push(chunk as Buffer);
        const text = Buffer.concat(chunks).toString();
        if (answer.statusCode! < 300) resolve(JSON.parse(text) as T);
        else reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
      });
      asked.on('error', reject);
      asked.end(data);
    });
}

/** Indexes documents and makes them searchable. Rejects where one is refused. */
export async function index(
  ask: Rest,
  documents: Iterable<{ index: string; id?: string; source: unknown }>,
): Promise<void> {
  let lines: string[] = [];
  const flush = async () => {
    if (lines.length === 0) return;
    const { errors, items } = await ask<{ errors: boolean; items: object[] }>(
      'POST',
      '/_bulk',
      `${lines.join('\n')}\n`,
    );
    if (errors) throw new Error(JSON.stringify(items.find((item) => JSON.stringify(item).includes('"error"'))));
    lines = [];
  };
  for (const { index, id, source } of documents) {
    const raw = typeof source === 'string' ? source : JSON.stringify(source);
    lines.push(JSON.stringify({ index: { _index: index, _id: id } }), raw);
    if (lines.length >= 10_000) await flush();
  }
  await flush();
  await ask('POST', '/_refresh');
}
