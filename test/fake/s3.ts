/** S3's GetObject and ListObjectsV2, path-style, for as much as a reader can tell, and a plain PutObject. */
import type { ServerResponse } from 'node:http';
import { type Fake, fake } from './server.ts';

export interface Stored {
  readonly bytes: Uint8Array;
  readonly etag?: string;
  /** Closes the connection after so many bytes of the object. */
  readonly cutAt?: number;
  /** Sends nothing more after so many bytes of the object, and keeps the connection. */
  readonly stallAt?: number;
  /** So many answers stall. Default: all. */
  stalls?: number;
  /** Answers with this error of S3 instead. */
  readonly error?: { readonly status: number; readonly code: string };
}

export interface S3 extends Fake {
  /** By `bucket/key`, older versions by `bucket/key?version`. */
  readonly objects: Map<string, Stored>;
  /** Asked for, as path and query. */
  readonly asked: string[];
  /** The header Range of each request for an object. */
  readonly ranges: (string | undefined)[];
  /** Who pays for it, by the request. */
  readonly payers: (string | undefined)[];
  /** Bytes of bodies handed to the socket. */
  sent: number;
  /** Connections that the client closed before the body's end. */
  abandoned: number;
}

export async function s3(): Promise<S3> {
  const objects = new Map<string, Stored>();
  const server = await fake(async (request, response, body) => {
    const url = new URL(request.url ?? '/', 'http://s3');
    if (request.method === 'PUT') {
      objects.set(decodeURIComponent(url.pathname).slice(1), { bytes: body });
      response.writeHead(200).end();
      return;
    }
    state.asked.push(decodeURIComponent(url.pathname) + url.search);
    if (url.searchParams.get('list-type') === '2') {
      list(response, objects, url);
      return;
    }
    state.ranges.push(request.headers.range);
    state.payers.push(request.headers['x-amz-request-payer'] as string | undefined);
    const version = url.searchParams.get('versionId');
    const stored = objects.get(decodeURIComponent(url.pathname).slice(1) + (version === null ? '' : `?${version}`));
    if (stored === undefined || stored.error !== undefined) refuse(response, stored?.error);
    else if (request.headers['if-none-match'] === `"${stored.etag ?? 'etag'}"`) response.writeHead(304).end();
    else if ((request.headers['if-match'] ?? `"${stored.etag ?? 'etag'}"`) !== `"${stored.etag ?? 'etag'}"`)
      refuse(response, { status: 412, code: 'PreconditionFailed' });
    else await send(response, stored, Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0), state);
  });
  const state: S3 = { ...server, objects, asked: [], ranges: [], payers: [], sent: 0, abandoned: 0 };
  return state;
}

const PAGE = 1000; // keys that S3 lists at most at once

function list(response: ServerResponse, objects: S3['objects'], url: URL): void {
  const bucket = url.pathname.split('/')[1];
  const prefix = `${bucket}/${url.searchParams.get('prefix') ?? ''}`;
  const after = url.searchParams.get('continuation-token') ?? '';
  const found = [...objects]
    .filter(([name]) => name.startsWith(prefix) && name > after)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const page = found.slice(0, Math.min(PAGE, Number(url.searchParams.get('max-keys') ?? PAGE)));
  const contents = page.map(([name, { bytes, etag = 'etag' }]) => {
    const key = name.slice(bucket.length + 1);
    return `<Contents><Key>${key}</Key><ETag>"${etag}"</ETag><Size>${bytes.length}</Size></Contents>`;
  });
  const isCut = page.length < found.length;
  const next = isCut ? `<NextContinuationToken>${page.at(-1)?.[0]}</NextContinuationToken>` : '';
  const body = `<IsTruncated>${isCut}</IsTruncated>${next}${contents.join('')}`;
  response.writeHead(200, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><ListBucketResult>${body}</ListBucketResult>`);
}

function refuse(response: ServerResponse, error = { status: 404, code: 'NoSuchKey' }): void {
  response.writeHead(error.status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${error.code}</Code><Message>no</Message></Error>`);
}

async function send(response: ServerResponse, stored: Stored, from: number, state: S3): Promise<void> {
  const { bytes, etag = 'etag', cutAt, stallAt, stalls = Number.POSITIVE_INFINITY } = stored;
  const range = from > 0 && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
  const headers = { 'content-length': bytes.length - from, etag: `"${etag}"`, 'content-type': 'text/plain', ...range };
  response.writeHead(from > 0 ? 206 : 200, headers);
  response.flushHeaders();
  const closed = new Promise<void>((resolve) => response.on('close', resolve));
  response.on('close', () => {
    if (!response.writableFinished) state.abandoned++;
  });
  const isStalled = stallAt !== undefined && stalls > 0;
  if (isStalled) stored.stalls = stalls - 1;
  const end = Math.max(from, (isStalled ? stallAt : cutAt) ?? bytes.length);
  for (let at = from; at < end && !response.destroyed; at += 65_536) {
    const part = bytes.subarray(at, Math.min(at + 65_536, end));
    state.sent += part.length;
    if (!response.write(part)) await Promise.race([closed, new Promise((resolve) => response.once('drain', resolve))]);
  }
  if (isStalled) return;
  if (cutAt === undefined) response.end();
  else response.socket?.end();
}
