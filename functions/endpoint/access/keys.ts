/**
 * API keys, as the secret holds them:
 * `{"keys":{"<id>":{"sha256":"<hex>","name":"web servers","indices":["filebeat-*"],"eventsPerSecond":1000,"expires":"2027-06-01T00:00:00.000Z"}}}`.
 * A key is 256 random bits, so that its SHA-256 can't be guessed back; a slow hash protects only what people think of.
 */
import { createHash, randomBytes } from 'node:crypto';
import { ConfigError } from '../../../shared/errors.ts';
import { isRecord } from '../../../shared/input/message.ts';

export interface StoredKey {
  /** Hexadecimal. */
  readonly sha256: string;
  readonly name: string;
  /** Names of indices that it may write to, with `*`. */
  readonly indices: readonly string[];
  readonly eventsPerSecond?: number;
  /** ISO 8601. Absent: never. */
  readonly expires?: string;
  readonly created?: string;
}

export type Keys = ReadonlyMap<string, StoredKey>;

export const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();

const KEY_BYTES = 32;
const ID_BYTES = 9;

/** A new key. The key itself is stored nowhere. */
export function newKey(entry: Omit<StoredKey, 'sha256'>): {
  readonly id: string;
  readonly key: string;
  readonly stored: StoredKey;
} {
  const key = randomBytes(KEY_BYTES).toString('base64url');
  return {
    id: randomBytes(ID_BYTES).toString('base64url'),
    key,
    stored: { sha256: hashOf(key).toString('hex'), ...entry },
  };
}

/** Throws ConfigError, which quotes nothing of the secret. */
export function keysIn(secret: string): Map<string, StoredKey> {
  const keys = membersOf(secret).keys;
  if (!isRecord(keys))
    throw new ConfigError('the secret of the endpoint is {"keys":{"<id>":{"sha256":…,"indices":[…]}}}');
  return new Map(
    Object.entries(keys).map(([id, entry]) => {
      if (!isStoredKey(entry)) throw new ConfigError('an API key of the endpoint is not as it should be', { id });
      return [id, entry];
    }),
  );
}

export const secretOf = (keys: Keys): string => JSON.stringify({ keys: Object.fromEntries(keys) });

function isStoredKey(entry: unknown): entry is StoredKey {
  if (!isRecord(entry)) return false;
  const { sha256, indices, eventsPerSecond = 1, expires } = entry;
  return (
    /^[0-9a-f]{64}$/.test(String(sha256)) &&
    Array.isArray(indices) &&
    indices.every((each) => typeof each === 'string') &&
    Number(eventsPerSecond) > 0 &&
    (expires === undefined || !Number.isNaN(Date.parse(String(expires))))
  );
}

function membersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {}; // the parser's message quotes the text
  }
}
