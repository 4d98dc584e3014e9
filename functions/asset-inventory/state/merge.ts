/**
 * Merges what one run saw of an account's region with what was known before. Pure: the result depends on the input alone, not
 * on its order.
 * An asset that was not seen is not gone yet. It is deleted when its scope was listed completely without it, and either AWS
 * confirms it when asked for the asset, or the next run does not list it either. If a large part of a scope vanishes at
 * once, deletions in it wait for three more runs, and a `suspicious_drop` change is reported.
 */
import type { Asset, Change, Coverage, Exposure, Status } from '../../../shared/asset/model.ts';
import { statementFor } from '../discovery/outcome.ts';
import { ACCOUNT_NOT_LISTED, type PlannedAccount, REGION_NOT_WANTED, type Row } from '../run/model.ts';
import { blockedRow } from '../run/plan.ts';
import { sha256, textOf } from './canonical.ts';
import { diffOf } from './diff.ts';
import { carried } from './gaps.ts';
import { hashOf, type Seen } from './record.ts';

/** An asset before classification. */
export type Unclassified = Omit<Asset, 'exposure' | 'owner' | 'environment' | 'criticality'>;

export interface MergeInput {
  readonly run: string;
  /** Start of the run, or the time of a single look-up. */
  readonly at: string;
  readonly account: string;
  /** A region, or `global`. */
  readonly region: string;
  readonly prior: readonly Asset[];
  /** Of duplicates the last one counts. */
  readonly seen: readonly Seen[];
  /** One row for each type, or one of the type `*` for all. */
  readonly rows: readonly (Row | Coverage)[];
  /** The previous run's rows, by scope. */
  readonly before: ReadonlyMap<string, Coverage>;
  readonly accounts: ReadonlyMap<string, PlannedAccount>;
  /** Ids that AWS no longer knows. */
  readonly gone: ReadonlySet<string>;
  /** Adds exposure, owner, environment and criticality. */
  classify(assets: readonly Unclassified[], statusOf: (type: string) => Status): readonly Asset[];
}

export interface Merged {
  /** Sorted by type and id. */
  readonly assets: readonly Asset[];
  readonly changes: readonly Change[];
  readonly coverage: readonly Coverage[];
}

const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;
/** A scope that loses more than both of these at once, or of at least five assets more than half, is a suspicious drop. */
const DROP = { count: 50, share: 0.2, few: { least: 5, share: 0.5 } };
const DROPPED = 'suspicious drop';
const RUNS_UNTIL_GONE = 2;
const RUNS_OF_DOUBT = 4;
/** Days after which assets are deleted whose account or region is no longer inventoried. */
const RETIRED_DAYS = 14;
const RETIRED: ReadonlyMap<string | undefined, string> = new Map([
  [ACCOUNT_NOT_LISTED, 'account_left'],
  [REGION_NOT_WANTED, 'region_not_wanted'],
]);

export const isProof = (status: Status): boolean => status === 'ok' || status === 'empty';

export function merge(input: MergeInput): Merged {
  const { account, region, at, run } = input;
  const scopeOf = (type: string) => `${account}/${region}/${type}`;
  const rowOf = rowsByType(input.rows);
  const statusOf = (type: string): Status => rowOf(type)?.status ?? 'not_run';
  const prior = new Map(input.prior.map((asset) => [asset.id, asset]));
  const seen = new Map(input.seen.map((each) => [each.id, each]));
  const vanished = vanishedOf(input, seen);
  const drops = dropsIn(input.prior, vanished);

  const fresh = [...seen.values()].map((each) => renewed(each, prior.get(each.id), input));
  const old = input.prior
    .filter(({ id }) => !seen.has(id))
    .map((asset) => aged(asset, rowOf(asset.type), drops.has(asset.type), input))
    .filter(
      (asset) => asset.deletedAt === undefined || Date.parse(at) - Date.parse(asset.deletedAt) < KEPT_DAYS * DAY_MS,
    );
  const classified = input.classify([...fresh, ...old], statusOf);

  const isKnown = (type: string) => input.before.get(scopeOf(type))?.lastOkAt !== undefined;
  const changes: Change[] = [];
  const assets = classified.map((asset) => {
    const before = prior.get(asset.id);
    if (before === undefined && !isKnown(asset.type)) return asset; // baseline: the type is listed for the first time
    const row = rowOf(asset.type);
    const found = changesOf(before, asset, {
      scope: scopeOf(asset.type),
      run,
      notBefore: before?.lastSeen ?? input.before.get(scopeOf(asset.type))?.lastOkAt,
      notAfter: row?.endedAt ?? at,
    });
    changes.push(...found);
    return found.length === 0 ? asset : { ...asset, change: { ids: found.map(({ id }) => id), run } };
  });

  for (const [type, count] of countBy(fresh)) {
    if (!isKnown(type)) changes.push(ofScope('baseline', type, count, input));
  }
  for (const type of drops) {
    const held = old.filter((asset) => asset.type === type && asset.stateReason === DROPPED).length;
    if (held > 0) changes.push(ofScope('suspicious_drop', type, held, input));
  }
  return {
    assets: [...assets].sort(byTypeAndId),
    changes: changes.sort((a, b) => (a.id < b.id ? -1 : 1)),
    coverage: [...input.rows, ...unlisted(input, rowOf)].map((row) => coverageOf(row, assets, input)),
  };
}

