/** Classifies the assets of one account and region once all of them are known: exposure, owner, environment, criticality. */
import type { Asset, Status } from '../../../shared/asset/model.ts';
import type { PlannedAccount } from '../run/model.ts';
import type { Unclassified } from '../state/merge.ts';
import { exposureOf, fleetOf } from './exposure.ts';
import { managedInterfaceOwner } from './managedinterface.ts';
import { mappedOf, ownerOf, type Rules, valueBy } from './owner.ts';

export interface ClassifyOptions {
  readonly rules: Rules;
  readonly accounts: ReadonlyMap<string, PlannedAccount>;
  /** The previous classification of the same assets. */
  readonly before: ReadonlyMap<string, Asset>;
}

export function classify(
  found: readonly Unclassified[],
  statusOf: (type: string) => Status,
  { rules, accounts, before }: ClassifyOptions,
): readonly Asset[] {
  const assets = found.map(withOwner);
  const fleet = fleetOf(assets, statusOf);
  const belonging = { rules, fleet, accounts };
  return assets.map((asset) => {
    const former = before.get(asset.id);
    if (asset.state === 'deleted' && former !== undefined) return { ...former, ...asset };
    const exposure = exposureOf(asset, fleet, former?.exposure);
    const classified = { ...asset, exposure };
    const owner = ownerOf(asset, belonging);
    const mapped = mappedOf(asset, rules);
    const environment = mapped?.environment ?? valueBy(rules.environment, classified, belonging);
    const criticality = mapped?.criticality ?? valueBy(rules.criticality, classified, belonging, environment);
    return {
      ...classified,
      ...(owner !== undefined && { owner }),
      ...(environment !== undefined && { environment }),
      ...(criticality !== undefined && { criticality }),
    };
  });
}

/** An interface that AWS made belongs to the resource that it was made for. The hash leaves this out, since it covers the description. */
function withOwner(asset: Unclassified): Unclassified {
  const of = managedInterfaceOwner(asset);
  if (of === undefined || asset.relationships.some(({ target }) => target === of.target)) return asset;
  return { ...asset, relationships: [...asset.relationships, of] };
}
