/** What is thought of assets once all of an account's region are known: exposure, owner, environment, criticality. */
import type { Asset, Status } from '../../../shared/asset/model.ts';
import type { PlannedAccount } from '../run/run.ts';
import type { Unjudged } from '../state/merge.ts';
import { describedOwner } from './described.ts';
import { estateOf, exposureOf } from './exposure.ts';
import { mappedOf, ownerOf, type Rules, valueBy } from './owner.ts';

export interface Judging {
  readonly rules: Rules;
  readonly accounts: ReadonlyMap<string, PlannedAccount>;
  /** How the same assets were judged before. */
  readonly before: ReadonlyMap<string, Asset>;
}

export function judge(
  found: readonly Unjudged[],
  statusOf: (type: string) => Status,
  { rules, accounts, before }: Judging,
): readonly Asset[] {
  const assets = found.map(withOwner);
  const estate = estateOf(assets, statusOf);
  const belonging = { rules, estate, accounts };
  return assets.map((asset) => {
    const former = before.get(asset.id);
    if (asset.state === 'deleted' && former !== undefined) return { ...former, ...asset };
    const exposure = exposureOf(asset, estate, former?.exposure);
    const judged = { ...asset, exposure };
    const owner = ownerOf(asset, belonging);
    const mapped = mappedOf(asset, rules);
    const environment = mapped?.environment ?? valueBy(rules.environment, judged, belonging);
    const criticality = mapped?.criticality ?? valueBy(rules.criticality, judged, belonging, environment);
    return {
      ...judged,
      ...(owner !== undefined && { owner }),
      ...(environment !== undefined && { environment }),
      ...(criticality !== undefined && { criticality }),
    };
  });
}

/** An interface that AWS made belongs to what it was made for. Told apart from the hash: the description is part of that. */
function withOwner(asset: Unjudged): Unjudged {
  const of = describedOwner(asset);
  if (of === undefined || asset.relationships.some(({ target }) => target === of.target)) return asset;
  return { ...asset, relationships: [...asset.relationships, of] };
}
