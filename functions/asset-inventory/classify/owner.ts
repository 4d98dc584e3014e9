/**
 * Finds an asset's owner, environment and criticality by rules that are data (rules.json, or the object `rules.json` in the
 * inventory's bucket). Each value is stored with its origin.
 */
import type { Account, Asset, Owner } from '../../../shared/asset/model.ts';
import { ConfigError } from '../../../shared/errors.ts';
import { isObject } from '../../../shared/transform/objects/compile.ts';
import type { PlannedAccount } from '../run/model.ts';
import type { Unclassified } from '../state/merge.ts';
import type { Fleet } from './exposure.ts';

export interface Rules {
  readonly owner: {
    /** Tag keys, case-insensitive; the first one that an asset has decides. */
    readonly tags: readonly string[];
    /** By path of the organizational unit; the longest match decides. */
    readonly ous: Readonly<Record<string, string>>;
    readonly accounts: Readonly<Record<string, string>>;
  };
  /** The first rule that matches decides. */
  readonly environment: readonly Rule[];
  readonly criticality: readonly Rule[];
  /** Values for single assets, by id, `<type>/<native id>` or native id. They come before all rules. */
  readonly map?: ReadonlyMap<string, Mapped>;
}

export interface Mapped {
  readonly owner?: string;
  readonly environment?: string;
  readonly criticality?: string;
  /** The object that contains the value. */
  readonly file: string;
}

/** Matches where all given conditions match. Texts are case-insensitive regular expressions. */
export interface Rule {
  readonly value: string;
  /** Patterns of the whole key and of the value. */
  readonly tag?: readonly [key: string, value: string];
  /** Pattern of the account's name or id. */
  readonly account?: string;
  readonly ou?: string;
  readonly type?: string;
  readonly name?: string;
  readonly exposure?: readonly string[];
  readonly environment?: string;
}

/** Throws ConfigError where the value is not a rule set. */
export function rulesIn(value: unknown): Rules {
  const { owner, environment, criticality } = (isObject(value) ? value : {}) as Partial<Record<keyof Rules, unknown>>;
  const isRules = isObject(owner) && Array.isArray(owner.tags) && isObject(owner.ous) && isObject(owner.accounts);
  if (!isRules || !Array.isArray(environment) || !Array.isArray(criticality)) {
    throw new ConfigError(
      'rules.json is not as expected: {"owner":{"tags","ous","accounts"},"environment","criticality"}.',
    );
  }
  return value as unknown as Rules;
}

/** Relationships along which an owner is inherited, nearest first. */
const INHERITED: readonly Asset['relationships'][number]['type'][] = [
  'attached_to',
  'made_from',
  'member_of',
  'in_subnet',
  'in_vpc',
];

type Judged = Unclassified & Pick<Asset, 'exposure'>;

export interface Belonging {
  readonly rules: Rules;
  readonly fleet: Fleet;
  readonly accounts: ReadonlyMap<string, PlannedAccount>;
}

export const mappedOf = ({ id, type, nativeId }: Unclassified, { map }: Rules): Mapped | undefined =>
  map?.get(id) ?? map?.get(`${type}/${nativeId}`) ?? map?.get(nativeId);

export function ownerOf(asset: Unclassified, { rules, fleet, accounts }: Belonging): Owner | undefined {
  const mapped = mappedOf(asset, rules);
  if (mapped?.owner !== undefined) return { value: mapped.owner, source: 'map', rule: mapped.file, confidence: 100 };
  const own = byTag(asset.tags, rules);
  if (own !== undefined) return { value: own.value, source: 'tag', rule: own.key, confidence: 95 };
  for (const type of INHERITED) {
    for (const relationship of asset.relationships.filter((each) => each.type === type)) {
      const from = fleet.target(asset, relationship);
      const found = from && byTag(from.tags, rules);
      if (found) return { value: found.value, source: `inherited:${from.type}`, rule: found.key, confidence: 80 };
    }
  }
  const account = accounts.get(asset.account.id);
  const tagged = byTag(account?.tags ?? {}, rules);
  if (tagged !== undefined) return { value: tagged.value, source: 'account-tag', rule: tagged.key, confidence: 60 };
  return byPlace(asset.account, rules);
}

function byTag(tags: Readonly<Record<string, string>>, { owner }: Rules): { key: string; value: string } | undefined {
  const names = Object.keys(tags);
  for (const wanted of owner.tags) {
    const key = names.find((name) => name.toLowerCase() === wanted.toLowerCase());
    if (key !== undefined && tags[key] !== '') return { key, value: tags[key] };
  }
  return undefined;
}

function byPlace({ id, ouPath = '' }: Account, { owner }: Rules): Owner | undefined {
  const account = owner.accounts[id];
  if (account !== undefined) return { value: account, source: 'account', rule: id, confidence: 50 };
  const [ou] = Object.keys(owner.ous)
    .filter((path) => ouPath === path || ouPath.startsWith(`${path}/`))
    .sort((a, b) => b.length - a.length);
  return ou === undefined ? undefined : { value: owner.ous[ou], source: 'ou', rule: ou, confidence: 40 };
}

/** The value of the first rule that matches. `environment`: the result of the environment rules. */
export function valueBy(
  rules: readonly Rule[],
  asset: Judged,
  belonging: Belonging,
  environment?: string,
): string | undefined {
  return rules.find((rule) => fits(rule, asset, belonging, environment))?.value;
}

function fits(rule: Rule, asset: Judged, { accounts }: Belonging, environment: string | undefined): boolean {
  const { id, name = '', ouPath = '' } = asset.account;
  const tags = { ...accounts.get(id)?.tags, ...asset.tags };
  return (
    (rule.tag === undefined || hasTag(tags, rule.tag)) &&
    (rule.account === undefined || matches(rule.account, name) || matches(rule.account, id)) &&
    (rule.ou === undefined || matches(rule.ou, ouPath)) &&
    (rule.type === undefined || matches(rule.type, asset.type)) &&
    (rule.name === undefined || matches(rule.name, asset.name)) &&
    (rule.exposure === undefined || rule.exposure.includes(asset.exposure.level)) &&
    (rule.environment === undefined || rule.environment === environment)
  );
}

const hasTag = (tags: Readonly<Record<string, string>>, [key, value]: NonNullable<Rule['tag']>): boolean =>
  Object.entries(tags).some(([name, text]) => matches(`^(${key})$`, name) && matches(value, text));

const made = new Map<string, RegExp>();

function matches(pattern: string, text: string): boolean {
  let regexp = made.get(pattern);
  if (regexp === undefined) {
    regexp = new RegExp(pattern, 'i');
    made.set(pattern, regexp);
  }
  return regexp.test(text);
}
