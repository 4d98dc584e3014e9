/** Ends a run: once all shards are complete, writes the manifest and points `current.json` to it. */
import type { Coverage, Current, Manifest, Summary } from '../../../shared/asset/model.ts';
import { CUSTOM } from '../custom/custom.ts';
import { inParallel } from '../discovery/parallel.ts';
import { uncoveredBy } from '../publish/uncovered.ts';
import { isProof } from '../state/merge.ts';
import type { Marker } from './commit.ts';
import { keys, type Open, type Plan, shardRegion } from './model.ts';
import type { Store } from './store.ts';

export interface Place {
  readonly account: string;
  readonly region: string;
}

/** Every account's region that this run lists or an earlier one knew, sorted. */
export function shardsOf({ units, blocked, custom }: Plan, previous: Manifest | undefined): readonly Place[] {
  const places = [
    ...units.map((unit) => ({ account: unit.account, region: shardRegion(unit) })),
    ...blocked.filter(({ region }) => region !== '*'),
    ...(custom ? [{ account: CUSTOM, region: 'global' }] : []),
    // a shard that nobody plans any more ends with its last asset
    ...(previous?.shards ?? []).filter(({ count }) => count > 0),
    // an account that could not be entered still has a coverage row
    ...blocked.filter(({ region }) => region === '*').map(({ account }) => ({ account, region: 'global' })),
  ];
  const byKey = new Map(places.map(({ account, region }) => [`${account}/${region}`, { account, region }]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, place]) => place);
}

export const previousManifest = async (
  store: Store,
  { previous }: Pick<Plan, 'previous'>,
): Promise<Manifest | undefined> =>
  previous === undefined ? undefined : (await store.read<Manifest>(previous))?.value;

/** Whether all shards of a run are there. Reads no more than their names. */
export async function isComplete(store: Store, { run, shards }: Pick<Plan, 'run' | 'shards'>): Promise<boolean> {
  return shards === undefined || (await store.keys(keys.shards(run))).length >= shards;
}

/**
 * Undefined: a shard is missing, or the run is finished, or another one has begun. `isLate`: missing shards are carried over from
 * the previous run. The run stays open until `close`, so that whatever follows is repeated if it fails.
 * Rejects with ReadError and DeliveryError.
 */
export async function finish(store: Store, run: string, isLate = false): Promise<Manifest | undefined> {
  const open = (await store.read<Open>(keys.open))?.value;
  if (open?.run !== run || open.finished) return undefined;
  const plan = (await store.read<Plan>(keys.plan(run)))?.value;
  if (plan === undefined) return undefined;
  if (!isLate && !(await isComplete(store, plan))) return undefined;
  const written = (await store.read<Manifest>(keys.manifest(run)))?.value;
  if (written !== undefined) {
    await pointTo(store, written);
    return written;
  }
  const previous = await previousManifest(store, plan);
  const places = shardsOf(plan, previous);
  const found = await inParallel(
    places,
    async ({ account, region }) => (await store.read<Marker>(keys.shard(run, account, region)))?.value,
  );
  if (!isLate && found.includes(undefined)) return undefined;
  const markers = found
    .map((marker, i) => marker ?? carriedOver(places[i], previous))
    .filter((marker) => marker !== undefined);
  const manifest = manifestOf(plan, markers, previous);
  const isFirst = await store.write(keys.manifest(run), manifest, 'new');
  const whole = isFirst ? manifest : (await store.read<Manifest>(keys.manifest(run)))!.value;
  await pointTo(store, whole);
  return whole;
}

function carriedOver({ account, region }: Place, previous: Manifest | undefined): Marker | undefined {
  const shard = previous?.shards.find((each) => each.account === account && each.region === region);
  if (previous === undefined || shard === undefined) return undefined;
  const rows = previous.coverage.filter((row) => row.account === account && row.region === region);
  const coverage = rows.map((row): Coverage => ({ ...row, status: 'not_run' }));
  return { ...shard, coverage, changes: 0, stale: shard.count };
}

function manifestOf(plan: Plan, markers: readonly Marker[], previous: Manifest | undefined): Manifest {
  const rows = new Map(markers.flatMap(({ coverage }) => coverage).map((row) => [row.scope, row]));
  const coverage = [...rows.values()].sort((a, b) => (a.scope < b.scope ? -1 : 1));
  return {
    version: 1,
    run: plan.run,
    at: plan.at,
    seq: plan.seq,
    ...(previous !== undefined && { previous: previous.run }),
    accounts: plan.accounts,
    shards: markers.map(({ account, region, key, sha256, bytes, count }) => ({
      ...{ account, region, key, sha256, bytes, count },
    })),
    coverage,
    summary: summaryOf(plan, markers, coverage, previous),
  };
}

function summaryOf(
  plan: Plan,
  markers: readonly Marker[],
  coverage: readonly Coverage[],
  previous: Manifest | undefined,
): Summary {
  const applying = coverage.filter(({ status }) => status !== 'not_applicable' && status !== 'region_disabled');
  const whole = applying.filter(({ status, missing = [] }) => isProof(status) && missing.length === 0);
  const oldest = coverage
    .filter(({ staleAssets = 0, lastOkAt }) => staleAssets > 0 && lastOkAt !== undefined)
    .map(({ lastOkAt }) => lastOkAt!)
    .sort()[0];
  const witnesses = markers.map(({ witness }) => witness).filter((witness) => witness !== undefined);
  const uncoveredTypes = witnesses.length < markers.length ? [] : uncoveredBy(witnesses);
  const ids = (accounts: Manifest['accounts'] = []) => accounts.map(({ id }) => id);
  const sum = (of: (marker: Marker) => number) => markers.reduce((total, marker) => total + of(marker), 0);
  return {
    scopes: coverage.length,
    okPercent: applying.length === 0 ? 100 : Math.floor((whole.length / applying.length) * 1000) / 10,
    assets: sum(({ count }) => count),
    stale: sum(({ stale }) => stale),
    changes: sum(({ changes }) => changes),
    ...(oldest !== undefined && { oldestAt: oldest }),
    ...(uncoveredTypes.length > 0 && { uncoveredTypes }),
    newAccounts: ids(plan.accounts).filter((id) => !ids(previous?.accounts).includes(id)),
    removedAccounts: ids(previous?.accounts).filter((id) => !ids(plan.accounts).includes(id)),
  };
}

/** Does not replace the pointer to a newer run. */
async function pointTo(store: Store, { run, seq }: Manifest): Promise<void> {
  const current: Current = { version: 1, run, seq, manifest: keys.manifest(run) };
  for (;;) {
    const former = await store.read<Current>(keys.current);
    if (former !== undefined && former.value.seq >= seq) return;
    if (await store.write(keys.current, current, former === undefined ? 'new' : { etag: former.etag })) return;
  }
}

/** The run is published. The next one may begin. */
export async function close(store: Store, run: string): Promise<void> {
  const open = await store.read<Open>(keys.open);
  if (open?.value.run !== run || open.value.finished) return;
  await store.write(keys.open, { ...open.value, finished: true }, { etag: open.etag });
}
