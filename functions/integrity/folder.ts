/**
 * The digests of one account in one region, and the log files that they vouch for. Each digest is verified once, after the
 * one before it; what was found out is in `Known`, so that the next run goes on from there.
 */
import { chainOf, isOverdue, type Last } from './chain.ts';
import { type Place, placeOf } from './digest.ts';
import type { Fault } from './fault.ts';
import { type Check, verifyDigest } from './verify.ts';

/** What earlier runs found out. */
export interface Known {
  readonly chains: Readonly<Record<string, Chain>>;
  /** Keys of digests that are through without being the newest of a chain: faulty ones and backfills. */
  readonly reported: readonly string[];
}

export interface Chain {
  readonly last: Last;
  /** That the next digest is late was reported. */
  readonly isLate?: boolean;
}

export interface Verdict {
  readonly bucket: string;
  /** `…/CloudTrail-Digest/<region>/` */
  readonly folder: string;
  readonly known: Known;
  readonly faults: readonly Fault[];
  /** Looked at, right or wrong. */
  readonly digests: number;
  readonly logFiles: number;
  /** Why it ended early; what was found out until then counts. */
  readonly error?: unknown;
}

const DAY = 86_400_000;
const WINDOW_MS = 3 * DAY; // how far back a trail just met is looked at, and a backfill may reach
const FORGOTTEN_MS = 7 * DAY; // a trail without digests for so long is gone

/** Never rejects: an error is in the verdict. */
export async function verifyFolder(
  bucket: string,
  folder: string,
  known: Known | undefined,
  check: Check,
): Promise<Verdict> {
  const { objects, now, graceMs, signal } = check;
  const chains = new Map(Object.entries(known?.chains ?? {}));
  const reported = new Set(known?.reported);
  const listed = new Set<string>();
  const faults: Fault[] = [];
  const count = { digests: 0, logFiles: 0 };

  /** Undefined: not now. */
  async function verified(place: Place, before: Last | undefined) {
    const result = await verifyDigest(bucket, place, { before, reported }, check);
    if (result === undefined || result === 'wait') return result;
    faults.push(...result.faults);
    count.digests++;
    count.logFiles += result.logFiles;
    return result;
  }

  /** Digest after digest, until one has to wait for the one before it. */
  async function follow(name: string, places: readonly Place[]): Promise<void> {
    const seen = timeOf(chains.get(name)?.last);
    for (const place of places.filter(({ key, time }) => time > seen && !reported.has(key))) {
      const result = await verified(place, chains.get(name)?.last);
      if (result === 'wait') return;
      if (result === undefined) continue; // gone since it was listed: the next one will name it
      if (result.last === undefined) reported.add(place.key);
      else chains.set(name, { last: result.last });
    }
    watch(name, places);
  }

  /** Tells once that nothing comes any more, and forgets a trail that is gone. */
  function watch(name: string, places: readonly Place[]): void {
    const chain = chains.get(name);
    if (chain === undefined) return;
    const newest = Math.max(chain.last.end, ...places.map(({ time }) => time));
    if (!isOverdue(newest, now, graceMs)) return;
    if (!chain.isLate) faults.push(lateFault(bucket, chain.last));
    if (now - newest > FORGOTTEN_MS) chains.delete(name);
    else chains.set(name, { ...chain, isLate: true });
  }

  async function verify(): Promise<void> {
    const keys = await objects.keys(bucket, folder, firstKey(folder, [...chains.values()], now), signal);
    for (const key of keys) listed.add(key);
    const places = keys.flatMap((key) => placeOf(key) ?? []).filter(({ time }) => time <= now);
    const { chain = [], backfill = [] } = Object.groupBy(places, ({ isBackfill }) =>
      isBackfill ? 'backfill' : 'chain',
    );
    const trails = Map.groupBy(chain, chainOf);
    for (const name of new Set([...chains.keys(), ...trails.keys()])) {
      await follow(
        name,
        (trails.get(name) ?? []).toSorted((a, b) => a.time - b.time),
      );
    }
    // How backfills follow each other is not documented: each is verified by itself.
    for (const place of backfill.filter(({ key }) => !reported.has(key))) {
      if ((await verified(place, undefined)) !== undefined) reported.add(place.key);
    }
  }

  let error: unknown;
  await verify().catch((thrown) => {
    error = thrown;
  });
  const kept = error === undefined ? [...reported].filter((key) => listed.has(key)) : [...reported];
  return { bucket, folder, known: { chains: Object.fromEntries(chains), reported: kept }, faults, ...count, error };
}

const timeOf = (last: Last | undefined): number => (last === undefined ? 0 : placeOf(last.key)!.time);

/** What sorts before the digests of the day of the newest one of the slowest chain, or before the window. */
function firstKey(folder: string, chains: readonly Chain[], now: number): string {
  const oldest = Math.min(now - WINDOW_MS, ...chains.map(({ last }) => last.end));
  return folder + new Date(oldest).toISOString().slice(0, 10).replaceAll('-', '/');
}

function lateFault(bucket: string, { key, end }: Last): Fault {
  const reason = 'none has come since; is the trail still logging?';
  return { kind: 'digest-late', bucket, key, by: placeOf(key)!, reason, start: end };
}
