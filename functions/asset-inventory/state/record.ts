/** One asset as a unit stores it: a single look, without history and classification. */
import type { Account, Asset, Net, Status } from '../../../shared/asset/model.ts';
import type { JsonObject } from '../../../shared/transform/objects/compile.ts';
import type { At, Declaration, Draft, Tags } from '../discovery/declaration.ts';
import { canonical, sha256, textOf } from './canonical.ts';

/** A call that failed, and the paths that it would have filled. */
export interface Gap {
  readonly action: string;
  readonly code: string;
  readonly status: Status;
  readonly fills: readonly string[];
  /** The kind of policy that denies. */
  readonly deniedBy?: string;
}

/** One look at an asset. */
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

/** In: the draft that a declaration returned. Members come in canonical order. */
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

/** Services spell a list of tags in three ways, and some have an object. */
function tagsOf(tags: Tags = {}): Readonly<Record<string, string>> {
  const pairs = Array.isArray(tags) ? tags.map(pairOf) : Object.entries(tags);
  return Object.fromEntries(pairs.filter(([key]) => key !== '').sort(([a], [b]) => (a < b ? -1 : 1)));
}

function pairOf(tag: Readonly<Record<string, string | undefined>>): [string, string] {
  const { Key = tag.TagKey ?? tag.key ?? '', Value = tag.TagValue ?? tag.value ?? '' } = tag;
  return [Key, Value];
}

/** Volatile dates are cut to the day, so that the snapshot changes once a day at most. */
function byDay(values: Draft['volatile'] = {}): object {
  const days = Object.entries(values).map(([name, value]) => [name, value instanceof Date ? dayOf(value) : value]);
  return Object.fromEntries(days);
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);

/** Members whose changes are reported; classified and looked-up values are not among them. */
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