const byTypeAndId = (a: Asset, b: Asset): number =>
  a.type === b.type ? (a.id < b.id ? -1 : 1) : a.type < b.type ? -1 : 1;

function rowsByType(rows: MergeInput['rows']): (type: string) => Row | Coverage | undefined {
  const byType = new Map(rows.map((row) => [row.type, row]));
  return (type) => byType.get(type) ?? byType.get('*');
}

const isAlive = ({ state }: Asset): boolean => state !== 'deleted';

/** Assets, by type, that a complete list no longer contains. */
function vanishedOf({ prior, rows }: MergeInput, seen: ReadonlyMap<string, Seen>): Map<string, readonly Asset[]> {
  const rowOf = rowsByType(rows);
  return Map.groupBy(
    prior.filter((asset) => isAlive(asset) && !seen.has(asset.id) && isProof(rowOf(asset.type)?.status ?? 'not_run')),
    ({ type }) => type,
  );
}

/** An asset that a run has to look up before it may report it as deleted. */
export interface Doubt {
  readonly asset: Asset;
  /** Most of its scope vanished at once, as in an empty answer: only an error or a record proves that it is gone. */
  readonly isInDrop: boolean;
}

/** None of a large drop: the next runs decide. */
export function unconfirmed(input: MergeInput): readonly Doubt[] {
  const seen = new Map(input.seen.map((each) => [each.id, each]));
  const vanished = vanishedOf(input, seen);
  const drops = dropsIn(input.prior, vanished);
  return [...vanished].flatMap(([type, assets]) => {
    const isInDrop = drops.has(type);
    return isInDrop && assets.length > DROP.count ? [] : assets.map((asset) => ({ asset, isInDrop }));
  });
}

function dropsIn(prior: readonly Asset[], vanished: ReadonlyMap<string, readonly Asset[]>): ReadonlySet<string> {
  const alive = countBy(prior.filter(isAlive));
  const isDrop = ([type, { length }]: [string, readonly Asset[]]) => {
    const all = alive.get(type) ?? 0;
    const isMost = all >= DROP.few.least && length > DROP.few.share * all;
    return isMost || length > Math.max(DROP.count, DROP.share * all);
  };
  return new Set([...vanished].filter(isDrop).map(([type]) => type));
}

function countBy(assets: readonly Pick<Asset, 'type'>[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { type } of assets) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}

/** The new state of an asset that was seen. A new resource under an old id has no history. */
function renewed(seen: Seen, prior: Asset | undefined, { at, account, accounts }: MergeInput): Unclassified {
  const before = prior !== undefined && isSame(prior, seen) ? prior : undefined;
  const { missed, ...found } = carried(seen, before);
  const { id } = seen.account;
  const { name, ouPath, orgId } = accounts.get(id) ?? {};
  const asset = {
    ...found,
    account: { id, ...(name && { name }), ...(ouPath && { ouPath }), ...(orgId && { orgId }) },
    hash: hashOf(found),
    firstSeen: before?.firstSeen ?? at,
    lastChanged: at,
    state: 'active' as const,
    gaps: missed.map(({ action, code }) => `${action} ${code}`).sort(),
    ...(id !== account && { seenIn: [account] }),
    ...(before?.change !== undefined && { change: before.change }),
  };
  return before !== undefined && isUnchanged(before, asset) ? { ...asset, lastChanged: before.lastChanged } : asset;
}

const isSame = (prior: Asset, { incarnation }: Pick<Seen, 'incarnation'>): boolean =>
  prior.incarnation === undefined || incarnation === undefined || prior.incarnation === incarnation;

