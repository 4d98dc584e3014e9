/** Fields that Bongsu adds to a record: who an asset is, whose, how exposed; where an address is; what threat lists say. */

const ASSET = ['id', 'type', 'name', 'owner', 'environment', 'criticality', 'exposure', 'vpc', 'match'] as const;
const PLACE = ['geo.country_iso_code', 'as.number', 'as.organization.name'] as const;

/** Prefixes of them, `asset` and `source.asset` among them. */
export const ASSET_PREFIXES = ['asset', 'user.asset', 'source.asset', 'destination.asset'] as const;
export const ADDRESS_PREFIXES = ['source', 'destination'] as const;

export const ASSET_MEMBERS: readonly string[] = ASSET;

export const ENRICHED_ASSET: readonly string[] = ['asset.', 'source.asset.', 'destination.asset.'];

/** By the name in documents: the indexed field of Splunk. */
export const THREAT: Readonly<Record<string, string>> = {
  'threat.indicator.name': 'threat_indicator',
  'threat.indicator.provider': 'threat_list',
};

const KNOWN: ReadonlySet<string> = new Set([
  ...Object.keys(THREAT),
  ...ASSET_PREFIXES.flatMap((prefix) => ASSET.map((name) => `${prefix}.${name}`)),
  ...ADDRESS_PREFIXES.flatMap((prefix) => PLACE.map((name) => `${prefix}.${name}`)),
]);

export const isEnriched = (field: string): boolean => KNOWN.has(field);

/** `source.asset` of `source.asset.owner`; undefined for a field that is not of an asset. */
export const assetPrefixOf = (field: string): string | undefined =>
  isEnriched(field) ? /^(?:\w+\.)?asset(?=\.)/.exec(field)?.[0] : undefined;
