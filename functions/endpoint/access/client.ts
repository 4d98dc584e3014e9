/** Who sends a request, by its `Authorization` header: `ApiKey base64(<id>:<key>)` as Beats have it, or Basic. */
import { timingSafeEqual } from 'node:crypto';
import type { Request } from '../http/request.ts';
import { hashOf, type Keys } from './keys.ts';

export interface Client {
  /** The id of its key, or its ARN. */
  readonly id: string;
  /** Names of indices that it may write to, with `*`. */
  readonly indices: readonly string[];
  readonly eventsPerSecond?: number | undefined;
}

/** How clients prove who they are. `basic`: API keys, also as user name and password. */
export type Auth = 'apikey' | 'basic' | 'iam';

const NOBODY = hashOf('');

/** undefined: the credentials are missing, unknown, wrong or expired. */
export function clientOf(request: Request, auth: Auth, keys: Keys, now: number): Client | undefined {
  if (auth === 'iam') return request.principal === undefined ? undefined : { id: request.principal, indices: ['*'] };
  const login = loginIn(request.headers.authorization ?? '', auth);
  const stored = keys.get(login?.id ?? '');
  // compared whether there is such a key or not: the time that it takes says nothing
  const isKey = timingSafeEqual(
    hashOf(login?.key ?? ''),
    stored === undefined ? NOBODY : Buffer.from(stored.sha256, 'hex'),
  );
  if (login === undefined || stored === undefined || !isKey) return undefined;
  if (stored.expires !== undefined && Date.parse(stored.expires) <= now) return undefined;
  return { id: login.id, indices: stored.indices, eventsPerSecond: stored.eventsPerSecond };
}

interface Login {
  readonly id: string;
  readonly key: string;
}

function loginIn(header: string, auth: Auth): Login | undefined {
  const [, scheme, code] = /^(apikey|basic) +([\w+/=-]+)$/i.exec(header) ?? [];
  if (code === undefined || (auth === 'apikey' && scheme.toLowerCase() === 'basic')) return undefined;
  const [, id, key] = /^([^:]+):(.+)$/s.exec(Buffer.from(code, 'base64').toString()) ?? [];
  return id === undefined ? undefined : { id, key };
}

/** Whether a client may write to an index. */
export const mayWrite = ({ indices }: Client, index: string): boolean =>
  indices.some((pattern) => fits(pattern, index));

function fits(pattern: string, index: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(index);
}
