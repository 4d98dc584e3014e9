/** What a detection has to have before it is taken. */
import type { Kept } from './load.ts';
import { macrosOf } from './macros.ts';
import { MATRIX, TACTICS } from './matrix.ts';
import type { Detection, Lists } from './model.ts';
import { monitorOf } from './monitor.ts';
import type { Tests } from './proof/cases.ts';
import { RuleRefusal } from './refusal.ts';
import { stanzaOf } from './savedsearch.ts';

/** Throws RuleRefusal with the name of the rule and what it lacks. */
export function check({ detection, tests }: Kept, lists: Lists): void {
  complete(detection);
  monitorOf(detection, lists);
  stanzaOf(detection);
  macrosOf(lists);
  if (tests === undefined) throw new RuleRefusal(detection.name, `it has no tests: ${detection.file}.test.yml`);
  const lacks = lackOf(tests);
  if (lacks !== undefined) throw new RuleRefusal(detection.name, lacks);
}

/** What tests prove nothing without. */
export function lackOf({ cases }: Tests): string | undefined {
  const fires = cases.filter((each) => each.fires).length;
  if (fires === 0) return 'it has no positive: an event that must fire it';
  return fires === cases.length ? 'it has no negative: a near miss that must not fire it' : undefined;
}

function complete({ name, id, techniques, tactics, description, response, falsepositives }: Detection): void {
  const refuse = (why: string): never => {
    throw new RuleRefusal(name, why);
  };
  if (!/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(id)) refuse('its id is no UUID');
  if (description === '') refuse('it has no description');
  if (techniques.length === 0) refuse('it has no MITRE tag, such as attack.t1078.004');
  const unknown = techniques.find((technique) => MATRIX[technique] === undefined);
  if (unknown !== undefined) refuse(`its MITRE technique ${unknown} is not in the matrix`);
  const strange = tactics.find((tactic) => !TACTICS.includes(tactic));
  if (strange !== undefined) refuse(`its MITRE tactic "${strange}" is not known`);
  if (tactics.length === 0) refuse('it has no MITRE tactic, such as attack.persistence');
  if (falsepositives.length === 0) refuse('it does not say when it may be harmless: falsepositives');
  if (response.length === 0) refuse('it does not say what to do: response');
}

/** Of all together: names, titles and ids differ. Throws RuleRefusal. */
export function checkAll(kept: readonly Kept[], lists: Lists): void {
  const seen = new Map<string, string>();
  for (const each of kept) {
    check(each, lists);
    const { name, id, title } = each.detection;
    for (const key of [name, id, title]) {
      const other = seen.get(key);
      if (other !== undefined) throw new RuleRefusal(name, `"${key}" is ${other}'s already`);
      seen.set(key, name);
    }
  }
}
