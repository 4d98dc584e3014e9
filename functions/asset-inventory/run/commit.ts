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
import { lineOf, sha256 } from '../state/canonical.ts';
import { type Merged, type MergeInput, merge, unconfirmed } from '../state/merge.ts';
import { systemsManagerStatus, withSystemsManager } from '../state/systemsmanager.ts';
import { keys, type Plan } from './model.ts';
import { foundIn } from './parts.ts';
import { packed, type Store } from './store.ts';

/** `runs/<run>/shards/<account>/<region>.json`: the shard is complete, and its records were delivered. */
export interface Marker extends Shard {
  readonly coverage: readonly Coverage[];
  readonly changes: number;
  readonly stale: number;
  /** Absent: carried over from the previous run. */
  readonly witness?: Witness;
}

export interface Committing {
  readonly store: Store;
  readonly rules: Rules;
  /** Returns the ids of those assets that AWS no longer knows. */
  confirmGone(account: string, region: string, assets: readonly Asset[]): Promise<ReadonlySet<string>>;
}

/** The new shard and the records to publish. */
export interface Committed {
  readonly marker: Marker;
  /** Assets to publish: the changed ones or, once a day, all. */
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
  const marker = { ...shard, witness: witnessOf(tagged, merged.assets) };
  const isFirstOfDay = previous.at?.slice(0, 10) !== plan.at.slice(0, 10);
  const isNews = newsTo(previous.assets);
  return {
    marker,
    assets: merged.assets.filter((asset) => isOwn(asset, account, accounts) && (isFirstOfDay || isNews(asset))),
    changes: merged.changes,
    coverage: merged.coverage,
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

async function previousOf(store: Store, { previous }: Plan, account: string, region: string): Promise<Previous> {
  const manifest = previous === undefined ? undefined : (await store.read<Manifest>(previous))?.value;
  if (manifest === undefined) return { assets: [], coverage: [] };
  const shard = manifest.shards.find((each) => each.account === account && each.region === region);
  const assets = shard === undefined ? [] : ((await store.lines<Asset>(shard.key)) ?? []);
  const coverage = manifest.coverage.filter((row) => row.account === account && row.region === region);
  return { at: manifest.at, assets, coverage };
}

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
