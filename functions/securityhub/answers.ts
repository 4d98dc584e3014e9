/**
 * Findings by their update, the oldest first, as GetFindings answers: `{"Findings":[…],"NextToken":"…"}`, up to 100 each.
 * Asked without the SDK: that knows the fields of its own day only and would drop the others, and its schemas are 200 kB.
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindings.html
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ReadError } from '../../shared/errors.ts';
import { type KeyProvider, signer } from '../../shared/sink/delivery/sigv4.ts';
import { isObject } from '../../shared/transform/objects/compile.ts';

export interface Hub {
  readonly region: string;
  readonly credentials: KeyProvider;
  /** Instead of AWS's, `http://127.0.0.1:…`. */
  readonly endpoint?: string | undefined;
  /** Upper end of the first wait before another try. Default: 250. */
  readonly baseMs?: number;
}

export interface Window {
  /** Epoch milliseconds, the end not included. */
  readonly since: number;
  readonly until: number;
}

/** Security Hub is not enabled in this account and region. */
export class NotEnabled extends ReadError {}

const MAX_RESULTS = 100;

/** Throws NotEnabled, and ReadError where no other try helped. */
export async function* answers(hub: Hub, { since, until }: Window, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const [Start, End] = [since, until].map((ms) => new Date(ms).toISOString());
  let NextToken: unknown;
  do {
    const question = {
      Filters: { UpdatedAt: [{ Start, End }] },
      SortCriteria: [{ Field: 'UpdatedAt', SortOrder: 'asc' }],
      MaxResults: MAX_RESULTS,
      ...(NextToken !== undefined && { NextToken }),
    };
    const answer = await persist(hub, JSON.stringify(question), signal);
    yield answer;
    NextToken = tokenIn(answer);
  } while (NextToken !== undefined);
}

function tokenIn(answer: Uint8Array): unknown {
  const { NextToken } = JSON.parse(Buffer.from(answer).toString());
  return NextToken || undefined;
}

const ATTEMPTS = 8; // 3 questions a second are answered: others may ask too
const MAX_WAIT_MS = 8_000;

async function persist(hub: Hub, body: string, signal: AbortSignal): Promise<Uint8Array> {
  const { baseMs = 250 } = hub;
  for (let attempt = 1; ; attempt++) {
    const { status, bytes } = await ask(hub, body, signal);
    if (status === 200) return bytes;
    const code = codeIn(bytes);
    if (code === 'InvalidAccessException') throw new NotEnabled('Security Hub is not enabled', { region: hub.region });
    const mayPass = status === 429 || status >= 500;
    if (!mayPass || attempt === ATTEMPTS)
      throw new ReadError('Security Hub does not give its findings', { status, code });
    await sleep(Math.random() * Math.min(MAX_WAIT_MS, baseMs * 2 ** attempt), undefined, { signal });
  }
}

async function ask(hub: Hub, body: string, signal: AbortSignal) {
  const { region, credentials } = hub;
  const url = new URL(PATH, hub.endpoint ?? `https://securityhub.${region}.${suffixOf(region)}`);
  const unsigned = { method: 'POST', url, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
  const { host: _, ...headers } = await signer({ service: 'securityhub', region, credentials })(unsigned); // fetch sets it
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      signal,
    });
    return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) };
  } catch (cause) {
    signal.throwIfAborted();
    throw new ReadError('Security Hub could not be asked', { region }, cause);
  }
}

const PATH = '/findings';

/** https://docs.aws.amazon.com/general/latest/gr/sechub.html */
const suffixOf = (region: string): string => (region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com');

/** `{"Code":"InvalidAccessException","Message":"…"}`, or what a proxy before it says. */
function codeIn(bytes: Uint8Array): string | undefined {
  try {
    const error: unknown = JSON.parse(Buffer.from(bytes).toString());
    const code = isObject(error) ? (error.Code ?? error.__type ?? error.code) : undefined;
    return typeof code === 'string' ? code : undefined;
  } catch {
    return undefined; // its status has to be enough
  }
}
