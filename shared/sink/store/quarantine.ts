/**
 * Rejects, kept: one JSON line each (reject.ts) through a Firehose stream into the quarantine bucket, or into a file.
 * https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { FirehoseClient } from '@aws-sdk/client-firehose';
import { DeliveryError } from '../../errors.ts';
import type { Log, Quarantine } from '../../model.ts';
import { MAX_RECORD, MAX_RECORDS, MAX_REQUEST, put } from './firehose.ts';
import { lines } from './reject.ts';

export interface QuarantineOptions {
  readonly client: FirehoseClient;
  /** Name of the stream. */
  readonly stream: string;
  /** Of this project. */
  readonly version: string;
  readonly log: Log;
  /** Upper end of the first wait. */
  readonly baseMs?: number;
}

const MAX_WAITING = 64 << 20; // more rejects than Firehose takes meanwhile: the items come again instead
const ATTEMPTS = 6;
const BASE_MS = 200;

/**
 * `put` sends full batches in the background, one after another; `flush` waits for all of them.
 * Throws DeliveryError at `flush` where not every reject since the last one was kept.
 */
export function quarantine(options: QuarantineOptions): Quarantine {
  const { version } = options;
  let open: Buffer[] = [];
  let openBytes = 0;
  let waitingBytes = 0;
  let sending = Promise.resolve();
  let fault: unknown;
  let abort = new AbortController();

  function dispatch(): void {
    const batch = open;
    const bytes = openBytes;
    const { signal } = abort;
    open = [];
    openBytes = 0;
    sending = sending
      .then(() => (fault === undefined ? send(batch, options, signal) : undefined))
      .catch((error) => {
        fault ??= error; // thrown by flush
      })
      .finally(() => {
        waitingBytes -= bytes;
      });
  }

  return {
    put(reject) {
      if (fault !== undefined) return; // all since the last flush come again
      for (const line of lines(reject, version, MAX_RECORD)) {
        if (open.length === MAX_RECORDS || openBytes + line.length > MAX_REQUEST) dispatch();
        open.push(line);
        openBytes += line.length;
        waitingBytes += line.length;
      }
      if (waitingBytes > MAX_WAITING) {
        fault = new DeliveryError('more rejects than the quarantine can take in time', { stream: options.stream });
      }
    },
    async flush(signal) {
      const stop = () => abort.abort(signal.reason);
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop);
      dispatch();
      await sending;
      signal.removeEventListener('abort', stop);
      const failure = fault;
      fault = undefined;
      abort = new AbortController();
      if (failure !== undefined) throw failure;
    },
  };
}

/** Sends lines until each is taken: those that Firehose refuses inside a good answer are sent again, and only those. */
async function send(batch: readonly Buffer[], options: QuarantineOptions, signal: AbortSignal): Promise<void> {
  const { client, stream, log, baseMs = BASE_MS } = options;
  let left = batch;
  for (let attempt = 1; left.length > 0; attempt++) {
    const { refused, reason } = await put(client, stream, left, signal);
    left = refused.map((at) => left[at]);
    if (left.length === 0) return;
    const fields = { stream, records: left.length, attempt, reason };
    if (attempt === ATTEMPTS) throw new DeliveryError('Firehose did not take all rejects', fields);
    log.warn('rejects sent again', fields);
    await wait(Math.random() * baseMs * 2 ** (attempt - 1), undefined, { signal }).catch((cause) => {
      throw new DeliveryError('no time left to keep all rejects', fields, cause);
    });
  }
}

const FILE_BUFFER = 1 << 20;

/** Appends to `<folder>/quarantine.ndjson`, for dry runs. Throws what the file system throws. */
export function fileQuarantine(folder: string, version: string): Quarantine {
  let open: Buffer[] = [];
  let openBytes = 0;

  function write(): void {
    if (open.length === 0) return;
    mkdirSync(folder, { recursive: true });
    appendFileSync(join(folder, 'quarantine.ndjson'), Buffer.concat(open));
    open = [];
    openBytes = 0;
  }

  return {
    put(reject) {
      for (const line of lines(reject, version)) {
        open.push(line);
        openBytes += line.length;
      }
      if (openBytes > FILE_BUFFER) write();
    },
    async flush() {
      write();
    },
  };
}
