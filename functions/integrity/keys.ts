/**
 * The public keys of CloudTrail, each region's own.
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListPublicKeys.html
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import {
  type CloudTrailClient,
  InvalidTimeRangeException,
  ListPublicKeysCommand,
  type PublicKey,
} from '@aws-sdk/client-cloudtrail';
import { ReadError } from '../../shared/errors.ts';

/**
 * The key with this fingerprint that signed at about this time (epoch milliseconds); undefined: CloudTrail has none.
 * Rejects with ReadError where CloudTrail can't be asked.
 */
export type Keys = (
  region: string,
  fingerprint: string,
  time: number,
  signal: AbortSignal,
) => Promise<KeyObject | undefined>;

const AROUND_MS = 2 * 3_600_000; // keys change, and digests are signed somewhat later than they end

/** Keys are kept while the environment lives. */
export function publicKeys(clientOf: (region: string) => Pick<CloudTrailClient, 'send'>): Keys {
  const kept = new Map<string, KeyObject>();
  return async (region, fingerprint, time, signal) => {
    const name = (of: string | undefined) => `${region} ${of}`;
    if (!kept.has(name(fingerprint))) {
      for (const key of await list(clientOf(region), region, time, signal)) {
        const value = keyOf(key);
        if (value !== undefined) kept.set(name(key.Fingerprint), value);
      }
    }
    return kept.get(name(fingerprint));
  };
}

async function list(
  client: Pick<CloudTrailClient, 'send'>,
  region: string,
  time: number,
  abortSignal: AbortSignal,
): Promise<PublicKey[]> {
  const range = { StartTime: new Date(time - AROUND_MS), EndTime: new Date(time + AROUND_MS) };
  const keys: PublicKey[] = [];
  let NextToken: string | undefined;
  try {
    do {
      const page = await client.send(new ListPublicKeysCommand({ ...range, NextToken }), { abortSignal });
      keys.push(...(page.PublicKeyList ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  } catch (cause) {
    // a time that somebody made up has no keys
    if (cause instanceof InvalidTimeRangeException) return [];
    throw new ReadError('the public keys of CloudTrail could not be read', { region }, cause);
  }
  return keys;
}

/** AWS promises PKCS #1, and shows an SPKI one in its own example. */
function keyOf({ Value }: PublicKey): KeyObject | undefined {
  for (const type of ['pkcs1', 'spki'] as const) {
    try {
      return createPublicKey({ key: Buffer.from(Value ?? []), format: 'der', type });
    } catch {
      // not this one; a key that is neither counts as one that CloudTrail does not have
    }
  }
  return undefined;
}
