/**
 * One unit of work: lists the types of a pack in one account and region, page by page, into part objects in S3. Near the end
 * of its time the unit stops between two pages and continues in the next message.
 * A part is written once and is final: when a message is delivered twice, the second delivery continues from the first one's
 * part.
 */
import type { Status } from '../../../shared/asset/model.ts';
import { messageOf } from '../../../shared/errors.ts';
import { type Cursor, keys, type PartLine, type Row, type Unit } from '../run/model.ts';
import type { Store } from '../run/store.ts';
import { type Gap, type Seen, seenOf } from '../state/record.ts';
import { type ApiClient, type CallCounts, callCounts } from './apiclient.ts';
import type { Declaration, Detail } from './declaration.ts';
import { codeOf, failureOf, isDenied, isStaleCursor } from './outcome.ts';
import { inParallel } from './parallel.ts';

export interface UnitPosition {
  readonly run: string;
  readonly unit: Unit;
  readonly part: number;
  readonly cursor: Cursor | undefined;
}

export interface UnitContext {
  readonly store: Store;
  readonly declarations: readonly Declaration[];
  readonly api: ApiClient;
  /** Whether to stop after this page. */
  isOver(): boolean;
  now(): number;
}

/** Most assets of one type in one region. Beyond it the coverage report says `truncated`. */
const MAX_ITEMS = 50_000;
/** Resolves to the cursor to continue from, or null when the unit is done. */
export async function listUnit(
  { run, unit, part, cursor }: UnitPosition,
  context: UnitContext,
): Promise<Cursor | null> {
  const key = keys.part(run, unit, part);
  const { store } = context;
  const lines: PartLine[] = [];
  let next = nextIn(await store.lines<PartLine>(key));
  if (next === undefined) {
    next = await listAll(unit, cursor, context, (line) => lines.push(line));
    lines.push({ next });
    const isFirst = await store.writeLines(
      key,
      lines.map((line) => JSON.stringify(line)),
      'new',
    );
    if (!isFirst) next = nextIn(await store.lines<PartLine>(key)) ?? null;
  }
  if (next === null) await store.write(keys.done(run, unit), { parts: part + 1 }, 'new');
  return next;
}

/** Undefined: the part does not exist. */
function nextIn(lines: readonly PartLine[] | undefined): Cursor | null | undefined {
  const last = lines?.at(-1);
  return last !== undefined && 'next' in last ? last.next : undefined;
}

type Emit = (line: PartLine) => void;

async function listAll(unit: Unit, from: Cursor | undefined, context: UnitContext, emit: Emit): Promise<Cursor | null> {
  const { declarations } = context;
  const first = declarations.findIndex(({ type }) => from === undefined || type >= from.type);
  let next = from?.next;
  for (const [nth, declaration] of (first < 0 ? [] : declarations.slice(first)).entries()) {
    const { type } = declaration;
    if (nth > 0 && context.isOver()) return { type }; // at least one page each time, or the unit would never end
    next = await listOne(unit, declaration, type === from?.type ? next : undefined, context, emit);
    if (next !== undefined) return { type, next };
  }
  return null;
}