const isUnchanged = (before: Asset, asset: Unclassified): boolean =>
  isAlive(before) && (before.hash === asset.hash || diffOf(before, asset).paths.length === 0);

/** The new state of an asset that was not seen. `row`: of the list without it. */
function aged(asset: Asset, row: Row | Coverage | undefined, isInDrop: boolean, input: MergeInput): Asset {
  const { gone, at } = input;
  const { status = 'not_run', endedAt: lookedUntil = at, code } = row ?? {};
  if (!isAlive(asset)) return asset;
  const lastSeen = lastSeenOf(asset, input);
  const { absent = 0 } = asset;
  const runs = isProof(status) ? absent + 1 : absent;
  const stale = (stateReason: string): Asset => ({
    ...asset,
    lastSeen,
    state: 'stale',
    stateReason,
    ...(runs > 0 && { absent: runs }),
  });
  const deleted = (stateReason: string): Asset => {
    const { absent: _, ...rest } = asset;
    return { ...rest, lastSeen, state: 'deleted', stateReason, deletedAt: lookedUntil };
  };
  if (status === 'account_suspended') return deleted('account_closed');
  const retired = RETIRED.get(code);
  if (status === 'not_run' && retired !== undefined && Date.parse(at) - Date.parse(lastSeen) >= RETIRED_DAYS * DAY_MS)
    return deleted(retired);
  if (!isProof(status)) return stale(`scope ${status}`);
  if (gone.has(asset.id)) return deleted('gone');
  if (isInDrop && runs < RUNS_OF_DOUBT) return stale(DROPPED);
  return runs >= RUNS_UNTIL_GONE ? deleted(`absent ${runs} runs`) : stale('absent once');
}

/**
 * Merges one asset that was looked up between two runs. `seen`: its present state, undefined where AWS no longer knows it.
 * Other assets keep their state but may be classified differently. Out: the assets that changed, and their changes.
 */
export function mergeOne(
  input: MergeInput,
  id: string,
  seen: Seen | undefined,
  statusOf: (type: string) => Status,
): { readonly assets: readonly Asset[]; readonly changes: readonly Change[] } {
  const { prior, at, run, account, region, before } = input;
  const known = new Map(prior.map((asset) => [asset.id, asset]));
  const former = known.get(id);
  const all = new Map<string, Unclassified>(known);
  if (seen !== undefined) all.set(id, renewed(seen, former, input));
  else if (former !== undefined && isAlive(former))
    all.set(id, {
      ...former,
      lastSeen: lastSeenOf(former, input),
      state: 'deleted',
      stateReason: 'gone',
      deletedAt: at,
    });
  const changes: Change[] = [];
  const assets = input.classify([...all.values()], statusOf).flatMap((asset) => {
    const was = known.get(asset.id);
    const scope = `${account}/${region}/${asset.type}`;
    const notBefore = was?.lastSeen ?? before.get(scope)?.lastOkAt;
    const found = changesOf(was, asset, { scope, run, notBefore, notAfter: at });
    if (found.length === 0 && (asset.id !== id || was?.hash === asset.hash)) return [];
    changes.push(...found);
    return [found.length === 0 ? asset : { ...asset, change: { ids: found.map((each) => each.id), run } }];
  });
  return { assets, changes };
}

const lastSeenOf = (asset: Asset, { account, region, before }: MergeInput): string =>
  asset.lastSeen ?? before.get(`${account}/${region}/${asset.type}`)?.lastOkAt ?? asset.lastChanged;

interface ChangeContext {
  readonly scope: string;
  readonly run: string;
  readonly notBefore?: string | undefined;
  readonly notAfter: string;
}

