/**
 * Who held which address, interface or name in one run of the inventory: each key with the asset that a log means by it.
 * The addresses of an interface belong to the resource that it is attached to; an unattached interface keeps its own.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { packIpv6 } from '../text/ip.ts';
import { type Asset, isViewOfInstance, type Relationship } from './model.ts';
import { referencesIn } from './reference.ts';

/** A name that a log may use for an asset, as text: `<kind>|<scope>|<value>`, see `keyOf`. */
export type Key = string;

export interface Claim {
  readonly key: Key;
  /** Id of the asset that a log means. */
  readonly asset: string;
  /** Id of the asset that lists the key: for an interface's addresses the interface. */
  readonly by: string;
  /** It was last seen before this run, so it may no longer hold. */
  readonly isStale: boolean;
  /** The key never means another asset. */
  readonly isForLife: boolean;
  /** The asset itself has the key from its creation to its end. */
  readonly isOwn: boolean;
  /** The asset itself does not send, so a log that names the key means something else: the claim is never certain. */
  readonly isIdle: boolean;
  /** Start, in epoch seconds. */
  readonly since?: number;
  /** A time at which the claim did not hold yet, in epoch seconds. */
  readonly after?: number;
}

/** Scopes of addresses outside of a VPC. */
export const PUBLIC = 'public';
export const NOWHERE = 'nowhere';

/** `ipv4/28`: blocks of 16 addresses, keyed by the first one as a number; `ipv6/128` by 32 hexadecimal digits; `name` as is. */
export const keyOf = (kind: string, scope: string, value: string | number): Key => `${kind}|${scope}|${value}`;

export function partsOf(key: Key): { readonly kind: string; readonly scope: string; readonly value: string } {
  const first = key.indexOf('|');
  const second = key.indexOf('|', first + 1);
  return { kind: key.slice(0, first), scope: key.slice(first + 1, second), value: key.slice(second + 1) };
}

const INTERFACE = 'AWS::EC2::NetworkInterface';
/** Types that contain other assets: their blocks and interfaces are not their own. */
const NETWORKS: ReadonlySet<string> = new Set(['AWS::EC2::VPC', 'AWS::EC2::Subnet', 'AWS::EC2::SecurityGroup']);
/** Types that point to an interface; logs mean the resource behind it. */
const ADDRESS = 'AWS::EC2::EIP';
const INDIRECT: ReadonlySet<string> = new Set([...NETWORKS, INTERFACE, ADDRESS]);

/** Where several assets name the same interface, logs mean the one that runs code. */
const RANKS: readonly string[] = ['compute', 'container', 'database', 'network', 'edge', 'storage'];
const rank = ({ class: of }: Asset): number => (RANKS.indexOf(of) + RANKS.length + 1) % (RANKS.length + 1);

/** Claims of all assets that are not deleted, unordered. */
export function claimsOf(all: readonly Asset[]): readonly Claim[] {
  const assets = all.filter((asset) => asset.state !== 'deleted' && !isViewOfInstance(asset));
  const subjectOf = subjects(assets);
  const interfaces = assets.filter(({ type }) => type === INTERFACE);
  const claims = interfaces.flatMap((each) => ofInterface(each, subjectOf.interface(each)));
  const claimed = new Set(claims.filter(({ isStale }) => !isStale).map(({ key }) => key));
  for (const asset of assets) {
    claims.push(...namesOf(asset, subjectOf.name(asset)));
    if (asset.type === INTERFACE || NETWORKS.has(asset.type)) continue;
    const net = asset.type === ADDRESS ? { public: asset.net.public ?? [] } : asset.net;
    const subject = asset.type === ADDRESS ? subjectOf.address(asset) : asset;
    claims.push(...addressesOf({ ...asset, net }, subject).filter(({ key }) => !claimed.has(key)));
  }
  return claims;
}

const claim = (key: Key, asset: Asset, by: Asset, more: Partial<Claim> = {}): Claim => ({
  key,
  asset: asset.id,
  by: by.id,
  isStale: by.state === 'stale' || asset.state === 'stale',
  isForLife: false,
  isOwn: false,
  isIdle: isIdle(asset),
  ...more,
});

/**
 * An interface or an address that is attached to nothing sends nothing; one that is attached to an instance which the run did
 * not see sends for that instance.
 */
const isIdle = ({ type, security, relationships }: Asset): boolean =>
  (type === INTERFACE && (security.status === 'available' || relationships.some(isOfInstance))) ||
  (type === ADDRESS && security.attached === false);

const isOfInstance = ({ type, target }: Relationship): boolean => type === 'attached_to' && target.startsWith('i-');

/** Resolves an asset to the one that logs mean. */
function subjects(assets: readonly Asset[]) {
  const references = referencesIn(assets, placeOf);
  const behind = new Map<string, Asset>();
  for (const asset of assets) {
    if (asset.type === INTERFACE || asset.type === ADDRESS || NETWORKS.has(asset.type)) continue;
    for (const eni of asset.net.eni ?? []) {
      const known = behind.get(eni);
      const isBetter =
        known === undefined || rank(asset) < rank(known) || (rank(asset) === rank(known) && asset.id < known.id);
      if (isBetter) behind.set(eni, asset);
    }
  }
  const related = (asset: Asset, as: Relationship['type']): Asset | undefined =>
    asset.relationships
      .filter(({ type }) => type === as)
      .map((each) => references.target(asset, each, placeOf(asset)))
      .find((found) => found !== undefined && !INDIRECT.has(found.type));
  const ofInterface = (asset: Asset): Asset => related(asset, 'attached_to') ?? behind.get(asset.nativeId) ?? asset;
  return {
    interface: ofInterface,
    address(asset: Asset): Asset {
      const [eni = ''] = asset.net.eni ?? [];
      const found = references.find(eni, INTERFACE, placeOf(asset));
      if (found !== undefined) return ofInterface(found);
      return related(asset, 'attached_to') ?? behind.get(eni) ?? asset;
    },
    /** An access key means its user. */
    name: (asset: Asset): Asset =>
      asset.type === 'AWS::IAM::AccessKey' ? (related(asset, 'member_of') ?? asset) : asset,
  };
}