/** Resolves to the cursor to continue from, or undefined when the list ended or failed. */
async function listOne(
  unit: Unit,
  declaration: Declaration,
  from: string | undefined,
  context: UnitContext,
  emit: Emit,
): Promise<string | undefined> {
  const { api, now, isOver } = context;
  const { type, actions, details = [] } = declaration;
  const spent = callCounts();
  api.track(spent, [...actions, ...details.map(({ action }) => action)]);
  const row = rowOf(unit, type, spent, now);
  let next = from;
  let isAnew = false;
  for (;;) {
    try {
      const page = await declaration.list(api, next);
      const found = await inParallel(page.records, async (record) => {
        try {
          return await observe(record, declaration, api);
        } catch (error) {
          if (isAbort(error)) throw error;
          row.broken(error); // one record costs no other
          return undefined;
        }
      });
      row.page(found);
      for (const seen of found) if (seen !== undefined) emit({ seen });
      if (page.next !== undefined && page.next !== '' && page.next === next) throw new Error('the list repeats itself');
      next = page.next || undefined;
    } catch (error) {
      if (isAbort(error)) throw error;
      if (isStaleCursor(error) && next !== undefined && !isAnew) {
        isAnew = true;
        next = undefined;
        row.restart();
        emit({ restart: type });
        continue;
      }
      emit({ row: row.failed(error, api.actionOf(error)) });
      return undefined;
    }
    if (next === undefined || row.items() >= MAX_ITEMS) {
      emit({ row: row.ended(next === undefined ? undefined : 'truncated') });
      return undefined;
    }
    if (isOver()) {
      emit({ row: { ...row.ended(), open: true } });
      return next;
    }
  }
}

/** The invocation ended. A timeout of a single call is a failure of that call instead. */
const isAbort = (error: unknown): boolean => codeOf(error) === 'AbortError' || (error as Error)?.name === 'AbortError';

/** Adds the details to a record and turns it into an asset. Undefined: the record is not kept. */
export async function observe(record: unknown, declaration: Declaration, api: ApiClient): Promise<Seen | undefined> {
  const missed: Gap[] = [];
  let whole = record;
  for (const detail of declaration.details ?? []) {
    if (detail.when?.(whole) === false) continue;
    try {
      whole = { ...(whole as object), ...(await detail.call(whole, api)) };
    } catch (error) {
      if (isAbort(error)) throw error;
      if (isAbsent(detail, error)) continue;
      const { status, code, deniedBy } = failureOf(error);
      missed.push({ action: detail.action, code, status, fills: detail.fills, ...(deniedBy && { deniedBy }) });
    }
  }
  const draft = declaration.asset(whole, api);
  return draft && seenOf(declaration, draft, api, missed);
}

const isAbsent = ({ absent = [] }: Detail<unknown>, error: unknown): boolean => absent.includes(codeOf(error));

/** Collects the coverage row of one type while it is listed. */
function rowOf({ account, region, pack }: Unit, type: string, spent: CallCounts, now: () => number) {
  const where = pack === 'identity' ? 'global' : region;
  const began = now();
  const missing = new Set<string>();
  let pages = 0;
  let items = 0;
  let broken: { readonly code: string; readonly message: string } | undefined;
  let deniedBy: string | undefined;

  const row = (status: Status): Row => ({
    scope: `${account}/${where}/${type}`,
    account,
    region: where,
    type,
    status,
    ...spent,
    pages,
    items,
    ms: Math.round(now() - began),
    startedAt: new Date(began).toISOString(),
    endedAt: new Date(now()).toISOString(),
    ...broken,
    ...(deniedBy !== undefined && { deniedBy }),
    ...(missing.size > 0 && { missing: [...missing].sort() }),
  });

  return {
    items: () => items,
    page(found: readonly (Seen | undefined)[]) {
      pages++;
      for (const seen of found) {
        if (seen === undefined) continue;
        items++;
        for (const { action, status, deniedBy: policy } of seen.missed) {
          if (!isDenied(status)) continue;
          missing.add(action);
          deniedBy ??= policy;
        }
      }
    },
    broken(error: unknown) {
      broken ??= {
        code: 'InvalidRecord',
        message: `a record of ${type} is left out: ${messageOf(error)}`.slice(0, 500),
      };
    },
    restart() {
      pages = 0;
      items = 0;
      broken = undefined;
    },
    ended: (status?: Status) => row(status ?? (broken ? 'partial' : items > 0 ? 'ok' : 'empty')),
    failed(error: unknown, action: string | undefined): Row {
      const { status, code, message, deniedBy: policy } = failureOf(error);
      deniedBy = policy ?? deniedBy;
      if (isDenied(status) && action !== undefined) missing.add(action);
      return { ...row(status), code, message };
    },
  };
}
