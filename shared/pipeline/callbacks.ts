/** Counts what a sink reports of each item's records, and quarantines what it rejected. */
import { DeliveryError, messageOf } from '../errors.ts';
import type { Metrics, SinkName } from '../model.ts';
import type { DeliveryCallbacks } from './batcher.ts';
import type { Outcome, SinkCounts } from './outcome.ts';
import type { Progress } from './progress.ts';
import type { Rejects } from './rejects.ts';

export interface CallbackOptions {
  readonly sink: SinkName;
  readonly source: string;
  readonly outcomes: readonly Outcome[];
  readonly progress: readonly Progress[];
  readonly rejects: Rejects;
  readonly metrics: Metrics;
  readonly signal: AbortSignal;
  /** False for events that Bongsu itself writes: they are none of the item's records. */
  readonly isCounted: boolean;
}

export function deliveryCallbacks(options: CallbackOptions): DeliveryCallbacks {
  const { sink, source, outcomes, progress, rejects, metrics, signal, isCounted } = options;
  const count = (item: number, name: keyof SinkCounts, records: number) => {
    if (isCounted) outcomes[item].counts[sink]![name] += records;
  };
  return {
    signal,
    onSent: (item, records) => count(item, 'sent', records),
    onSpilled: (item, records) => count(item, 'spilled', records),
    onRejected({ item, uri, seq }, reason, raw) {
      count(item, 'rejected', 1);
      rejects.put(item, { source, sink, reason, uri, seq, raw });
    },
    onFailed({ item, uri, seq }, cause) {
      progress[item].open({ uri, seq }, sink);
      if (cause === undefined) return;
      metrics.add('NotStored', 1);
      outcomes[item].error ??= new DeliveryError(`${sink}: ${messageOf(cause)}`, { sink, uri, seq }, cause);
    },
    comesAgain: (item) => outcomes[item].error !== undefined,
    onDelivered: (ms) => metrics.add('DeliveryMs', ms, sink),
  };
}
