/** A detection's searches, read a second time, against the evaluator: event by event. */
import type { Json } from '../evaluate.ts';
import { pipelineOf } from '../pipeline.ts';
import { placeOf } from '../resolve.ts';
import type { Delivered } from './deliver.ts';
import { matches, rulesOf, type Subject } from './proof.ts';
import { extracted } from './spath.ts';
import type { Spoken } from './splread.ts';
import { passes } from './splrun.ts';

/** In words: events that a search lets through and the rule does not, or the other way round. */
export function missesOf({ detection, lists }: Subject, all: readonly Delivered[]): readonly string[] {
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

const known = new WeakMap<Delivered, Spoken>();

function spokenOf(delivered: Delivered): Spoken {
  const before = known.get(delivered);
  if (before !== undefined) return before;
  const { event, record, enriched } = delivered;
  const fields = new Map(extracted(typeof event === 'string' ? record : event));
  for (const prefix of ['asset', 'user', 'source', 'destination']) {
    if (prefix in record || !(prefix in enriched)) continue;
    for (const [name, values] of extracted({ [prefix]: enriched[prefix] } as Json)) fields.set(name, values);
  }
  const spoken = { event: fields, raw: typeof event === 'string' ? event : JSON.stringify(event) };
  known.set(delivered, spoken);
  return spoken;
}
