/**
 * CloudWatch metrics as log lines in the embedded metric format: no call, no wait.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */

import type { Metrics, SinkName } from '../model.ts';
import { stdout } from './log.ts';

export interface MetricsOptions {
  /** Name of the source. With the stack it is a dimension of every metric. */
  readonly source: string;
  /** Default: the setting STACK, or `local`. Two stacks of one account must not count as one. */
  readonly stack?: string;
  readonly write?: (line: string) => void;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

const NAMESPACE = 'Bongsu';
const MAX_VALUES = 100; // of one metric in one line

/** Counts are summed up until the next flush; durations and ages (`…Ms`) are kept one by one, so that CloudWatch can compute percentiles. */
export function metrics({
  source,
  stack = process.env.STACK || 'local',
  write = stdout,
  now = Date.now,
}: MetricsOptions): Metrics {
  const groups = new Map<SinkName | undefined, Map<string, number[]>>();

  function flushGroup(sink: SinkName | undefined): void {
    const values = groups.get(sink);
    if (values !== undefined)
      write(line(now(), { Stack: stack, Source: source, ...(sink !== undefined && { Sink: sink }) }, values));
    groups.delete(sink);
  }

  return {
    add(name, value, sink) {
      const values = groups.get(sink) ?? new Map<string, number[]>();
      groups.set(sink, values);
      const list = values.get(name) ?? [];
      values.set(name, list);
      if (!isDuration(name)) list[0] = (list[0] ?? 0) + value;
      else if (list.push(Math.round(value)) === MAX_VALUES) flushGroup(sink);
    },
    flush() {
      for (const sink of [...groups.keys()]) flushGroup(sink);
    },
  };
}

const isDuration = (name: string): boolean => name.endsWith('Ms');

/** One line for each set of dimension values: the format has one value a dimension in a line. */
function line(at: number, dimensions: Record<string, string>, values: ReadonlyMap<string, number[]>): string {
  const directive = {
    Namespace: NAMESPACE,
    Dimensions: [Object.keys(dimensions)],
    Metrics: [...values.keys()].map((name) => ({ Name: name, Unit: isDuration(name) ? 'Milliseconds' : 'Count' })),
  };
  const members = [...values].map(([name, list]) => [name, isDuration(name) ? list : list[0]]);
  return JSON.stringify({
    _aws: { Timestamp: at, CloudWatchMetrics: [directive] },
    ...dimensions,
    ...Object.fromEntries(members),
  });
}
