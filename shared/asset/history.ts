/**
 * Who held what when, from successive runs of the inventory. Pure: the order of runs does not matter, and extending a history
 * gives the same result as building it from all runs.
 * Nothing is assumed between two looks: what one look showed and the other did not began or ended at some time between.
 */

import { type Claim, claimsOf, type Key, primaryKey, secondsOf } from './claims.ts';
import type { Asset, Change, Coverage, Manifest } from './model.ts';

/** The result of one run. */
export interface Run {
  readonly manifest: Pick<Manifest, 'run' | 'at' | 'accounts' | 'coverage'>;
  readonly assets: readonly Asset[];
  /** Changes; those with a CloudTrail actor give exact times. */
  readonly changes?: readonly Change[];
}

/** In epoch seconds. Not held at `after`, held from `since` to `until`, no longer held at `before`. */
export interface Interval {
  readonly after: number;
  readonly since: number;
  readonly until: number;
  readonly before: number;
}

/** No bound: the largest number that a table can store. */
export const NEVER = 0xffffffff;
export const ALWAYS: Interval = { after: 0, since: 0, until: NEVER, before: NEVER };

/** The properties of an asset that are joined into logs, from some time on. */
export interface Version {
  readonly from: number;
  readonly type: string;
  readonly name: string;
  readonly owner: string;
  readonly environment: string;
  readonly criticality: string;
  readonly exposure: string;
  readonly account: string;
  readonly vpc: string;
}

export interface Known {
  readonly versions: readonly Version[];
  /** NEVER: not known to be gone. */
  readonly goneAt: number;
}

