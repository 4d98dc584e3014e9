/**
 * Commits one account's region at the end of a run: merges the parts with the previous shard into a new shard, its changes,
 * and the records to publish. Idempotent: until the marker is written, every call makes the same result; afterwards none.
 */
import {
  type Asset,
  type Change,
  type Coverage,
  isViewOfInstance,
  type Manifest,
  type Shard,
} from '../../../shared/asset/model.ts';
import { classify } from '../classify/classify.ts';
import type { Rules } from '../classify/owner.ts';
import { CUSTOM } from '../custom/custom.ts';
import { recentUpdates, withUpdates } from '../events/recent.ts';
import { TAGGED, type Witness, witnessOf } from '../publish/uncovered.ts';
import { lineOf, sha256, textOf } from '../state/canonical.ts';
import { type Doubt, type Merged, type MergeInput, merge, unconfirmed } from '../state/merge.ts';
import { systemsManagerStatus, withSystemsManager } from '../state/systemsmanager.ts';
import { keys, type Plan, type PlannedAccount } from './model.ts';
import { foundIn } from './parts.ts';
import { packed, type Store } from './store.ts';

/** `runs/<run>/shards/<account>/<region>.json`: the shard is complete, and its records were delivered. */
export interface Marker extends Shard {
  readonly coverage: readonly Coverage[];
  readonly changes: number;
  readonly stale: number;
  /** Start of the run, and the accounts of its assets: whoever reads the shard needs no manifest. */
  readonly at?: string;
  readonly accounts?: readonly PlannedAccount[];
  /** Absent: carried over from the previous run. */
  readonly witness?: Witness;
}

export interface Committing {
  readonly store: Store;
  readonly rules: Rules;
  /** Returns the ids of those assets that AWS no longer knows. */
  confirmGone(account: string, region: string, doubts: readonly Doubt[]): Promise<ReadonlySet<string>>;
}

/** The new shard and the records to publish. */
export interface Committed {
  readonly marker: Marker;
  /** Assets to publish: the changed ones or, once a day, all. The same holds for rows of the coverage report. */
  readonly assets: readonly Asset[];
  readonly changes: readonly Change[];
  readonly coverage: readonly Coverage[];
  readonly plan: Plan;
  /** Keys of recent updates that the shard now contains. */
  readonly updates: readonly string[];
}

/** With more vanished assets than this, none is confirmed by a call of its own: the next run decides. */
const MAX_PROOFS = 50;

/** Undefined: one of its units is not done, or the shard is committed already. */
export async function commit(
  run: string,
  account: string,
  region: string,
  { store, rules, confirmGone }: Committing,
): Promise<Committed | undefined> {
  if ((await store.read(keys.shard(run, account, region))) !== undefined) return undefined;
  const plan = (await store.read<Plan>(keys.plan(run)))?.value;
  if (plan === undefined) return undefined;
  const found = await foundIn(store, plan, account, region);
  if (found === undefined) return undefined;

  const { asset: listed = [], witness: tagged = [] } = Object.groupBy(found.seen, ({ type }) =>
    type === TAGGED ? 'witness' : 'asset',
  );
  const { status, code } = systemsManagerStatus(found.rows);
  const seen = withSystemsManager(listed, status, code);
  const previous = await previousOf(store, plan, account, region);
  const updates = await recentUpdates(store, account, region);
  const prior = withUpdates(previous.assets, updates).filter((asset) => !isViewOfInstance(asset));
  const accounts = new Map(plan.accounts.map((each) => [each.id, each]));
  const before = new Map(prior.map((asset) => [asset.id, asset]));
  const input: MergeInput = {
    run,
    at: plan.at,
    account,
    region,
    prior,
    seen,
    rows: found.rows,
    before: new Map(previous.coverage.map((row) => [row.scope, row])),
    accounts,
    gone: new Set(),
    classify: (assets, statusOf) => classify(assets, statusOf, { rules, accounts, before }),
  };
  const doubts = unconfirmed(input);
  const gone = doubts.length > MAX_PROOFS ? new Set<string>() : await confirmGone(account, region, doubts);
  const merged = merge({ ...input, gone });
  const changes = [...merged.changes, ...updates.flatMap((each) => each.changes)];
  const shard = await kept(store, run, account, region, { ...merged, changes });
  const owners = new Set([account, ...merged.assets.map((asset) => asset.account.id)]);
  const marker: Marker = {
    ...shard,
    at: plan.at,
    accounts: plan.accounts.filter(({ id }) => owners.has(id)),
    witness: witnessOf(tagged, merged.assets),
  };
  const isFirstOfDay = previous.at?.slice(0, 10) !== plan.at.slice(0, 10);
  const isNews = newsTo(previous.assets);
  return {
    marker,
    assets: merged.assets.filter((asset) => isOwn(asset, account, accounts) && (isFirstOfDay || isNews(asset))),
    changes: merged.changes,
    coverage: isFirstOfDay ? merged.coverage : merged.coverage.filter((row) => isOtherwise(row, input.before)),
    plan,
    updates: updates.map(({ key }) => key),
  };
}