/** The same change of the same state always has the same id, whichever step finds it. */
export function changesOf(
  before: Asset | undefined,
  after: Asset,
  { scope, run, notBefore, notAfter }: ChangeContext,
): Change[] {
  const changes: Change[] = [];
  const add = (kind: Change['kind'], of: Asset, more: Partial<Change>, subject: unknown) => {
    changes.push({
      id: sha256(textOf([{ asset: of.id, kind, after: before?.change?.ids ?? before?.firstSeen, subject }])),
      kind,
      asset: nameOf(of),
      diff: [],
      window: { ...(notBefore !== undefined && { notBefore }), notAfter },
      scope,
      run,
      ...more,
    });
  };
  const isNew = before === undefined || !isSame(before, after);
  if (before !== undefined && isAlive(before) && (isNew || !isAlive(after)))
    add('deleted', before, { prevHash: before.hash }, before.hash);
  if (!isAlive(after)) return changes;
  if (isNew) add('created', after, { hash: after.hash }, after.hash);
  else if (!isAlive(before)) add('undeleted', after, { prevHash: before.hash, hash: after.hash }, after.hash);
  if (isNew || !isAlive(before)) return changes;

  const { paths, truncated } = diffOf(before, after);
  if (paths.length > 0) {
    const more = { diff: paths, prevHash: before.hash, hash: after.hash, ...(truncated && { truncated }) };
    add('changed', after, more, after.hash);
  }
  if (isExposedOtherwise(before, after)) {
    const exposure = { from: before.exposure, to: after.exposure };
    add('exposure_changed', after, { diff: differencesOf(exposure), exposure }, after.exposure);
  }
  if (before.owner?.value !== after.owner?.value) {
    const [from, to] = [before.owner?.value, after.owner?.value];
    const diff = [{ path: 'owner', ...(from !== undefined && { from }), ...(to !== undefined && { to }) }];
    add('owner_changed', after, { diff }, to ?? '');
  }
  return changes;
}

const nameOf = ({ id, type, nativeId, name, region, account, owner }: Asset): Change['asset'] => ({
  id,
  type,
  nativeId,
  name,
  region,
  account,
  ...(owner !== undefined && { owner: owner.value }),
});

/** The last known level. */
const known = ({ level, was }: Exposure): Exposure['level'] | undefined => (level === 'unknown' ? was : level);

/** Unknown exposure is no change, nor is a first classification. A network interface follows its instance. */
function isExposedOtherwise(before: Asset, after: Asset): boolean {
  const isOfAnother = after.type === 'AWS::EC2::NetworkInterface' && after.relationships.some(isAttached);
  if (isOfAnother || after.exposure.level === 'unknown' || known(before.exposure) === undefined) return false;
  if (known(before.exposure) !== after.exposure.level) return true;
  return before.exposure.level !== 'unknown' && textOf(before.exposure.ports) !== textOf(after.exposure.ports);
}

const isAttached = ({ type, target }: Asset['relationships'][number]): boolean =>
  type === 'attached_to' && target.startsWith('i-');

function differencesOf({ from, to }: NonNullable<Change['exposure']>): Change['diff'] {
  const level = known(from) === to.level ? [] : [{ path: 'exposure.level', from: known(from), to: to.level }];
  const [before, after] = [from.ports ?? [], to.ports ?? []];
  const added = after.filter((port) => !before.includes(port));
  const removed = before.filter((port) => !after.includes(port));
  if (added.length + removed.length === 0) return level;
  return [
    ...level,
    { path: 'exposure.ports', ...(added.length > 0 && { added }), ...(removed.length > 0 && { removed }) },
  ];
}

function ofScope(kind: 'baseline' | 'suspicious_drop', type: string, count: number, input: MergeInput): Change {
  const { run, at, account, region, accounts } = input;
  const scope = `${account}/${region}/${type}`;
  const { name } = accounts.get(account) ?? {};
  return {
    id: sha256(textOf([{ scope, kind, run }])),
    kind,
    asset: { id: scope, type, nativeId: scope, name: type, region, account: { id: account, ...(name && { name }) } },
    diff: [],
    window: { notAfter: at },
    count,
    scope,
    run,
  };
}

/** Rows for types that earlier runs listed and this one did not: they keep `lastOkAt`. */
function unlisted({ rows, before }: MergeInput, rowOf: (type: string) => Row | Coverage | undefined): Coverage[] {
  const listed = new Set(rows.map(({ scope }) => scope));
  return [...before.values()]
    .filter(({ scope, type }) => !listed.has(scope) && !type.includes('*'))
    .map(({ account, region, type }) => {
      const { status = 'not_run', code } = rowOf(type) ?? {};
      return blockedRow(account, region, status, { code }, type);
    });
}

function coverageOf(row: Row | Coverage, assets: readonly Asset[], { at, before }: MergeInput): Coverage {
  const { missing = [] } = row;
  const lastOkAt = isProof(row.status) ? at : before.get(row.scope)?.lastOkAt;
  const stale = assets.filter(({ type, state }) => state === 'stale' && (row.type === '*' || type === row.type)).length;
  return {
    ...row,
    ...(missing.length > 0 && { statement: statementFor(missing) }),
    ...(lastOkAt !== undefined && { lastOkAt }),
    ...(stale > 0 && { staleAssets: stale }),
  };
}
