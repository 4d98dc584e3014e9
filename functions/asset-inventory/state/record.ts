/** What a unit writes down of one record: the asset as far as one look can tell, without its history and judgement. */
import type { Account, Asset, Net, Status } from '../../../shared/asset/model.ts';
import type { JsonObject } from '../../../shared/transform/json.ts';
import type { At, Declaration, Draft, Tags } from '../discovery/declaration.ts';
import { canonical, sha256, textOf } from './canonical.ts';

/** What stands in the way of an attribute, and which paths it would have filled. */
export interface Gap {
  readonly action: string;
  readonly code: string;
  readonly status: Status;
  readonly fills: readonly string[];
}

/** What one look tells of an asset. */
export interface Seen
  extends Pick<
    Asset,
    | 'id'
    | 'idSynthetic'
    | 'type'
    | 'class'
    | 'nativeId'
    | 'name'
    | 'partition'
    | 'region'
    | 'zone'
    | 'tags'
    | 'net'
    | 'security'
    | 'volatile'
    | 'relationships'
    | 'createdAt'
    | 'incarnation'
  > {
  readonly account: Pick<Account, 'id'>;
  readonly missed: readonly Gap[];
}

type Place = Pick<At, 'partition' | 'account' | 'region'>;

/** In: what a declaration made of a record. Members are in canonical order. */
export function seenOf(
  declaration: Pick<Declaration, 'type' | 'class' | 'scope'>,
  draft: Draft,
  at: Place,
  missed: readonly Gap[],
): Seen {
  const tags = tagsOf(draft.tags);
  const of: Omit<Seen, 'missed'> = {
    id: draft.id,
    idSynthetic: draft.idSynthetic ?? false,
    type: declaration.type,
    class: declaration.class,
    nativeId: draft.nativeId,
    name: draft.name || tags.Name || draft.nativeId,
    partition: at.partition,
    region: draft.region || (declaration.scope === 'global' ? 'global' : at.region),
    account: { id: draft.account || at.account },
    tags,
    net: (canonical(draft.net) ?? {}) as Net,
    security: (canonical(draft.security) ?? {}) as JsonObject,
    relationships: relationshipsOf(draft),
    ...(draft.zone && { zone: draft.zone }),
    ...optional('volatile', canonical(byDay(draft.volatile)) as JsonObject | undefined),
    ...optional('createdAt', canonical(draft.createdAt) as string | undefined),
    ...optional('incarnation', draft.incarnation),
  };
  return { ...of, missed };
}

const optional = <K extends string, V>(name: K, value: V | undefined): { readonly [k in K]?: V } =>
  value === undefined ? {} : ({ [name]: value } as { readonly [k in K]?: V });

function relationshipsOf({ relationships = [] }: Draft): Asset['relationships'] {
  const known = relationships.filter(({ target }) => target !== undefined && target !== '');
  return (canonical(known) ?? []) as unknown as Asset['relationships'];
}

/** Services have three spellings for a list of tags, and some have an object. */
function tagsOf(tags: Tags = {}): Readonly<Record<string, string>> {
  const pairs = Array.isArray(tags) ? tags.map(pairOf) : Object.entries(tags);
  return Object.fromEntries(pairs.filter(([key]) => key !== '').sort(([a], [b]) => (a < b ? -1 : 1)));
}

function pairOf(tag: Readonly<Record<string, string | undefined>>): [string, string] {
  const { Key = tag.TagKey ?? tag.key ?? '', Value = tag.TagValue ?? tag.value ?? '' } = tag;
  return [Key, Value];
}

/** Dates in there say when something happened last; by the day is close enough and keeps the snapshot as it is. */
function byDay(values: Draft['volatile'] = {}): object {
  const days = Object.entries(values).map(([name, value]) => [name, value instanceof Date ? dayOf(value) : value]);
  return Object.fromEntries(days);
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);

/** Members that are told about when they change; what is judged or looked up is not among them. */
export const STABLE = [
  'name',
  'region',
  'zone',
  'tags',
  'net',
  'security',
  'relationships',
  'createdAt',
  'incarnation',
] as const;

export function hashOf(asset: Pick<Asset, (typeof STABLE)[number]>): string {
  return sha256(textOf(Object.fromEntries(STABLE.map((name) => [name, asset[name]]))));
}
