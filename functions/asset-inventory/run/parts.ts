/** Joins the parts of one account's region: the assets seen, and one coverage row for each type. */
import type { Coverage, Status } from '../../../shared/asset/model.ts';
import { CUSTOM, customIn } from '../custom/custom.ts';
import type { Seen } from '../state/record.ts';
import {
  ACCOUNT_NOT_LISTED,
  type Done,
  type Found,
  keys,
  type PartLine,
  type Plan,
  REGION_NOT_WANTED,
  type Row,
  shardRegion,
  type Unit,
} from './model.ts';
import { blockedRow } from './plan.ts';
import type { Store } from './store.ts';

export const unitsOf = ({ units }: Plan, account: string, region: string): readonly Unit[] =>
  units.filter((unit) => unit.account === account && shardRegion(unit) === region);

/** Undefined: one of its units is not done. Rejects with ReadError. */
export async function foundIn(store: Store, plan: Plan, account: string, region: string): Promise<Found | undefined> {
  if (account === CUSTOM) return customIn(store);
  const seen: Seen[] = [];
  const rows: (Row | Coverage)[] = [...blockedOf(plan, account, region)];
  for (const unit of unitsOf(plan, account, region)) {
    const done = await store.read<Done>(keys.done(plan.run, unit));
    if (done === undefined) return undefined;
    if (done.value.notRun) rows.push(blockedRow(account, region, 'not_run', {}, `${unit.pack}/*`));
    const lines: PartLine[] = [];
    for (let part = 0; part < done.value.parts; part++) {
      lines.push(...((await store.lines<PartLine>(keys.part(plan.run, unit, part))) ?? []));
    }
    seen.push(...seenIn(lines));
    rows.push(...rowsIn(lines));
  }
  return { seen, rows };
}

/** An account that can't be entered or a disabled region has one row for all types. */
function blockedOf({ blocked, units, accounts }: Plan, account: string, region: string): readonly Coverage[] {
  const own = blocked.filter((row) => row.account === account && (row.region === '*' || row.region === region));
  if (own.length > 0) return own;
  if (units.some((unit) => unit.account === account && shardRegion(unit) === region)) return [];
  // not planned: the account left the organization or the settings, or its region is no longer configured
  const isKnown = accounts.some(({ id }) => id === account);
  return [blockedRow(account, region, 'not_run', { code: isKnown ? REGION_NOT_WANTED : ACCOUNT_NOT_LISTED })];
}

function seenIn(lines: readonly PartLine[]): readonly Seen[] {
  let seen: Seen[] = [];
  for (const line of lines) {
    if ('seen' in line) seen.push(line.seen);
    else if ('restart' in line) seen = seen.filter(({ type }) => type !== line.restart);
  }
  return seen;
}

function rowsIn(lines: readonly PartLine[]): readonly Row[] {
  const byType = new Map<string, Row>();
  for (const line of lines) {
    if (!('row' in line)) continue;
    const before = byType.get(line.row.type);
    byType.set(line.row.type, before === undefined ? line.row : joined(before, line.row));
  }
  return [...byType.values()].map(({ open: _, ...row }) => ({ ...row, status: statusOf(row) }));
}

function joined(a: Row, b: Row): Row {
  const missing = [...new Set([...(a.missing ?? []), ...(b.missing ?? [])])].sort();
  return {
    ...b,
    calls: a.calls + b.calls,
    pages: a.pages + b.pages,
    items: a.items + b.items,
    retries: a.retries + b.retries,
    throttles: a.throttles + b.throttles,
    ms: a.ms + b.ms,
    ...(a.startedAt !== undefined && { startedAt: a.startedAt }),
    ...(missing.length > 0 && { missing }),
  };
}

/** `region_disabled`: the region was turned off while it was listed, so what is missing is not a page. */
const ENDED: ReadonlySet<Status> = new Set<Status>(['ok', 'empty', 'truncated', 'partial', 'region_disabled']);

/** A list that failed after a page is `partial`; a complete list is `empty` only if no part had an asset. */
function statusOf({ status, pages, items }: Row): Status {
  if (!ENDED.has(status)) return pages > 0 ? 'partial' : status;
  return status === 'empty' && items > 0 ? 'ok' : status;
}
