/**
 * The ledger: one line for each object that was read, through Firehose into S3, where `npm run reconcile` looks for objects
 * that are in no line. `{"at":"2026-11-24T13:40:38.123Z","source":"flowlogs","uri":"s3://bucket/key@etag","read":200000}`
 */
import type { FirehoseClient } from '@aws-sdk/client-firehose';
import { messageOf } from '../../errors.ts';
import type { Ledger, Log } from '../../model.ts';
import { MAX_RECORDS, put } from './firehose.ts';

export interface LedgerOptions {
  readonly client: FirehoseClient;
  /** Name of the stream. */
  readonly stream: string;
  readonly log: Log;
}

/** Logs what could not be written; those objects are read again. */
export function ledger({ client, stream, log }: LedgerOptions): Ledger {
  let open: Buffer[] = [];
  return {
    put(entry) {
      open.push(Buffer.from(`${JSON.stringify({ at: new Date().toISOString(), ...entry })}\n`));
    },
    async flush(signal) {
      const lines = open;
      open = [];
      while (lines.length > 0) {
        const group = lines.splice(0, MAX_RECORDS);
        const fault = await refusal(() => put(client, stream, group, signal));
        if (fault !== undefined) log.warn('not in the ledger', { stream, objects: group.length, ...fault });
      }
    },
  };
}

async function refusal(ask: () => ReturnType<typeof put>): Promise<{ reason: string; error?: unknown } | undefined> {
  try {
    const { refused, reason } = await ask();
    return refused.length > 0 ? { reason: reason ?? 'refused' } : undefined;
  } catch (error) {
    return { reason: messageOf(error), error };
  }
}
