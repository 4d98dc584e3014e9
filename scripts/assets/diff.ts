/** What changed between two runs, by the inventory's own differ, and what of an estate could be seen. */
import { changesOf } from '../../functions/asset-inventory/state/merge.ts';
import type { Asset, Change, Coverage, Manifest, Uncovered } from '../../shared/asset/model.ts';
import type { StoredInventory } from './inventory.ts';

/** Changes from one run to a later one, sorted by asset. */
export async function diff(inventory: StoredInventory, from: Manifest, to: Manifest): Promise<readonly Change[]> {
  const before = await byId(inventory, from);
  const after = await byId(inventory, to);
  const telling = { run: to.run, notBefore: from.at, notAfter: to.at };
  const changes: Change[] = [];
  for (const [id, asset] of after) {
    const scope = `${asset.account.id}/${asset.region}/${asset.type}`;
    changes.push(...changesOf(before.get(id), asset, { ...telling, scope }));
  }
  return changes.sort((a, b) => (a.asset.id < b.asset.id ? -1 : a.asset.id > b.asset.id ? 1 : 0));
}

async function byId(inventory: StoredInventory, manifest: Manifest): Promise<ReadonlyMap<string, Asset>> {
  const assets = new Map<string, Asset>();
  for await (const asset of inventory.assets(manifest)) assets.set(asset.id, asset);
  return assets;
}

/** `changed security.ingress +tcp/22 0.0.0.0/0` */
export function changeLine({ kind, asset, diff, truncated }: Change): string {
  const paths = diff.map(({ path, from, to, added = [], removed = [] }) =>
    [
      path,
      ...added.map((each) => `+${shown(each)}`),
      ...removed.map((each) => `-${shown(each)}`),
      ...(added.length + removed.length === 0 ? [`${shown(from)} → ${shown(to)}`] : []),
    ].join(' '),
  );
  return [
    `${kind}  ${asset.id}  ${asset.name}`,
    ...paths.map((path) => `    ${path}`),
    ...(truncated ? ['    …'] : []),
  ].join('\n');
}

const shown = (value: unknown): string =>
  value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value);

/** Scopes that were not seen whole, with what grants it; kinds that no type lists; how many there are of each status. */
export function coverageLines({ run, at, coverage, summary }: Manifest): readonly string[] {
  const lacking = coverage.filter(({ status, missing = [] }) => !WHOLE.has(status) || missing.length > 0);
  const counts = Object.entries(Object.groupBy(coverage, ({ status }) => status)).map(
    ([status, rows = []]) => `${status} ${rows.length}`,
  );
  return [
    `${run}  ${at}  ${summary.okPercent} % of ${summary.scopes} scopes, ${summary.assets} assets, ${summary.stale} stale`,
    ...lacking.map(row),
    ...(summary.uncoveredTypes ?? []).map(uncovered),
    counts.sort().join(' · '),
  ];
}

const WHOLE: ReadonlySet<string> = new Set(['ok', 'empty', 'not_applicable', 'region_disabled']);

const uncovered = ({ kind, count, sample }: Uncovered): string =>
  `${'uncovered'.padEnd(18)} ${kind}  ${count} with tags, ${sample}`;

const row = ({ status, scope, code = '', missing = [], lastOkAt = 'never', staleAssets = 0 }: Coverage): string =>
  [
    `${status.padEnd(18)} ${scope}`,
    ...(code === '' ? [] : [code]),
    ...(missing.length === 0 ? [] : [`grant ${missing.join(', ')}`]),
    `last whole ${lastOkAt}`,
    ...(staleAssets === 0 ? [] : [`${staleAssets} stale`]),
  ].join('  ');
