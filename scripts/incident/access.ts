/**
 * The incident as the server access logs of the bucket with the exports saw it: the shop's own reports, strangers who are
 * refused, and one export after another read by the thief.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
 */

import { type LogObject, parts } from './object.ts';
import type { Rng } from './random.ts';
import { ACCOUNTS, ACTS, CUSTOMERS, database, EXPORTS, GUESSER, REGION } from './scenario.ts';

const OWNER = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';
const sessionOf = (role: string, session: string) => `arn:aws:sts::${ACCOUNTS.data}:assumed-role/${role}/${session}`;

interface Request {
  readonly at: number;
  readonly ip: string;
  /** Empty: the request is not signed. */
  readonly requester: string;
  readonly operation: 'REST.GET.OBJECT' | 'REST.PUT.OBJECT' | 'REST.GET.BUCKET';
  readonly key: string;
  readonly status: number;
  readonly error?: string;
  readonly bytes: number;
  readonly agent: string;
}

/** In: epoch seconds of the story's first moment. */
export function accessObjects(start: number, rng: Rng): readonly LogObject[] {
  const requests = [...reports(start, rng), ...strangers(start, rng), ...theft(start, rng)];
  const lines = requests.toSorted((a, b) => a.at - b.at).map((request) => line(request, rng));
  const [year, month, day, hour, minute, second] = parts(start + ACTS.end);
  const key = `${EXPORTS}/${year}-${month}-${day}-${hour}-${minute}-${second}-${rng.hex(16).toUpperCase()}`;
  const body = Buffer.from(`${lines.join('\n')}\n`);
  return [{ key, body, source: 's3access', records: lines.length, broken: 0, heldBack: 0 }];
}

/** A job writes a report each minute. */
const reports = (start: number, rng: Rng): Request[] =>
  Array.from({ length: 58 }, (_, i) => ({
    at: start + 60 * (i + 1),
    ip: database.ip,
    requester: sessionOf('reports', 'hourly'),
    operation: 'REST.PUT.OBJECT',
    key: `reports/${String(i).padStart(2, '0')}.csv`,
    status: 200,
    bytes: rng.between(4_000, 20_000),
    agent: 'Boto3/1.40.0',
  }));

/** Unsigned requests are refused; some name keys that do not exist. */
const strangers = (start: number, rng: Rng): Request[] =>
  Array.from({ length: 30 }, (_, i) => {
    const isGuess = i % 3 === 0;
    return {
      at: start + ACTS.guess + i * 8,
      ip: isGuess ? GUESSER : rng.of(CUSTOMERS),
      requester: '',
      operation: isGuess ? 'REST.GET.BUCKET' : 'REST.GET.OBJECT',
      key: isGuess ? '' : `backup-${i}.zip`,
      status: i % 5 === 4 ? 404 : 403,
      error: i % 5 === 4 ? 'NoSuchKey' : 'AccessDenied',
      bytes: 243,
      agent: 'curl/8.5.0',
    };
  });

const theft = (start: number, rng: Rng): Request[] =>
  Array.from({ length: 61 }, (_, i) => ({
    at: start + ACTS.theft + i * 12,
    ip: database.ip,
    requester: sessionOf('orders-admin', 'backup'),
    operation: i === 0 ? 'REST.GET.BUCKET' : 'REST.GET.OBJECT',
    key: i === 0 ? '' : `2026/orders-${String(i).padStart(3, '0')}.csv`,
    status: 200,
    bytes: i === 0 ? 9_000 : rng.between(400_000, 900_000),
    agent: 'aws-cli/2.31.0',
  }));

function line({ at, ip, requester, operation, key, status, error, bytes, agent }: Request, rng: Rng): string {
  const [, method] = operation.split('.');
  const isSigned = requester !== '';
  const target = `/${key}${operation === 'REST.GET.BUCKET' ? '?list-type=2' : ''}`;
  return [
    OWNER,
    EXPORTS,
    `[${timeOf(at)}]`,
    ip,
    requester || '-',
    rng.hex(16).toUpperCase(),
    operation,
    key || '-',
    `"${method} ${target} HTTP/1.1"`,
    status,
    error ?? '-',
    bytes,
    operation === 'REST.GET.OBJECT' && status === 200 ? bytes : '-',
    rng.between(8, 90),
    rng.between(4, 7),
    '"-"',
    `"${agent}"`,
    '-',
    rng.hex(40),
    isSigned ? 'SigV4' : '-',
    'TLS_AES_128_GCM_SHA256',
    isSigned ? 'AuthHeader' : '-',
    `${EXPORTS}.s3.${REGION}.amazonaws.com`,
    'TLSv1.3',
    '-',
    '-',
    REGION,
  ].join(' ');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `24/Nov/2026:13:40:38 +0000` */
function timeOf(at: number): string {
  const [year, month, day, hour, minute, second] = parts(at);
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${hour}:${minute}:${second} +0000`;
}
