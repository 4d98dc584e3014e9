/**
 * One unit of work: the types of a pack in one account and region, listed page by page into parts in S3. A unit stops
 * between two pages when its time is over, and goes on in the next message.
 * What a part says of a type is final, whatever happens to the message: a part is written once, and whoever comes second
 * goes on from where the first one stopped.
 */
import type { Status } from '../../../shared/asset/model.ts';
import { type Cursor, keys, type PartLine, type Row, type Unit } from '../run/run.ts';
import type { Store } from '../run/store.ts';
import { type Gap, type Seen, seenOf } from '../state/record.ts';
import { type Asker, type Books, books } from './ask.ts';
import type { Declaration, Detail } from './declaration.ts';
import { codeOf, failureOf, isStaleCursor } from './outcome.ts';

export interface Look {
  readonly run: string;
  readonly unit: Unit;
  readonly part: number;
  readonly cursor: Cursor | undefined;
}

export interface Looking {
  readonly store: Store;
  readonly declarations: readonly Declaration[];
  readonly asker: Asker;
  /** Whether to stop at the next page's end. */
  isOver(): boolean;
  now(): number;
}

/** More of one type in one region is not listed: the report says `truncated`. */
const MAX_ITEMS = 50_000;
/** Records whose details are asked for side by side; the pace of each action holds all the same. */
const SIDE_BY_SIDE = 8;

/** Resolves to where the unit goes on; null: it is done. */
export async function look({ run, unit, part, cursor }: Look, looking: Looking): Promise<Cursor | null> {
  const key = keys.part(run, unit, part);
  const { store } = looking;
  const lines: PartLine[] = [];
  let next = nextIn(await store.lines<PartLine>(key));
  if (next === undefined) {
    next = await listAll(unit, cursor, looking, (line) => lines.push(line));
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

/** Undefined: there is no such part. */
function nextIn(lines: readonly PartLine[] | undefined): Cursor | null | undefined {
  const last = lines?.at(-1);
  return last !== undefined && 'next' in last ? last.next : undefined;
}

type Emit = (line: PartLine) => void;

async function listAll(unit: Unit, from: Cursor | undefined, looking: Looking, emit: Emit): Promise<Cursor | null> {
  const { declarations } = looking;
  const first = declarations.findIndex(({ type }) => from === undefined || type >= from.type);
  let next = from?.next;
  for (const [nth, declaration] of (first < 0 ? [] : declarations.slice(first)).entries()) {
    const { type } = declaration;
    if (nth > 0 && looking.isOver()) return { type }; // one page at least, or it would never end
    next = await listOne(unit, declaration, type === from?.type ? next : undefined, looking, emit);
    if (next !== undefined) return { type, next };
  }
  return null;
}

/** Resolves to the place where the list goes on, undefined where it is through: by its end, or by an error. */
async function listOne(
  unit: Unit,
  declaration: Declaration,
  from: string | undefined,
  looking: Looking,
  emit: Emit,
): Promise<string | undefined> {
  const { asker, now, isOver } = looking;
  const { type, actions, details = [] } = declaration;
  const spent = books();
  asker.book(spent, [...actions, ...details.map(({ action }) => action)]);
  const row = rowOf(unit, type, spent, now);
  let next = from;
  let isAnew = false;
  for (;;) {
    try {
      const page = await declaration.list(asker, next);
      const found = await inParallel(page.records, (record) => see(record, declaration, asker));
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
      emit({ row: row.failed(error, asker.actionOf(error)) });
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

/** The invocation's own end; a call's own time-out is an outcome. */
const isAbort = (error: unknown): boolean => codeOf(error) === 'AbortError' || (error as Error)?.name === 'AbortError';

/** A record with its details, as what it tells of its asset. Undefined: not one that is kept. */
export async function see(record: unknown, declaration: Declaration, asker: Asker): Promise<Seen | undefined> {
  const missed: Gap[] = [];
  let whole = record;
  for (const detail of declaration.details ?? []) {
    if (detail.when?.(whole) === false) continue;
    try {
      whole = { ...(whole as object), ...(await detail.ask(whole, asker)) };
    } catch (error) {
      if (isAbort(error)) throw error;
      if (isAbsent(detail, error)) continue;
      const { status, code } = failureOf(error);
      missed.push({ action: detail.action, code, status, fills: detail.fills });
    }
  }
  const draft = declaration.asset(whole, asker);
  return draft && seenOf(declaration, draft, asker, missed);
}

const isAbsent = ({ absent = [] }: Detail<unknown>, error: unknown): boolean => absent.includes(codeOf(error));

async function inParallel<A, B>(values: readonly A[], make: (value: A) => Promise<B>): Promise<B[]> {
  const made = new Array<B>(values.length);
  let at = 0;
  const work = async () => {
    while (at < values.length) {
      const mine = at++;
      made[mine] = await make(values[mine]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, values.length) }, work));
  return made;
}

const isDenied = (status: Status): boolean => status === 'denied' || status === 'scp_denied';

/** Keeps the account of one type while it is listed. */
function rowOf({ account, region, pack }: Unit, type: string, spent: Books, now: () => number) {
  const where = pack === 'identity' ? 'global' : region;
  const began = now();
  const missing = new Set<string>();
  let pages = 0;
  let items = 0;

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
    ...(missing.size > 0 && { missing: [...missing].sort() }),
  });

  return {
    items: () => items,
    page(found: readonly (Seen | undefined)[]) {
      pages++;
      for (const seen of found) {
        if (seen === undefined) continue;
        items++;
        for (const { action, status } of seen.missed) if (isDenied(status)) missing.add(action);
      }
    },
    restart() {
      pages = 0;
      items = 0;
    },
    ended: (status?: Status) => row(status ?? (items > 0 ? 'ok' : 'empty')),
    failed(error: unknown, action: string | undefined): Row {
      const { status, code, message } = failureOf(error);
      if (isDenied(status) && action !== undefined) missing.add(action);
      return { ...row(status), code, message };
    },
  };
}
