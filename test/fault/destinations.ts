/**
 * An OpenSearch and a HEC of this machine that keep what arrives, as it arrived, and take nothing that the real ones would
 * not: what is no JSON, no UTF-8, or says a key twice.
 */
import { isUtf8 } from 'node:buffer';
import { type Fake, fake } from '../fake/server.ts';
import { decoded } from '../rig/opensearch/encoded.ts';

export interface Destinations extends Fake {
  /** Documents of `create`: their ids and texts, repeats included. */
  readonly documents: { readonly id: string; readonly text: string }[];
  /** Events as HEC got them. */
  readonly events: string[];
  /** What is wrong with requests as a whole. */
  readonly breaches: string[];
}

export async function destinations(): Promise<Destinations> {
  const server = await fake((request, response, body) => {
    const bytes = decoded(body, request.headers);
    if (!isUtf8(bytes)) state.breaches.push(`not UTF-8: ${request.url}`);
    const text = bytes.toString();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url?.startsWith('/_bulk') ? bulk(text, state) : hec(text, state)));
  });
  const state: Destinations = { ...server, documents: [], events: [], breaches: [] };
  return state;
}

function bulk(text: string, { documents, breaches }: Destinations): object {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.length % 2 !== 0) breaches.push('lines of a bulk request do not come in pairs');
  const items: object[] = [];
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const [kind, action] = Object.entries(parsed(lines[at], breaches) as Record<string, { _id: string }>)[0];
    parsed(lines[at + 1], breaches);
    const key = repeatedKey(lines[at + 1]);
    if (key !== undefined) {
      const reason = `Duplicate field '${key}'`;
      items.push({ [kind]: { status: 400, error: { type: 'mapper_parsing_exception', reason } } });
      continue;
    }
    if (kind === 'create') documents.push({ id: action._id, text: lines[at + 1] });
    items.push({ [kind]: { status: 201 } });
  }
  return { errors: items.some((item) => Object.values(item)[0].status > 299), items };
}

/** Events come one a line; what AWS wrote in one may have lines of its own. */
function hec(text: string, { events, breaches }: Destinations): object {
  for (const event of text.trimEnd().split(/\n(?=\{"time":")/)) {
    parsed(event, breaches);
    events.push(event);
  }
  return { text: 'Success', code: 0 };
}

function parsed(text: string, breaches: string[]): unknown {
  try {
    return JSON.parse(text);
  } catch {
    breaches.push(`no JSON: ${text.slice(0, 200)}`);
    return { create: {} };
  }
}

const TOKENS = /"((?:[^"\\]|\\.)*)"|[{}[\]:,]/gs;

/** OpenSearch's parser takes no object that says a key twice. In: JSON. */
export function repeatedKey(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  let last: string | undefined;
  for (const [token, inner] of text.matchAll(TOKENS)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':' && last !== undefined) {
      const keys = open.at(-1);
      if (keys?.has(last)) return last;
      keys?.add(last);
    }
    last = inner;
  }
  return undefined;
}
