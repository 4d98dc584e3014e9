/**
 * A proxy before the local AWS that knows what is asked: which account, region and action. It may answer in AWS's place.
 * In: what clients of the SDK send. Accounts are known by the sessions that passed through it.
 */
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Asked {
  readonly service: string;
  readonly region: string;
  /** Of the session; '' for the home account's own rights. */
  readonly account: string;
  /** `DescribeInstances`; of S3 and other REST services `GET /bucket?policy`. */
  readonly action: string;
  readonly userAgent: string;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Nothing comes for so long, then the connection breaks. */
  readonly silentMs?: number;
}

export interface Between {
  readonly url: string;
  readonly asked: Asked[];
  /** In AWS's place; undefined: AWS answers. */
  answer: (asked: Asked) => Answer | undefined;
  /** Changes AWS's own answer. */
  rewrite: (asked: Asked, text: string) => string;
  stop(): Promise<void>;
}

export async function between(target: string): Promise<Between> {
  const accounts = new Map<string, string>();
  const { hostname, port } = new URL(target);
  const proxy: Between = {
    url: '',
    asked: [],
    answer: () => undefined,
    rewrite: (_asked, text) => text,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    const asked = askedIn(incoming, body.toString(), accounts);
    proxy.asked.push(asked);
    const answer = proxy.answer(asked);
    if (answer !== undefined) {
      if (answer.silentMs !== undefined) setTimeout(() => outgoing.destroy(), answer.silentMs);
      else outgoing.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.body);
      return;
    }
    const { method, url: path, headers } = incoming;
    const onward = request({ hostname, port, method, path, headers }, async (response) => {
      const bytes = await buffer(response);
      if (asked.action === 'AssumeRole') report(accounts, bytes.toString());
      const { statusCode = 500 } = response;
      if (statusCode >= 500) outgoing.writeHead(400, { 'content-type': 'text/xml' }).end(UNKNOWN);
      else {
        const text = bytes.toString('latin1'); // a byte is a character, so an unchanged answer stays as it is
        const other = Buffer.from(proxy.rewrite(asked, text), 'latin1');
        const length = other.equals(bytes) ? {} : { 'content-length': other.length };
        outgoing.writeHead(statusCode, { ...response.headers, ...length }).end(other);
      }
    });
    onward.on('error', () => outgoing.destroy());
    onward.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(proxy, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

function askedIn({ method, url = '', headers }: IncomingMessage, body: string, accounts: Map<string, string>): Asked {
  const [, key = '', region = '', service = ''] =
    /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const target = String(headers['x-amz-target'] ?? '').split('.')[1];
  const action = /(?:^|&)Action=(\w+)/.exec(body)?.[1] ?? target ?? `${method} ${url}`;
  return { service, region, account: accounts.get(key) ?? '', action, userAgent: String(headers['user-agent']), body };
}

function report(accounts: Map<string, string>, answer: string): void {
  const [, key] = /<AccessKeyId>(\w+)</.exec(answer) ?? [];
  const [, account] = /<Arn>arn:aws:sts::(\d+):/.exec(answer) ?? [];
  if (key !== undefined && account !== undefined) accounts.set(key, account);
}

/** The local AWS breaks down over what it does not know: AWS would say that there is no such thing in this region. */
const UNKNOWN = '<Response><Errors><Error><Code>UnknownOperation</Code></Error></Errors></Response>';

/** As EC2 and other services of the query protocol say no. */
export const refusal = (code: string, message = code, status = 403): Answer => ({
  status,
  body: `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors></Response>`,
});

/** As IAM, STS and S3 do. */
export const restRefusal = (code: string, message = code, status = 403): Answer => ({
  status,
  body: `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});

export const s3Refusal = (code: string, message = code, status = 403): Answer => ({
  status,
  body: `<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
});
