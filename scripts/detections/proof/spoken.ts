/** A detection's searches, read a second time, against the evaluator: event by event. */
import type { Json } from '../evaluate.ts';
import { pipelineOf } from '../pipeline.ts';
import { placeOf } from '../resolve.ts';
import type { Delivered } from './deliver.ts';
import { matches, rulesOf, type Subject } from './proof.ts';
import { jsonFields } from './spath.ts';
import type { Extracted, Spoken } from './splread.ts';
import { passes } from './splrun.ts';

/** Makes an event's fields, as Splunk would with our app. */
export type Extract = (delivered: Delivered, raw: string) => Extracted;

/** In words: events that a search lets through and the rule does not, or the other way round. */
export function missesOf(
  { detection, lists }: Subject,
  all: readonly Delivered[],
  spokenOf: (delivered: Delivered) => Spoken,
): readonly string[] {
  return rulesOf(detection).flatMap((rule) => {
    const { splunk } = placeOf(rule.logsource);
    const { search } = pipelineOf({ ...rule, kind: 'rule' });
    const lets = passes(search.replaceAll('\n', ' '), lists);
    return all
      .filter(({ service, sourcetype }) => service === rule.logsource.service && sourcetype === splunk.sourcetype)
      .filter((each) => lets(spokenOf(each)) !== matches(rule, each, lists))
      .map(({ id }) => `${rule.name}: ${id}`);
  });
}

/** Remembers each event's fields: its own, and those that look-ups add. */
export function speaker(extract: Extract): (delivered: Delivered) => Spoken {
  const known = new WeakMap<Delivered, Spoken>();
  return (delivered) => {
    const before = known.get(delivered);
    if (before !== undefined) return before;
    const { event, record, enriched } = delivered;
    const raw = typeof event === 'string' ? event : JSON.stringify(event);
    const fields = new Map(extract(delivered, raw));
    for (const prefix of ['asset', 'user', 'source', 'destination']) {
      if (prefix in record || !(prefix in enriched)) continue;
      for (const [name, values] of jsonFields({ [prefix]: enriched[prefix] } as Json)) fields.set(name, values);
    }
    const spoken = { event: fields, raw };
    known.set(delivered, spoken);
    return spoken;
  };
}
