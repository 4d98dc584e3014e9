/** Signature Version 4 computed step by step as AWS describes it, without the library that signs. */
import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** A request as it arrived. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();

/** Names of the headers that a signature covers, as they stand there. */
export const signedHeaders = ({ authorization }: IncomingHttpHeaders): string =>
  /SignedHeaders=([^,]+)/.exec(authorization!)![1];

/**
 * The Authorization header of a request that was signed with the headers it names.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function authorization(
  { method, url, headers, body }: Received,
  key: { accessKeyId: string; secretAccessKey: string; region: string; service: string },
): string {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const query = [...searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  const signed = signedHeaders(headers);
  const lines = signed.split(';').map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}\n`);
  const request = [method, pathname, query.join('&'), lines.join(''), signed, sha256(body)].join('\n');
  const date = String(headers['x-amz-date']);
  const scope = `${date.slice(0, 8)}/${key.region}/${key.service}/aws4_request`;
  const secret = scope.split('/').reduce<string | Buffer>((k, part) => hmac(k, part), `AWS4${key.secretAccessKey}`);
  const signature = hmac(secret, ['AWS4-HMAC-SHA256', date, scope, sha256(request)].join('\n')).toString('hex');
  return `AWS4-HMAC-SHA256 Credential=${key.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
}
