/** What became of an item: records counted by sink, checked against what was read, and reported in the log and metrics. */
import { DeliveryError } from '../errors.ts';
import type { Log, Metrics, SinkName } from '../model.ts';

/** Records of one item by what became of them. */
export interface Outcome {
  readonly id: string;
  /** Why the item has to come again. */
  error?: unknown;
  read: number;
  /** Quarantined, since they could not be decoded. */
  undecodable: number;
  /** Epoch milliseconds of the newest record; 0: none was read. */
  newest: number;
  readonly counts: Partial<Record<SinkName, SinkCounts>>;
}

/** One sink's part of an item. Unless the item comes again, read = undecodable + filtered + sent + rejected + spilled. */
export interface SinkCounts {
  /** Not routed there, or not admitted. */
  filtered: number;
  sent: number;
  /** Quarantined, since the sink will never accept them. */
  rejected: number;
  /** Kept for later, since the sink does not accept them now. */
  spilled: number;
}

export const newOutcome = (id: string, sinks: readonly SinkName[]): Outcome => ({
  id,
  read: 0,
  undecodable: 0,
  newest: 0,
  counts: Object.fromEntries(sinks.map((name) => [name, { filtered: 0, sent: 0, rejected: 0, spilled: 0 }])),
});

/** Names of the metrics, one for each sink. */
const METRICS: Readonly<Record<keyof SinkCounts, string>> = {
  filtered: 'Filtered',
  sent: 'Delivered',
  rejected: 'Rejected',
  spilled: 'Spilled',
};

export interface ReportTools {
  readonly log: Log;
  readonly metrics: Metrics;
}

/**
 * Checks that each record is accounted for at each sink, and reports the item. A mismatch makes the item come again. `objects`:
 * what was read of it. True: the counts don't match.
 */
export function report(
  source: string,
  outcome: Outcome,
  objects: readonly string[],
  { log, metrics }: ReportTools,
): boolean {
  let isMismatch = false;
  const { id, read, undecodable, newest, counts } = outcome;
  // a message without records, such as S3's test event, must not look like a source that has fallen silent
  if (read > 0) metrics.add('Records', read);
  metrics.add('Undecodable', undecodable);
  if (newest > 0) metrics.add('AgeMs', Math.max(0, Date.now() - newest));
  for (const [sink, of] of Object.entries(counts) as [SinkName, SinkCounts][]) {
    for (const [name, count] of Object.entries(of)) metrics.add(METRICS[name as keyof SinkCounts], count, sink);
    const missing = read - undecodable - of.filtered - of.sent - of.rejected - of.spilled;
    const isOff = missing !== 0 && outcome.error === undefined; // what comes again is not settled yet
    metrics.add('Unbalanced', isOff ? Math.abs(missing) : 0);
    if (isOff) outcome.error = new DeliveryError('count mismatch', { sink, missing });
    isMismatch ||= isOff;
  }
  const { error } = outcome;
  const fields = { source, item: id, read, undecodable, ...counts };
  if (error === undefined) log.info('item collected', fields);
  else log.error('item failed', { ...fields, objects, error });
  return isMismatch;
}
