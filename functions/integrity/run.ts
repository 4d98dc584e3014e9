/**
 * One run: the digests that have come since the last one are verified, what is wrong is delivered, and only then is it noted
 * that this was done. A run that fails anywhere leaves the rest to the next one; what it delivers again has the same ids.
 */

import { ReadError } from '../../shared/errors.ts';
import type { Body, Bytes, Item, Source } from '../../shared/model.ts';
import { collect, type Dependencies, type Outcome } from '../../shared/pipeline/collect.ts';
import { digestFolders } from './discover.ts';
import { recordOf } from './fault.ts';
import { type Known, type Verdict, verifyFolder } from './folder.ts';
import type { Order } from './order.ts';
import { parallel } from './parallel.ts';
import { type Folders, openState } from './state.ts';
import type { Check } from './verify.ts';

export interface Run extends Pick<Check, 'objects' | 'keys' | 'maxBytes'> {
  readonly source: Source<Bytes>;
  readonly tools: Dependencies;
  /** Fires early enough for what was found to be delivered. */
  readonly time: AbortSignal;
}

const AT_ONCE = 8; // folders; mostly it is waiting for S3

/** Throws ReadError where not all could be verified, after what could be was delivered and noted. */
export async function verify({ digests, state: at, graceMs, at: now }: Order, run: Run): Promise<Outcome[]> {
  const { objects, source, tools, time } = run;
  const { signal } = tools;
  const { bucket } = digests;
  const state = at === undefined ? undefined : await openState(objects, at.bucket, at.key, signal);
  const known = state?.folders ?? {};
  const found = await digestFolders(objects, bucket, digests.key, signal);
  const check = { ...run, now, graceMs, signal: time };
  const verdicts = await parallel(longestFirst(bucket, found, known), AT_ONCE, (folder) =>
    verifyFolder(bucket, folder, known[`${bucket}/${folder}`], check),
  );

  const faulty = verdicts.filter(({ faults }) => faults.length > 0);
  const outcomes = await collect(
    source,
    faulty.map((verdict) => itemOf(verdict, now)),
    tools,
  );
  const isDelivered = ({ folder }: Verdict) => outcomes.every(({ id, error }) => id !== folder || error === undefined);
  await state?.save({ ...known, ...Object.fromEntries(verdicts.filter(isDelivered).map(noted)) });
  report(verdicts, run);
  return outcomes;
}

/** Those just found and those known, the ones that have waited longest first: where time is short, each gets its turn. */
function longestFirst(bucket: string, found: readonly string[], known: Folders): string[] {
  const place = `${bucket}/`;
  const before = Object.keys(known).filter((name) => name.startsWith(place));
  const folders = [...new Set([...found, ...before.map((name) => name.slice(place.length))])];
  const waits = new Map(folders.map((folder) => [folder, oldest(known[place + folder])]));
  return folders.sort((a, b) => waits.get(a)! - waits.get(b)!);
}

const oldest = (known: Known | undefined): number =>
  Math.min(...Object.values(known?.chains ?? {}).map(({ last }) => last.end), Number.MAX_SAFE_INTEGER);

const noted = ({ bucket, folder, known }: Verdict): [string, Known] => [`${bucket}/${folder}`, known];

function itemOf({ bucket, folder, faults }: Verdict, detected: number): Item {
  async function* chunks() {
    for (const fault of faults) yield Buffer.from(`${recordOf(fault, detected)}\n`);
  }
  async function* bodies(): AsyncGenerator<Body> {
    yield { uri: `s3://${bucket}/${folder}`, chunks: chunks() };
  }
  return { id: folder, bodies };
}

/** Throws ReadError for what could not be verified. */
function report(verdicts: readonly Verdict[], { tools: { log, metrics }, time }: Run): void {
  const sum = (of: (verdict: Verdict) => number) => verdicts.reduce((total, verdict) => total + of(verdict), 0);
  const counts = { digests: sum(({ digests }) => digests), logFiles: sum(({ logFiles }) => logFiles) };
  const failed = verdicts.filter(({ error }) => error !== undefined);
  metrics.add('Digests', counts.digests);
  metrics.add('LogFiles', counts.logFiles);
  const faults = sum((verdict) => verdict.faults.length);
  log.info('digests verified', { folders: verdicts.length, ...counts, faults, failed: failed.length });
  if (failed.length === 0) return;
  if (time.aborted) throw new ReadError('the time was not enough for all digests', { folders: failed.length });
  for (const { folder, error } of failed) log.error('digests not verified', { folder, error });
  throw new ReadError('not all digests could be verified', { folders: failed.length });
}
