/**
 * What events told of assets since the last run: newer than the last snapshot, until the next one holds it.
 * `told/<account>/<region>/<hash of the asset's id>.json`
 */
import type { Asset, Change } from '../../../shared/asset/model.ts';
import { keys } from '../run/run.ts';
import type { Store } from '../run/store.ts';

export interface Told {
  /** Instant at which AWS was asked for it. */
  readonly at: string;
  readonly asset: Asset;
  /** What was told of it, and who did it. */
  readonly changes: readonly Change[];
}

export async function toldOf(
  store: Store,
  account: string,
  region: string,
): Promise<readonly (Told & { key: string })[]> {
  const told: (Told & { key: string })[] = [];
  for (const key of await store.keys(keys.tolds(account, region))) {
    const found = await store.read<Told>(key);
    if (found !== undefined) told.push({ ...found.value, key });
  }
  return told;
}

/** The assets of the last snapshot, with what was told since. */
export function laidOver(assets: readonly Asset[], told: readonly Told[]): readonly Asset[] {
  const all = new Map(assets.map((asset) => [asset.id, asset]));
  for (const { asset } of told) all.set(asset.id, asset);
  return [...all.values()];
}
