/** The search to run next: everything else by what the alert has in common with it, a day around it. */
import type { Detection } from './model.ts';
import { fieldsOf, placeOf } from './resolve.ts';

export interface Next {
  /** For the search bar of Discover; `…` is to be filled in. */
  readonly opensearch: string;
  /** For Splunk's drill-down; `$field$` is filled in by Splunk. */
  readonly splunk: string;
}

export function nextOf(detection: Detection): Next {
  const [rule] = detection.kind === 'rule' ? [detection] : detection.rules;
  const fields = fieldsOf(rule.logsource);
  const { service, index } = placeOf(rule.logsource);
  const pivots = detection.pivot.length > 0 ? detection.pivot : rule.pivot;
  const followed = pivots.length > 0 ? pivots : fields.place.per.slice(0, 1);
  const terms = followed.map((raw) => `${fields.document(raw).field}:"…"`);
  const names = followed.map((raw) => fields.splunk(raw));
  return {
    opensearch: `${index} ${terms.join(' or ')}, 24 hours before and after`,
    splunk: `\`bongsu_${service}\` (${names.map((name) => `${name}="$${name}$"`).join(' OR ')})`,
  };
}
