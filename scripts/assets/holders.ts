/** All that held an address or a name at a time, in any VPC, out of the history of the look-up table. Pure. */
import { addressKey, keyOf, partsOf } from '../../shared/asset/claims.ts';
import { type History, type Interval, NEVER } from '../../shared/asset/history.ts';

export interface Asked {
  /** An address. */
  readonly ip?: string | undefined;
  /** An interface, an instance, an ARN, an access key. */
  readonly name?: string | undefined;
  /** Epoch seconds. */
  readonly time: number;
  readonly vpc?: string | undefined;
  readonly account?: string | undefined;
}

export interface Held {
  /** `ambiguous`: one of several in the same VPC. */
  readonly match: 'exact' | 'bounded' | 'ambiguous';
  /** A VPC, `public` or `nowhere`; '' for a name. */
  readonly scope: string;
  /** The address or the block that it had. */
  readonly of: string;
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly account: string;
  readonly owner: string;
  /** ISO dates; '' where it is not known. It held from `since` to `until` for sure, and not before `after` and from `before` on. */
  readonly after: string;
  readonly since: string;
  readonly until: string;
  readonly before: string;
}

/** Throws Error for an address that is none. */
export function holdersAt(history: History, asked: Asked): readonly Held[] {
  const isMeant = asked.ip === undefined ? isNamed(asked.name ?? '') : contains(asked.ip);
  const found = [...history.holders].filter(([key]) => isMeant(key) && isIn(key, asked.vpc));
  return found
    .flatMap(([key, holders]) => heldOf(key, holders, history, asked.time))
    .filter(({ account }) => asked.account === undefined || account === asked.account)
    .sort((a, b) => (a.scope < b.scope ? -1 : a.scope > b.scope ? 1 : a.id < b.id ? -1 : 1));
}

/** A public address is in every VPC's reach. */
const isIn = (key: string, vpc: string | undefined): boolean => {
  const { kind, scope } = partsOf(key);
  return vpc === undefined || kind === 'name' || scope === vpc || scope === 'public';
};

const isNamed = (name: string) => (key: string) => {
  const { kind, value } = partsOf(key);
  return kind === 'name' && value === name;
};

/** Whether a key is the address or a block around it. */
function contains(ip: string): (key: string) => boolean {
  if (addressKey(ip, '') === undefined) throw new Error(`${JSON.stringify(ip)} is not an address`);
  const family = ip.includes(':') ? 'ipv6/' : 'ipv4/';
  return (key) => {
    const { kind, scope, value } = partsOf(key);
    if (!kind.startsWith(family)) return false;
    const bits = kind.slice(family.length);
    return addressKey(`${ip}/${bits}`, scope) === keyOf(kind, scope, value);
  };
}

function heldOf(
  key: string,
  holders: ReadonlyMap<string, readonly Interval[]>,
  history: History,
  time: number,
): readonly Held[] {
  const rows = [...holders].flatMap(([id, intervals]) => intervals.map((interval) => ({ id, interval })));
  const possible = rows.filter(({ interval }) => interval.after < time && time < interval.before);
  const certain = possible.filter(({ interval }) => interval.since <= time && time <= interval.until);
  const meant = certain.length > 0 ? certain : possible;
  const match = meant.length > 1 ? 'ambiguous' : certain.length > 0 ? 'exact' : 'bounded';
  const { kind, scope, value } = partsOf(key);
  return meant.map(({ id, interval }) => {
    const versions = history.assets.get(id)?.versions ?? [];
    const version = versions.findLast(({ from }) => from <= time) ?? versions.at(0);
    const { name = '', type = '', account = '', owner = '' } = version ?? {};
    return { match, scope, of: spelled(kind, value), id, name, type, account, owner, ...datesOf(interval) };
  });
}

function datesOf({ after, since, until, before }: Interval) {
  const isSeen = since <= until;
  return {
    after: iso(after),
    since: isSeen ? iso(since) : '',
    until: isSeen ? iso(until) : '',
    before: iso(before),
  };
}

const iso = (seconds: number): string =>
  seconds === 0 || seconds === NEVER ? '' : new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

function spelled(kind: string, value: string): string {
  if (kind === 'name') return value;
  const [family, bits] = kind.split('/');
  const address =
    family === 'ipv4'
      ? [24, 16, 8, 0].map((shift) => (Number(value) >>> shift) & 255).join('.')
      : (value.match(/.{4}/g) ?? []).map((group) => group.replace(/^0{1,3}/, '')).join(':');
  return bits === '32' || bits === '128' ? address : `${address}/${bits}`;
}
