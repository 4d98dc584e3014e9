/**
 * Looks up one asset after an event, by its native id, and compares it like a run does. A change has the same id whether an
 * event or a run finds it first; the second one adds the actor, or nothing.
 */
import type { Actor, Asset, Change, Coverage, Current, Manifest, Status } from '../../../shared/asset/model.ts';
import { classify } from '../classify/classify.ts';
import type { Rules } from '../classify/owner.ts';
import { type ApiClient, callCounts } from '../discovery/apiclient.ts';
import type { Declaration } from '../discovery/declaration.ts';
import { isGone } from '../discovery/outcome.ts';
import { observe } from '../discovery/unit.ts';
import type { Marker } from '../run/commit.ts';
import { keys, type PlannedAccount, type Refresh } from '../run/model.ts';
import type { Store } from '../run/store.ts';
import { sha256 } from '../state/canonical.ts';
import { type MergeInput, mergeOne } from '../state/merge.ts';
import type { Seen } from '../state/record.ts';
import { INSTANCE, unasked } from '../state/systemsmanager.ts';
import { type RecentUpdate, recentUpdates, withUpdates } from './recent.ts';

export interface RefreshContext {
  readonly store: Store;
  readonly rules: Rules;
  readonly declaration: Declaration;
  readonly api: ApiClient;
  /** Time of the look-up. */
  readonly at: string;
}

/** Records to publish. */
export interface Refreshed {
  readonly run: string;
  readonly at: string;
  readonly place: { readonly account: string; readonly region: string };
  readonly assets: readonly Asset[];
  readonly changes: readonly Change[];
}

/** Undefined: nothing to publish. Rejects where AWS does not answer, so that the message is delivered again. */
export async function refresh(
  { account, region: where, nativeId, actor }: Refresh,
  { store, rules, declaration, api, at }: RefreshContext,
): Promise<Refreshed | undefined> {
  const region = declaration.scope === 'global' ? 'global' : where;
  const shard = await shardIn(store, account, region);
  if (shard === undefined) return undefined;
  const updates = await recentUpdates(store, account, region);
  const prior = withUpdates(shard.key ? ((await store.lines<Asset>(shard.key)) ?? []) : [], updates);
  const former = prior.find((asset) => asset.type === declaration.type && asset.nativeId === nativeId);
  const seen = await lookedUp(declaration, api, nativeId);
  const id = seen?.id ?? former?.id;
  if (id === undefined) return undefined;

  const { run, coverage: rows, accounts } = shard;
  const found = mergeOne(
    mergeInputOf({ run, at, account, region, prior, rows, accounts, rules }),
    id,
    seen,
    statusIn(rows),
  );
  const place = { account, region };
  if (found.changes.length === 0) {
    const changes = former === undefined ? [] : await withActor(former, actor, place, store);
    return changes.length === 0 ? undefined : { run, at, place, assets: [], changes };
  }
  const window = { notBefore: actor.time, notAfter: actor.time };
  const changes = found.changes.map((change) => ({ ...change, window, actor }));
  for (const asset of found.assets) {
    const of: RecentUpdate = { at, asset, changes: changes.filter((change) => change.asset.id === asset.id) };
    await store.write(keys.update(account, region, sha256(asset.id)), of);
  }
  return { run, at, place, assets: found.assets, changes };
}

interface KnownShard {
  readonly run: string;
  readonly key?: string | undefined;
  readonly coverage: readonly Coverage[];
  readonly accounts: readonly PlannedAccount[];
}

/**
 * The shard in the newest run: by its own marker, and by the manifest only where the run has none.
 * Undefined: no run is finished yet, or the account is not inventoried.
 */
async function shardIn(store: Store, account: string, region: string): Promise<KnownShard | undefined> {
  const current = (await store.read<Current>(keys.current))?.value;
  if (current === undefined) return undefined;
  const { run } = current;
  const marker = (await store.read<Marker>(keys.shard(run, account, region)))?.value;
  if (marker?.accounts?.some(({ id }) => id === account)) {
    return { run, key: marker.key, coverage: marker.coverage, accounts: marker.accounts };
  }
  const manifest = (await store.read<Manifest>(current.manifest))?.value;
  if (manifest === undefined || !manifest.accounts.some(({ id }) => id === account)) return undefined;
  const is = (each: { readonly account: string; readonly region: string }) =>
    each.account === account && each.region === region;
  const { accounts } = manifest;
  return { run, key: manifest.shards.find(is)?.key, coverage: manifest.coverage.filter(is), accounts };
}

async function lookedUp(declaration: Declaration, api: ApiClient, nativeId: string): Promise<Seen | undefined> {
  api.track(callCounts(), [...declaration.actions, ...(declaration.details ?? []).map(({ action }) => action)]);
  try {
    const [record] = (await declaration.find?.(api, nativeId)) ?? [];
    const seen = record === undefined ? undefined : await observe(record, declaration, api);
    return seen?.type === INSTANCE ? unasked(seen) : seen;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

const statusIn =
  (rows: readonly Coverage[]) =>
  (type: string): Status =>
    rows.find((row) => row.type === type)?.status ?? 'not_run';

interface Known {
  readonly run: string;
  readonly at: string;
  readonly account: string;
  readonly region: string;
  readonly prior: readonly Asset[];
  readonly rows: readonly Coverage[];
  readonly accounts: readonly PlannedAccount[];
  readonly rules: Rules;
}

function mergeInputOf({ rows, accounts: all, rules, ...known }: Known): MergeInput {
  const accounts = new Map(all.map((each) => [each.id, each]));
  const before = new Map(known.prior.map((asset) => [asset.id, asset]));
  return {
    ...known,
    seen: [],
    rows,
    before: new Map(rows.map((row) => [row.scope, row])),
    accounts,
    gone: new Set(),
    classify: (assets, statusOf) => classify(assets, statusOf, { rules, accounts, before }),
  };
}

/** Adds the actor to changes that a run found before the event arrived, of the asset and of exposures that it caused. */
async function withActor(
  { id, nativeId, change: last }: Asset,
  actor: Actor,
  { account, region }: Refreshed['place'],
  store: Store,
): Promise<readonly Change[]> {
  if (last === undefined) return [];
  const all = (await store.lines<Change>(keys.changes(last.run, account, region))) ?? [];
  const isIn = ({ window: { notBefore = '', notAfter } }: Change) => notBefore <= actor.time && actor.time <= notAfter;
  const isOf = (change: Change) =>
    last.ids.includes(change.id) ||
    (change.asset.id !== id && (change.exposure?.to.reasons ?? []).some((reason) => reason.includes(`:${nativeId} `)));
  return all
    .filter((change) => change.actor === undefined && isIn(change) && isOf(change))
    .map((change) => ({ ...change, actor }));
}
