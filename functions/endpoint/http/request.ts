/**
 * An HTTP request as Lambda gets it: from a function URL or an HTTP API (payload format 2.0), or from a load balancer.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#receive-event-from-load-balancer
 */
import { isRecord } from '../../../shared/input/message.ts';

export interface Request {
  readonly id: string;
  readonly method: string;
  /** Names between slashes, decoded; no empty ones. */
  readonly path: readonly string[];
  readonly isFolder: boolean;
  readonly query: URLSearchParams;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Of the sender, as AWS saw it. */
  readonly address: string;
  /** ARN of whom AWS has authenticated by SigV4. */
  readonly principal: string | undefined;
}

export interface Response {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** undefined: not an HTTP request. */
export function requestOf(event: unknown): Request | undefined {
  if (!isRecord(event) || !isRecord(event.requestContext)) return undefined;
  const { http, elb, requestId } = event.requestContext;
  if (!isRecord(http) && !isRecord(elb)) return undefined;
  const headers = headersOf(event.headers);
  const url = isRecord(http) ? String(event.rawPath ?? '/') : String(event.path ?? '/');
  return {
    id: String(requestId ?? headers['x-amzn-trace-id'] ?? 'request'),
    method: String(isRecord(http) ? http.method : event.httpMethod).toUpperCase(),
    path: namesOf(url),
    isFolder: url.endsWith('/'),
    query: isRecord(http)
      ? new URLSearchParams(String(event.rawQueryString ?? ''))
      : queryOf(event.queryStringParameters),
    headers,
    body: Buffer.from(String(event.body ?? ''), event.isBase64Encoded === true ? 'base64' : 'utf8'),
    address: isRecord(http) ? String(http.sourceIp ?? '') : lastOf(headers['x-forwarded-for']),
    principal: principalOf(event.requestContext.authorizer),
  };
}

function namesOf(path: string): readonly string[] {
  return path
    .split('/')
    .filter((name) => name !== '')
    .map(decoded);
}

/** A name with invalid encoding stays as it is and matches no route. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

const headersOf = (headers: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(isRecord(headers) ? headers : {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );

function queryOf(parameters: unknown): URLSearchParams {
  const pairs = Object.entries(isRecord(parameters) ? parameters : {});
  return new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, decoded(String(value))]));
}

/** A load balancer appends the address of its client; whatever is in front of it, the client has written. */
const lastOf = (addresses = ''): string => addresses.split(',').at(-1)!.trim();

function principalOf(authorizer: unknown): string | undefined {
  const iam = isRecord(authorizer) ? authorizer.iam : undefined;
  return isRecord(iam) && typeof iam.userArn === 'string' ? iam.userArn : undefined;
}
