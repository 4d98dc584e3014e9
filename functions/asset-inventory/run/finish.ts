/** Ends a run: once all shards are complete, writes the manifest and points `current.json` to it. */
import type { Coverage, Current, Manifest, Summary } from '../../../shared/asset/model.ts';
import { CUSTOM } from '../custom/custom.ts';
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
    ...(previous?.shards ?? []),
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

/**
 * Undefined: a shard is missing, or the run does not exist. `isLate`: missing shards are carried over from the previous run.
 * Rejects with ReadError and DeliveryError.
 */
export async function finish(store: Store, run: string, isLate = false): Promise<Manifest | undefined> {
  const plan = (await store.read<Plan>(keys.plan(run)))?.value;
  if (plan === undefined) return undefined;
  const previous = await previousManifest(store, plan);
  const places = shardsOf(plan, previous);
  if (!isLate && (await store.keys(keys.shards(run))).length < places.length) return undefined;
  const markers: Marker[] = [];
  for (const place of places) {
    const marker = (await store.read<Marker>(keys.shard(run, place.account, place.region)))?.value;
    const known = marker ?? carriedOver(place, previous);
    if (known !== undefined) markers.push(known);
  }
  const manifest = manifestOf(plan, markers, previous);
  await store.write(keys.manifest(run), manifest, 'new');
  await pointTo(store, manifest);
  await close(store, run);
  return manifest;
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
    shards: markers.map(({ coverage: _, changes: _c, stale: _s, witness: _w, ...shard }) => shard),
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

async function close(store: Store, run: string): Promise<void> {
  const open = await store.read<Open>(keys.open);
  if (open?.value.run !== run || open.value.finished) return;
  await store.write(keys.open, { ...open.value, finished: true }, { etag: open.etag });
}
