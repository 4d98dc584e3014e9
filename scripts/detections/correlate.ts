/** Does a correlation hold for records? Windows slide: any `seconds` of the events' own time count. */
import { fieldFor } from './correlation.ts';
import { type Evaluation, holds, type Json, valuesAt } from './evaluate.ts';
import type { Correlation } from './model.ts';
import { placeOf } from './resolve.ts';

export interface Seen {
  /** `cloudtrail` */
  readonly service: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly record: Json;
}

interface Hit {
  readonly rule: number;
  readonly time: number;
  readonly record: Json;
}

export function correlates(of: Correlation, records: readonly Seen[], lists: Evaluation['lists']): boolean {
  const groups = new Map<string, Hit[]>();
  for (const { service, time, record } of records) {
    for (const [rule, { name, logsource, match }] of of.rules.entries()) {
      if (logsource.service !== service) continue;
      const { dotted } = placeOf(logsource);
      if (!holds(match, record, { lists, ...(dotted && { dotted }) })) continue;
      const keys = of.groupBy.map((field) => valuesAt(record, fieldFor(of, field, name)));
      if (keys.some((key) => key.length === 0)) continue;
      for (const key of product(keys)) {
        const group = groups.get(key) ?? [];
        groups.set(key, group);
        group.push({ rule, time, record });
      }
    }
  }
  return [...groups.values()].some((hits) => windows(hits, of.seconds * 1000).some((window) => fulfils(of, window)));
}

const product = (keys: readonly (readonly string[])[]): string[] =>
  keys.reduce<string[]>((all, key) => all.flatMap((before) => key.map((value) => `${before}\n${value}`)), ['']);

/** The hits from each one on. */
const windows = (hits: readonly Hit[], ms: number): Hit[][] =>
  hits.map(({ time }) => hits.filter((each) => each.time >= time && each.time < time + ms));

function fulfils({ type, rules, operator, count, field }: Correlation, hits: readonly Hit[]): boolean {
  const number = (): number => {
    if (type === 'event_count') return hits.length;
    if (type === 'value_count') return new Set(hits.flatMap(({ record }) => valuesAt(record, field))).size;
    return new Set(hits.map(({ rule }) => rule)).size;
  };
  if (type === 'temporal_ordered') {
    const times = (rule: number) => hits.filter((each) => each.rule === rule).map(({ time }) => time);
    return rules.every((_, at) => at === 0 || Math.min(...times(at - 1)) <= Math.max(...times(at)));
  }
  const found = number();
  if (operator === 'gt') return found > count;
  return operator === 'eq' ? found === count : found >= count;
}
