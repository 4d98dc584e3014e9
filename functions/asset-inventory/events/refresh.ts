/**
 * What an event tells of, asked for at once: one asset, by its native id, through the same differ as a run's. A change that is
 * found this way and one that a run finds have the same id; who was second adds the actor, or nothing.
 */
import type { Actor, Asset, Change, Coverage, Current, Manifest, Status } from '../../../shared/asset/model.ts';
import { judge } from '../classify/classify.ts';
import type { Rules } from '../classify/owner.ts';
import { type Asker, books } from '../discovery/ask.ts';
import type { Declaration } from '../discovery/declaration.ts';
import { isGone } from '../discovery/outcome.ts';
import { see } from '../discovery/unit.ts';
import { keys, type PlannedAccount, type Touch } from '../run/run.ts';
import type { Store } from '../run/store.ts';
import { sha256 } from '../state/canonical.ts';
import { type Merging, touched } from '../state/merge.ts';
import type { Seen } from '../state/record.ts';
import { laidOver, type Told, toldOf } from './recent.ts';

export interface Touching {
  readonly store: Store;
  readonly rules: Rules;
  readonly declaration: Declaration;
  readonly asker: Asker;
  /** Instant of the question. */
  readonly at: string;
}

/** What there is to tell. */
export interface Touched {
  readonly run: string;
  readonly at: string;
  readonly place: { readonly account: string; readonly region: string };
  readonly assets: readonly Asset[];
  readonly changes: readonly Change[];
}

/** Undefined: nothing to tell. Rejects where AWS can't be asked, and the message comes again. */
export async function touch(
  { account, region: where, nativeId, actor }: Touch,
  { store, rules, declaration, asker, at }: Touching,
): Promise<Touched | undefined> {
  const region = declaration.scope === 'global' ? 'global' : where;
  const current = (await store.read<Current>(keys.current))?.value;
  const manifest = current && (await store.read<Manifest>(current.manifest))?.value;
  // the first run is still to come, or nobody looks into this account
  if (manifest === undefined || !manifest.accounts.some(({ id }) => id === account)) return undefined;
  const shard = manifest.shards.find((each) => each.account === account && each.region === region);
  const told = await toldOf(store, account, region);
  const prior = laidOver(shard ? ((await store.lines<Asset>(shard.key)) ?? []) : [], told);
  const former = prior.find((asset) => asset.type === declaration.type && asset.nativeId === nativeId);
  const seen = await lookedUp(declaration, asker, nativeId);
  const id = seen?.id ?? former?.id;
  if (id === undefined) return undefined;

  const rows = manifest.coverage.filter((row) => row.account === account && row.region === region);
  const { run } = manifest;
  const found = touched(
    mergingOf({ run, at, account, region, prior, rows, accounts: manifest.accounts, rules }),
    id,
    seen,
    statusIn(rows),
  );
  const place = { account, region };
  if (found.changes.length === 0) {
    const changes = former === undefined ? [] : await withActor(former, actor, place, store);
    return changes.length === 0 ? undefined : { run, at, place, assets: [], changes };
  }
  const window = { notBefore: actor.time, notAfter: actor.time };
  const changes = found.changes.map((change) => ({ ...change, window, actor }));
  for (const asset of found.assets) {
    const of: Told = { at, asset, changes: changes.filter((change) => change.asset.id === asset.id) };
    await store.write(keys.told(account, region, sha256(asset.id)), of);
  }
  return { run, at, place, assets: found.assets, changes };
}

async function lookedUp(declaration: Declaration, asker: Asker, nativeId: string): Promise<Seen | undefined> {
  asker.book(books(), [...declaration.actions, ...(declaration.details ?? []).map(({ action }) => action)]);
  try {
    const [record] = (await declaration.find?.(asker, nativeId)) ?? [];
    return record === undefined ? undefined : await see(record, declaration, asker);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

const statusIn =
  (rows: readonly Coverage[]) =>
  (type: string): Status =>
    rows.find((row) => row.type === type)?.status ?? 'not_run';

interface Known {
  readonly run: string;
  readonly at: string;
  readonly account: string;
  readonly region: string;
  readonly prior: readonly Asset[];
  readonly rows: readonly Coverage[];
  readonly accounts: readonly PlannedAccount[];
  readonly rules: Rules;
}

function mergingOf({ rows, accounts: all, rules, ...known }: Known): Merging {
  const accounts = new Map(all.map((each) => [each.id, each]));
  const before = new Map(known.prior.map((asset) => [asset.id, asset]));
  return {
    ...known,
    seen: [],
    rows,
    before: new Map(rows.map((row) => [row.scope, row])),
    accounts,
    gone: new Set(),
    judge: (assets, statusOf) => judge(assets, statusOf, { rules, accounts, before }),
  };
}

/** Changes that a run found before the event came, of the asset and of what is exposed by it, with who did it. */
async function withActor(
  { id, nativeId, change: last }: Asset,
  actor: Actor,
  { account, region }: Touched['place'],
  store: Store,
): Promise<readonly Change[]> {
  if (last === undefined) return [];
  const all = (await store.lines<Change>(keys.changes(last.run, account, region))) ?? [];
  const isIn = ({ window: { notBefore = '', notAfter } }: Change) => notBefore <= actor.time && actor.time <= notAfter;
  const isOf = (change: Change) =>
    last.ids.includes(change.id) ||
    (change.asset.id !== id && (change.exposure?.to.reasons ?? []).some((reason) => reason.includes(`:${nativeId} `)));
  return all
    .filter((change) => change.actor === undefined && isIn(change) && isOf(change))
    .map((change) => ({ ...change, actor }));
}