const placeOf = ({ account, region }: Asset): string => `${account.id}/${region}`;

/**
 * The attach time is the start of the id and of the primary private address alone: AWS does not say when a public, secondary
 * or IPv6 address or a prefix was added, so the first look that shows one dates it.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterfaceAttachment.html
 */
function ofInterface(own: Asset, subject: Asset): Claim[] {
  const began = secondsOf(own.security.attachedAt);
  const id = claim(keyOf('name', own.net.vpc ?? '', own.nativeId), subject, own, {
    isForLife: isBound(own, subject),
    isOwn: subject === own,
    ...(began !== undefined && { since: began }),
  });
  return [id, ...addressesOf(own, subject, began)];
}

/** An instance's only interface, and interfaces that a service created, never move to another resource. */
function isBound(own: Asset, { id, net: { eni = [] } }: Asset): boolean {
  if (id === own.id) return false;
  return own.security.managed === true || (eni.length === 1 && eni[0] === own.nativeId);
}

const INSTANCE = 'AWS::EC2::Instance';

/** The address that an interface or an instance keeps from its creation to its end. */
function primaryOf({ type, net: { private: inside = [] }, security }: Asset): string | undefined {
  if (type !== INTERFACE && type !== INSTANCE) return undefined;
  if (typeof security.primary === 'string') return security.primary;
  return inside.length === 1 ? inside[0] : undefined;
}

/** The key of an asset's primary private address, if it has one. */
export function primaryKey(asset: Asset): Key | undefined {
  const primary = primaryOf(asset);
  return primary === undefined ? undefined : addressKey(primary, asset.net.vpc ?? NOWHERE);
}

/** `began`: when the interface was attached. */
function addressesOf(own: Asset, subject: Asset, began?: number): Claim[] {
  const { vpc, private: inside = [], public: outside = [], v6 = [], prefixes = [] } = own.net;
  const keys = [
    ...inside.map((address) => addressKey(address, vpc ?? NOWHERE)),
    ...outside.map((address) => addressKey(address, PUBLIC)),
    ...v6.map((address) => addressKey(address, isLocalIpv6(address) ? (vpc ?? NOWHERE) : PUBLIC)),
    ...prefixes.map((block) => addressKey(block, isLocal(block) ? (vpc ?? NOWHERE) : PUBLIC)),
  ];
  const primary = primaryKey(own);
  return keys
    .filter((key) => key !== undefined)
    .map((key) => {
      const isPrimary = key === primary;
      const time = began === undefined ? {} : isPrimary ? { since: began } : { after: began - 1 };
      return claim(key, subject, own, { isOwn: isPrimary && subject === own, ...time });
    });
}

const isLocalIpv6 = (address: string): boolean => /^f[cd]/i.test(address);
const isLocal = (block: string): boolean => !block.includes(':') || isLocalIpv6(block);

/** In: an address or a block, `10.0.9.0/28`. Undefined: neither. */
export function addressKey(text: string, scope: string): Key | undefined {
  const [address, length] = text.split('/');
  if (isIPv4(address)) {
    const bits = Number(length ?? 32);
    return bits >= 1 && bits <= 32 ? keyOf(`ipv4/${bits}`, scope, masked(numberOf(address), bits)) : undefined;
  }
  if (!isIPv6(address) || address.includes('%')) return undefined;
  const bits = Number(length ?? 128);
  return bits >= 1 && bits <= 128 ? keyOf(`ipv6/${bits}`, scope, hexOf(address, bits)) : undefined;
}

const numberOf = (address: string): number => address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);

/** The first address of the block that contains an IPv4 address. */
export const masked = (address: number, bits: number): number => (address & (-1 << (32 - bits))) >>> 0;

function hexOf(address: string, bits: number): string {
  const bytes = new Uint8Array(16);
  packIpv6(address, bytes, 0);
  for (let i = 0; i < 16; i++) bytes[i] &= 0xff << Math.min(8, Math.max(0, 8 * (i + 1) - bits));
  return Buffer.from(bytes).toString('hex');
}

/** Ids that AWS never reuses: `i-0abc…`, `eni-0abc…`; `AROA…` of a role, `AIDA…` of a user, `AKIA…` of an access key. */
const UNIQUE = /^([a-z]+-(?:[0-9a-f]{8}|[0-9a-f]{17})|A[A-Z]{3}[A-Z0-9]{12,})$/;

function namesOf(asset: Asset, subject: Asset): Claim[] {
  const ids = [asset.nativeId, asset.incarnation ?? ''].filter((id) => UNIQUE.test(id));
  const names = [asset.id, ...(asset.type === INTERFACE ? [] : ids)];
  return names.map((name) => claim(keyOf('name', '', name), subject, asset, { isForLife: true }));
}

/** In: an ISO date. Out: epoch seconds, or undefined for other text. */
export function secondsOf(value: unknown): number | undefined {
  const seconds = Math.floor(Date.parse(String(value)) / 1000);
  return seconds > 0 ? seconds : undefined;
}
