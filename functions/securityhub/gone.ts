/**
 * Failures of Prowler whose resource no longer exists. Prowler reports what it finds and says nothing of what it no longer
 * finds, so a failure of a deleted bucket would stay open. Prowler archives such findings itself only in Security Hub.
 * In: the current findings in OpenSearch. Out: lines like those of reconcile.ts, with the finding archived at the time of the
 * run that no longer reported it: `{"detail-type":"Prowler Finding Gone",…,"detail":{"findings":[{…}]}}`.
 * https://github.com/prowler-cloud/prowler/blob/master/prowler/providers/aws/lib/security_hub/security_hub.py
 */
import { find, isObject, type JsonObject } from '../../shared/transform/objects/compile.ts';
import { archivedAsff } from './archived.ts';
import type { Search } from './known.ts';
import { GONE } from './records.ts';
import { iso } from './summary.ts';

const HOUR = 3_600_000;
/** A run takes up to 8 hours (prowler.yml), and its file comes at its end: only a run that began earlier is complete. */
const COMPLETE_MS = 12 * HOUR;
/** After so long, a failure whose check no longer runs is gone. More than a week, since some scan one service a week. */
const UNREPORTED_MS = 8 * 24 * HOUR;
const PER_PAGE = 200;
const MOST_ACCOUNTS = 10_000;

/** A failure and the last complete run of its account. */
interface Failure {
  readonly doc: JsonObject;
  readonly version: number;
  readonly updated: number;
  readonly sort: unknown;
}

export interface Asking {
  /** Searches `aws-findings-current`. */
  readonly search: Search;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Epoch milliseconds of the last complete run of each account. */
type Runs = ReadonlyMap<string, number>;

/** Yields one line for each failure that is gone. Stops early where it may not search. */
export async function* gone(asking: Asking, tick: { account: string; region: string }, signal: AbortSignal) {
  for (const [account, last] of await runsOf(asking, signal)) {
    for await (const failures of unreported(asking, account, last, signal)) {
      const ends = await endsOf(asking, failures, last, signal);
      for (const [failure, end] of ends) yield lineOf(failure, end, tick);
    }
  }
}

const UPDATED = '@timestamp';
const PROWLER = { term: { 'observer.product': 'Prowler' } };
const before = (ms: number): object => ({ range: { [UPDATED]: { lte: iso(ms), format: 'strict_date_time' } } });
const LAST = { last: { max: { field: UPDATED } } };

async function runsOf({ search, now }: Asking, signal: AbortSignal): Promise<Runs> {
  const query = {
    size: 0,
    query: { bool: { filter: [PROWLER, before(now - COMPLETE_MS)] } },
    aggs: { accounts: { terms: { field: 'cloud.account.id', size: MOST_ACCOUNTS }, aggs: LAST } },
  };
  const buckets = find(await search(query, signal), 'aggregations.accounts.buckets');
  const rows = (Array.isArray(buckets) ? buckets : []) as readonly { key: string; last: { value: number } }[];
  return new Map(rows.map(({ key, last }) => [key, last.value]));
}

const DONE = ['resolved', 'suppressed', 'archived'];

/** Pages of open failures that the last complete run of their account did not report. */
async function* unreported({ search }: Asking, account: string, last: number, signal: AbortSignal) {
  let search_after: unknown;
  for (;;) {
    const query = {
      size: PER_PAGE,
      version: true,
      track_total_hits: false,
      query: {
        bool: {
          filter: [
            PROWLER,
            { term: { 'cloud.account.id': account } },
            { term: { 'event.outcome': 'failure' } },
            { range: { [UPDATED]: { lt: iso(last), format: 'strict_date_time' } } },
          ],
          must_not: [{ terms: { 'aws.securityhub.workflow.status': DONE } }],
        },
      },
      sort: [{ [UPDATED]: 'asc' }, { 'finding.uid': 'asc' }],
      ...(search_after !== undefined && { search_after }),
    };
    const found = failuresIn(await search(query, signal));
    if (found.length > 0) yield found;
    if (found.length < PER_PAGE) return;
    search_after = found.at(-1)?.sort;
  }
}

function failuresIn(answer: unknown): readonly Failure[] {
  const hits = find(answer, 'hits.hits');
  return (Array.isArray(hits) ? hits : []).flatMap(({ _source: doc, _version, sort }) => {
    const updated = Date.parse(String(isObject(doc) ? doc[UPDATED] : ''));
    return isObject(doc) && Number.isFinite(updated) ? [{ doc, version: Number(_version), updated, sort }] : [];
  });
}

const WHERE = ['cloud.account.id', 'cloud.region', 'rule.id'] as const;

/**
 * Those that are gone, with the time of the run that shows it: a later run of the same check in the same region, or, where no
 * run has that check any more, the last of the account.
 */
async function endsOf({ search, now }: Asking, failures: readonly Failure[], last: number, signal: AbortSignal) {
  const keyOf = ({ doc }: Failure): string => WHERE.map((path) => find(doc, path) ?? '').join('/');
  const checks = new Map(failures.map((each) => [keyOf(each), checkOf(each.doc, now)]));
  const query = { size: 0, aggs: { checks: { filters: { filters: Object.fromEntries(checks) }, aggs: LAST } } };
  const buckets = find(await search(query, signal), 'aggregations.checks.buckets');
  return failures.flatMap((failure): (readonly [Failure, number])[] => {
    const checked = Number(find(isObject(buckets) ? buckets[keyOf(failure)] : undefined, 'last.value') ?? 0);
    if (checked > failure.updated) return isLater(failure, checked) ? [[failure, checked]] : [];
    return now - failure.updated > UNREPORTED_MS && isLater(failure, last) ? [[failure, last]] : [];
  });
}

const checkOf = (doc: JsonObject, now: number): object => ({
  bool: {
    filter: [
      PROWLER,
      before(now - COMPLETE_MS),
      ...WHERE.flatMap((path) => {
        const value = find(doc, path);
        return value === undefined ? [] : [{ term: { [path]: value } }];
      }),
    ],
  },
});

/** A finding that came through Security Hub has the time of its event as its version. */
const isLater = ({ version }: Failure, end: number): boolean => end - JUST_BEFORE_MS > version;

/** The state is older than what the run itself reports, so that a report that arrives later opens the finding again. */
const JUST_BEFORE_MS = 1000;

function lineOf({ doc }: Failure, end: number, { account, region }: { account: string; region: string }): Uint8Array {
  const time = iso(end - JUST_BEFORE_MS);
  const event = { 'detail-type': GONE, account, region, time, detail: { findings: [archivedAsff(doc, time)] } };
  return Buffer.from(`${JSON.stringify(event)}\n`);
}
