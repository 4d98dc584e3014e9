/** Assets for tests of sources: a table of a small world, which the samples of all sources tell of. */

import { historyOf, type Run } from '../../../shared/asset/history.ts';
import { lookupIn } from '../../../shared/asset/lookup.ts';
import { tableOf } from '../../../shared/asset/table.ts';
import type { Asset } from '../../../shared/asset.ts';
import { type Assets, assetTable } from '../../../shared/enrich/assets.ts';

export const assetsOf = (...runs: readonly Run[]): Assets => ({
  table: assetTable(lookupIn(tableOf(historyOf(runs)))),
  refresh() {},
});

export const NO_TABLE: Assets = { table: undefined, refresh() {} };

/** What an owner and their rules say. */
export const owned: Partial<Asset> = {
  owner: { value: 'team-a@example.com', source: 'tag', rule: 'owner', confidence: 90 },
  environment: 'prod',
  criticality: 'high',
  exposure: { level: 'internet' },
};
