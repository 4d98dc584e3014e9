/**
 * Assets that were looked up after events since the last run. They are newer than the last snapshot, until the next run.
 * `updates/<account>/<region>/<hash of the asset's id>.json`
 */
import type { Asset, Change } from '../../../shared/asset/model.ts';
import { keys } from '../run/model.ts';
import type { Store } from '../run/store.ts';

export interface RecentUpdate {
  /** Time of the look-up. */
  readonly at: string;
  readonly asset: Asset;
  /** The published changes, with the actor. */
  readonly changes: readonly Change[];
}

export async function recentUpdates(
  store: Store,
  account: string,
  region: string,
): Promise<readonly (RecentUpdate & { key: string })[]> {
  const updates: (RecentUpdate & { key: string })[] = [];
  for (const key of await store.keys(keys.updates(account, region))) {
    const found = await store.read<RecentUpdate>(key);
    if (found !== undefined) updates.push({ ...found.value, key });
  }
  return updates;
}

/** The assets of the last snapshot with the updates since. */
export function withUpdates(assets: readonly Asset[], updates: readonly RecentUpdate[]): readonly Asset[] {
  const all = new Map(assets.map((asset) => [asset.id, asset]));
  for (const { asset } of updates) all.set(asset.id, asset);
  return [...all.values()];
}
