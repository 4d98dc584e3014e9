/** S3 as one who looks after its objects sees it: listing in pages, metadata, reading, writing under conditions. Path-style. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Fake, fake } from './server.ts';

export interface Kept {
  readonly bytes: Uint8Array;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** When it came. */
  readonly modified?: string;
}

export interface Buckets extends Fake {
  /** By `bucket/key`. */
  readonly objects: Map<string, Kept>;
  /** Method and path with query of each request. */
  readonly asked: string[];
  /** Of a page of a listing. */
  pageSize: number;
  /** Errors to answer with instead, by `bucket/key` or, for listing, `?bucket/prefix`. */
  readonly errors: Map<string, { readonly status: number; readonly code: string }>;
  /** Closes the connection after so many bytes of an object, by `bucket/key`. */
  readonly cuts: Map<string, number>;
}

export async function buckets(): Promise<Buckets> {
  const server = await fake((request, response, body) => {
    const url = new URL(request.url ?? '/', 'http://s3');
    const path = decodeURIComponent(url.pathname).slice(1);
    state.asked.push(`${request.method} ${path}${url.search}`);
    const listing = url.searchParams.get('list-type') === '2';
    const error = state.errors.get(listing ? `?${bucketOf(path)}/${url.searchParams.get('prefix')}` : path);
    if (error !== undefined) refuse(response, error.status, error.code);
    else if (listing) list(bucketOf(path), url.searchParams, state, response);
    else if (request.method === 'PUT') put(path, request, body, state, response);
    else if (request.method === 'DELETE') remove(path, state, response);
    else get(path, state, response);
  });
  const state: Buckets = {
    ...server,
    objects: new Map(),
    asked: [],
    pageSize: 1000,
    errors: new Map(),
    cuts: new Map(),
  };
  return state;
}

const bucketOf = (path: string): string => path.split('/')[0];

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>no</Message></Error>`);
}

const etagOf = ({ bytes }: Kept): string => `"${createHash('md5').update(bytes).digest('hex')}"`;

function get(path: string, { objects, cuts }: Buckets, response: ServerResponse): void {
  const kept = objects.get(path);
  if (kept === undefined) {
    refuse(response, 404, 'NoSuchKey');
    return;
  }
  const metadata = Object.entries(kept.metadata ?? {}).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  response.writeHead(200, {
    'content-length': kept.bytes.length,
    etag: etagOf(kept),
    ...Object.fromEntries(metadata),
  });
  const cut = cuts.get(path);
  if (cut === undefined) response.end(kept.bytes);
  else response.write(kept.bytes.subarray(0, cut), () => response.socket?.end());
}

function put(path: string, { headers }: IncomingMessage, body: Buffer, { objects }: Buckets, response: ServerResponse) {
  const kept = objects.get(path);
  const isNew = headers['if-none-match'] !== '*' || kept === undefined;
  const isSame = headers['if-match'] === undefined || (kept !== undefined && etagOf(kept) === headers['if-match']);
  if (!isNew || !isSame) return refuse(response, 412, 'PreconditionFailed');
  objects.set(path, { bytes: body });
  response.writeHead(200, { etag: etagOf({ bytes: body }) });
  response.end();
}

function remove(path: string, { objects }: Buckets, response: ServerResponse): void {
  objects.delete(path);
  response.writeHead(204).end(); // whether it was there or not
}

const about = (kept: Kept): string =>
  `<Size>${kept.bytes.length}</Size><ETag>${etagOf(kept)}</ETag><LastModified>${kept.modified ?? '2026-11-24T12:00:00.000Z'}</LastModified>`;

/** In the order of their bytes, as S3 does. */
function list(bucket: string, asked: URLSearchParams, { objects, pageSize }: Buckets, response: ServerResponse): void {
  const prefix = asked.get('prefix') ?? '';
  const delimiter = asked.get('delimiter');
  const after = asked.get('continuation-token') ?? asked.get('start-after') ?? '';
  const most = Math.min(pageSize, Number(asked.get('max-keys') ?? pageSize));
  const keys = [...objects.keys()]
    .filter((path) => bucketOf(path) === bucket)
    .map((path) => path.slice(bucket.length + 1));
  const entries = keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
      return end < 0 ? { key } : { folder: key.slice(0, end + 1) };
    });
  const names = [...new Set(entries.map(({ key, folder }) => key ?? folder!))].filter((name) => name > after).sort();
  const page = names.slice(0, most);
  const isFolder = (name: string) => entries.some(({ folder }) => folder === name);
  const xml = page.map((name) =>
    isFolder(name)
      ? `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`
      : `<Contents><Key>${name}</Key>${about(objects.get(`${bucket}/${name}`)!)}</Contents>`,
  );
  const isCut = page.length < names.length;
  const next = isCut ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
  response.writeHead(200, { 'content-type': 'application/xml' });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><IsTruncated>${isCut}</IsTruncated>${xml.join('')}${next}</ListBucketResult>`,
  );
}