/** An asset that another inventoried account shares is published by that account. */
const isOwn = (asset: Asset, account: string, accounts: ReadonlyMap<string, unknown>): boolean =>
  account === CUSTOM || asset.account.id === account || !accounts.has(asset.account.id);

function newsTo(assets: readonly Asset[]): (asset: Asset) => boolean {
  const lines = new Map(assets.map((asset) => [asset.id, lineOf(asset)]));
  return (asset) => lines.get(asset.id) !== lineOf(asset);
}

interface Previous {
  readonly at?: string;
  readonly assets: readonly Asset[];
  readonly coverage: readonly Coverage[];
}

/** Counts and times of a row differ in each run. */
const isOtherwise = (row: Coverage, before: ReadonlyMap<string, Coverage>): boolean => {
  const of = ({ status, items, code, missing, staleAssets }: Coverage) =>
    textOf([status, items, code ?? '', missing ?? [], staleAssets ?? 0]);
  const former = before.get(row.scope);
  return former === undefined || of(former) !== of(row);
};

/** Reads the previous run's marker of the shard; the manifest is large, and needed only where there is no marker. */
async function previousOf(store: Store, { previous }: Plan, account: string, region: string): Promise<Previous> {
  if (previous === undefined) return { assets: [], coverage: [] };
  const marker = (await store.read<Marker>(keys.shard(runIn(previous), account, region)))?.value;
  if (marker?.at !== undefined) {
    return { at: marker.at, assets: (await store.lines<Asset>(marker.key)) ?? [], coverage: marker.coverage };
  }
  const manifest = (await store.read<Manifest>(previous))?.value;
  if (manifest === undefined) return { assets: [], coverage: [] };
  const shard = manifest.shards.find((each) => each.account === account && each.region === region);
  const assets = shard === undefined ? [] : ((await store.lines<Asset>(shard.key)) ?? []);
  const coverage = manifest.coverage.filter((row) => row.account === account && row.region === region);
  return { at: manifest.at, assets, coverage };
}

/** In: the key of a manifest, `manifests/<run>.json`. */
const runIn = (key: string): string => key.slice(key.lastIndexOf('/') + 1, -'.json'.length);

async function kept(store: Store, run: string, account: string, region: string, merged: Merged): Promise<Marker> {
  const { assets, changes, coverage } = merged;
  const lines = assets.map(lineOf);
  const sum = sha256(lines.map((line) => `${line}\n`).join(''));
  const key = keys.assets(account, region, sum);
  await store.writeLines(key, lines, 'new');
  if (changes.length > 0) await store.writeLines(keys.changes(run, account, region), changes.map(lineOf), 'new');
  return {
    account,
    region,
    key,
    sha256: sum,
    bytes: packed(lines).length,
    count: assets.filter(({ state }) => state !== 'deleted').length,
    coverage,
    changes: changes.length,
    stale: assets.filter(({ state }) => state === 'stale').length,
  };
}