export interface AccountFacts {
  readonly name?: string | undefined;
  /** `Root/Prod/Web` */
  readonly ouPath?: string | undefined;
  readonly orgId?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

export interface History {
  /** Of the newest run. */
  readonly run: string;
  readonly at: number;
  /** By key, then by asset, in time order. */
  readonly holders: ReadonlyMap<Key, ReadonlyMap<string, readonly Interval[]>>;
  readonly assets: ReadonlyMap<string, Known>;
  readonly accounts: ReadonlyMap<string, AccountFacts>;
  /** The CIDR blocks of each VPC. */
  readonly networks: ReadonlyMap<string, readonly string[]>;
  /** Start of the last complete look at each scope whose assets hold addresses. */
  readonly looks: ReadonlyMap<string, number>;
}

export const NO_HISTORY: History = {
  run: '',
  at: 0,
  holders: new Map(),
  assets: new Map(),
  accounts: new Map(),
  networks: new Map(),
  looks: new Map(),
};

/** Days that ended intervals are kept: logs arrive late, and are read again from S3. */
const KEPT_SECONDS = 30 * 86_400;

/** In: runs in any order; runs that are not newer than `before` are ignored. */
export function historyOf(runs: readonly Run[], before: History = NO_HISTORY): History {
  return runs
    .filter(({ manifest }) => timeOf(manifest) > before.at)
    .toSorted((a, b) => timeOf(a.manifest) - timeOf(b.manifest) || (a.manifest.run < b.manifest.run ? -1 : 1))
    .reduce(next, before);
}

const timeOf = ({ at }: Pick<Manifest, 'at'>): number => secondsOf(at) ?? 0;

function next(before: History, { manifest, assets: carried, changes = [] }: Run): History {
  const at = timeOf(manifest);
  const assets = asSeen(carried, manifest.coverage);
  const looks = looksOf(manifest.coverage, at);
  const sights = new Map([...looksOf(manifest.coverage, at, () => true), ...looks]);
  const byId = new Map(assets.map((asset) => [asset.id, asset]));
  const claims = claimsOf(assets);
  // an asset without a look of its own was seen at some time of the run
  const whole = { start: at, end: Math.max(at, ...[...sights.values()].map(({ end }) => end)) };
  const lookOf = (id: string): Look => sights.get(scopeOf(byId.get(id))) ?? whole;
  const endIn = (asset: Asset | undefined) =>
    Math.max(0, ...LISTING.map((type) => (asset && sights.get(scopeOf({ ...asset, type }))?.end) || 0));
  const horizon = at - KEPT_SECONDS;
  const known = knownOf(before.assets, assets, at, horizon);
  return {
    run: manifest.run,
    at,
    holders: holdersOf({ before, claims, byId, lookOf, endIn, moments: momentsOf(changes), known, horizon }),
    assets: known,
    accounts: new Map(
      manifest.accounts.map(({ id, name, ouPath, orgId, tags }) => [id, { name, ouPath, orgId, tags }]),
    ),
    networks: new Map([...before.networks, ...networksOf(assets)]),
    looks: nextLooks(before.looks, looks, new Set(claims.map(({ by }) => byId.get(by)!.type))),
  };
}

const LISTING = ['AWS::EC2::NetworkInterface', 'AWS::EC2::EIP'];

interface Look {
  readonly start: number;
  readonly end: number;
}

/** The scope whose look shows an asset; an asset that another account shares is listed by the account that sees it. */
const scopeOf = (asset: Asset | undefined): string =>
  asset === undefined ? '' : `${asset.seenIn?.[0] ?? asset.account.id}/${asset.region}/${asset.type}`;

/** Scopes that a run could not list keep their earlier state. */
function asSeen(assets: readonly Asset[], coverage: readonly Coverage[]): readonly Asset[] {
  const missed = new Set(coverage.filter(({ status }) => status === 'not_run').map(({ scope }) => scope));
  if (missed.size === 0) return assets;
  return assets.map((asset) =>
    asset.state === 'active' && missed.has(scopeOf(asset)) ? { ...asset, state: 'stale' } : asset,
  );
}

const isWhole = ({ status }: Coverage): boolean => status === 'ok' || status === 'empty';

/** For each scope that was listed completely. */
function looksOf(coverage: readonly Coverage[], at: number, is = isWhole): ReadonlyMap<string, Look> {
  return new Map(
    coverage.filter(is).map(({ scope, startedAt, endedAt }) => {
      const end = endedAt === undefined ? at : Math.ceil(Date.parse(endedAt) / 1000);
      return [scope, { start: secondsOf(startedAt) ?? at, end }] as const;
    }),
  );
}

function nextLooks(
  before: ReadonlyMap<string, number>,
  looks: ReadonlyMap<string, Look>,
  types: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const result = new Map(before);
  for (const [scope, { start }] of looks) {
    if (types.has(scope.slice(scope.lastIndexOf('/') + 1))) result.set(scope, start);
  }
  return result;
}

const networksOf = (assets: readonly Asset[]) =>
  assets
    .filter(({ type, state }) => type === 'AWS::EC2::VPC' && state !== 'deleted')
    .map(({ nativeId, net }) => [nativeId, net.prefixes ?? []] as const);

/** Exact start and end of assets, by id, from CloudTrail. */
interface Moments {
  readonly began: ReadonlyMap<string, number>;
  readonly ended: ReadonlyMap<string, number>;
}

function momentsOf(changes: readonly Change[]): Moments {
  const of = (kind: Change['kind']) =>
    new Map(
      changes
        .filter((change) => change.kind === kind && change.actor !== undefined)
        .map(({ asset, actor }) => [asset.id, secondsOf(actor?.time) ?? 0] as const),
    );
  return { began: of('created'), ended: of('deleted') };
}

/** Input of one step from a run to the next. */
interface Step {
  readonly before: History;
  readonly claims: readonly Claim[];
  readonly byId: ReadonlyMap<string, Asset>;
  readonly lookOf: (asset: string) => Look;
  /** End of the looks at the interfaces and addresses of the asset's account and region, which list the keys of other assets. */
  readonly endIn: (asset: Asset | undefined) => number;
  readonly moments: Moments;
  readonly known: ReadonlyMap<string, Known>;
  readonly horizon: number;
}

function holdersOf(step: Step): History['holders'] {
  const claimed = Map.groupBy(step.claims, ({ key }) => key);
  const result = new Map<Key, ReadonlyMap<string, readonly Interval[]>>();
  for (const key of new Set([...step.before.holders.keys(), ...claimed.keys()])) {
    const claims = (claimed.get(key) ?? []).toSorted((a, b) => (a.by < b.by ? -1 : 1));
    const holders = nextHolders(key, step.before.holders.get(key) ?? new Map(), claims, step);
    if (holders.size > 0) result.set(key, holders);
  }
  return result;
}

type Holders = ReadonlyMap<string, readonly Interval[]>;

/** The holders of one key. */
function nextHolders(key: Key, before: Holders, claims: readonly Claim[], step: Step): Holders {
  const seen = new Map(claims.filter(({ isStale }) => !isStale).map((claim) => [claim.asset, claim]));
  const unsure = new Set(claims.filter(({ isStale }) => isStale).map(({ asset }) => asset));
  const begun = new Map([...seen].map(([asset, claim]) => [asset, extended(before.get(asset) ?? [], claim, step)]));
  const starts = [...begun.values()].map((intervals) => intervals.at(-1)!.since);
  const result = new Map<string, readonly Interval[]>();
  for (const [asset, intervals] of before) {
    if (begun.has(asset)) continue;
    const mayHold = unsure.has(asset) || isForLife(intervals);
    // a holder that began while this one still held it does not replace it
    const replacedAt = Math.min(NEVER, ...starts.filter((since) => since > intervals.at(-1)!.until));
    const end = mayHold ? replacedAt : Math.min(replacedAt, endOf(asset, step));
    result.set(asset, closed(intervals, end, exactEndOf(asset, key, step)));
  }
  const heldUntil = Math.max(0, ...[...result.values()].flat().map(({ until }) => until));
  for (const asset of unsure) {
    if (!result.has(asset) && begun.size === 0) result.set(asset, [unseen(step.byId.get(asset))]);
  }
  for (const [asset, intervals] of begun) {
    const isNew = (before.get(asset)?.length ?? 0) < intervals.length;
    result.set(asset, isNew ? startedAfter(intervals, heldUntil) : intervals);
  }
  return lasting(result, step);
}

const isForLife = (intervals: readonly Interval[]): boolean => intervals[0]?.until === NEVER;

/** Drops intervals that ended long ago and whose asset is no longer known. */
function lasting(holders: Holders, { known, horizon }: Step): Holders {
  const result = new Map<string, readonly Interval[]>();
  for (const [asset, intervals] of holders) {
    const kept = known.has(asset) ? intervals.filter(({ before }) => before > horizon) : [];
    if (kept.length > 0) result.set(asset, kept);
  }
  return result;
}

/** Extends the holder's interval, or starts one. Nothing begins before the last look that did not show it. */
function extended(intervals: readonly Interval[], claim: Claim, { before, byId, lookOf, moments }: Step) {
  if (claim.isForLife) return [ALWAYS];
  const { start, end } = lookOf(claim.by);
  const last = intervals.at(-1);
  const created = moments.began.get(claim.by);
  const exact = claim.since ?? (claim.isOwn ? created : undefined);
  if (last?.before === NEVER) {
    const held = intervals.slice(0, -1);
    const again = claim.since ?? (claim.after === undefined ? 0 : claim.after + 1);
    if (again <= Math.max(last.since, last.until) || again > end)
      return [...held, claim.isIdle ? last : { ...last, until: Math.max(last.until, start) }];
    // it was detached and attached again between two looks
    const anew = claim.since === undefined ? { after: again - 1, since: end, until: start, before: NEVER } : undefined;
    return [...held, { ...last, before: again }, anew ?? beginning(again, start)];
  }
  const unshown = before.looks.get(scopeOf(byId.get(claim.by))) ?? 0;
  if (exact !== undefined && !claim.isIdle && unshown <= exact && exact <= end)
    return [...intervals, beginning(exact, start)];
  const notBefore = created !== undefined && created <= end ? created - 1 : 0;
  const after = Math.max(Math.min(claim.after ?? 0, end - 1), notBefore, last?.until ?? 0, unshown);
  return [...intervals, { after, since: end, until: claim.isIdle ? 0 : start, before: NEVER }];
}

/** `exact`: the known start. `seen`: start of the look that shows it. */
const beginning = (exact: number, seen: number): Interval => ({
  after: exact - 1,
  since: exact,
  until: Math.max(exact, seen),
  before: NEVER,
});

/** Others held it until then, so the new interval can't have started earlier. */
function startedAfter(intervals: readonly Interval[], last: number): readonly Interval[] {
  const newest = intervals.at(-1)!;
  return newest.after >= last || newest.since <= last
    ? intervals
    : [...intervals.slice(0, -1), { ...newest, after: last }];
}

/** The time from which an asset is known not to hold an unclaimed key; NEVER: unknown. */
function endOf(asset: string, { byId, lookOf, endIn }: Step): number {
  const found = byId.get(asset);
  if (found?.state === 'stale') return NEVER;
  const deletedAt = found?.state === 'deleted' ? Math.ceil(Date.parse(found.deletedAt ?? '') / 1000) : Number.NaN;
  return deletedAt > 0 ? deletedAt : Math.max(lookOf(asset).end, endIn(found));
}

interface End {
  readonly time: number;
  /** It held the key until then; any other key may have moved on earlier. */
  readonly isHeld: boolean;
}

/** The end of the holder, if CloudTrail tells it. */
function exactEndOf(asset: string, key: Key, { moments, byId }: Step): End | undefined {
  const time = moments.ended.get(asset);
  const found = byId.get(asset);
  if (time === undefined || found === undefined) return undefined;
  return { time, isHeld: primaryKey(found) === key };
}

function closed(intervals: readonly Interval[], end: number, exact?: End): readonly Interval[] {
  const last = intervals.at(-1);
  if (last === undefined || last.before !== NEVER) return intervals;
  const isExact = exact !== undefined && exact.time <= end && exact.time > last.since;
  const before = isExact ? exact.time : end;
  const until = isExact && exact.isHeld ? before - 1 : Math.min(last.until, before - 1);
  const now = { ...last, until, before };
  return [...intervals.slice(0, -1), now].filter((each) => each.before > each.after + 1);
}

/** The first run after the asset's deletion was reported. */
function unseen(asset: Asset | undefined): Interval {
  const seen = secondsOf(asset?.lastSeen ?? asset?.firstSeen) ?? 0;
  return { after: 0, since: seen, until: Math.max(0, seen - 1), before: NEVER };
}

function knownOf(
  before: ReadonlyMap<string, Known>,
  assets: readonly Asset[],
  at: number,
  horizon: number,
): ReadonlyMap<string, Known> {
  const result = new Map<string, Known>();
  for (const [id, known] of before) if (known.goneAt > horizon) result.set(id, known);
  for (const asset of assets) {
    const goneAt = asset.state === 'deleted' ? (secondsOf(asset.deletedAt) ?? at) : NEVER;
    if (goneAt <= horizon) continue;
    const known = before.get(asset.id)?.versions ?? [];
    const version = versionOf(asset, known.length === 0 ? 0 : at);
    const versions = isSame(known.at(-1), version) ? known : [...known, version];
    result.set(asset.id, { versions: since(versions, horizon), goneAt });
  }
  const present = new Set(assets.map(({ id }) => id));
  for (const [id, known] of result)
    if (!present.has(id) && known.goneAt === NEVER) result.set(id, { ...known, goneAt: at });
  return result;
}

const versionOf = (asset: Asset, from: number): Version => ({
  from,
  type: asset.type,
  name: asset.name,
  owner: asset.owner?.value ?? '',
  environment: asset.environment ?? '',
  criticality: asset.criticality ?? '',
  exposure: asset.exposure.level,
  account: asset.account.id,
  vpc: asset.net.vpc ?? '',
});

const isSame = (a: Version | undefined, b: Version): boolean =>
  a !== undefined && JSON.stringify({ ...a, from: 0 }) === JSON.stringify({ ...b, from: 0 });

/** Drops holders that had been replaced by then. */
const since = (versions: readonly Version[], horizon: number): readonly Version[] =>
  versions.filter((_, i) => i === versions.length - 1 || versions[i + 1].from > horizon);
