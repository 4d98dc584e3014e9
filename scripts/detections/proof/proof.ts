/** Proves detections: by the node's monitors, by the evaluator on raw records, and by a second reading of the searches. */
import { correlates, type Seen } from '../correlate.ts';
import { holds } from '../evaluate.ts';
import type { Kept } from '../load.ts';
import type { Detection, Lists, Rule } from '../model.ts';
import { monitorOf } from '../monitor.ts';
import { RuleRefusal } from '../refusal.ts';
import { placeOf } from '../resolve.ts';
import type { Case } from './cases.ts';
import { type Delivered, deliver } from './deliver.ts';
import { worldOf } from './world.ts';

export interface Ran {
  readonly of: Case;
  readonly delivered: readonly Delivered[];
}

export interface Subject {
  readonly detection: Detection;
  readonly group: string;
  /** The tests' lists before the shipped ones. */
  readonly lists: Lists;
  readonly ran: readonly Ran[];
}

/** Runs the events of every test through the pipeline. Throws RuleRefusal where one does not get through. */
export async function subjects(kept: readonly Kept[], shipped: Lists): Promise<readonly Subject[]> {
  const found: Subject[] = [];
  for (const { detection, group, tests } of kept) {
    if (tests === undefined) continue;
    try {
      const world = worldOf(tests);
      const events = tests.cases.flatMap((each) => each.events);
      const all = await deliver(events, world);
      let at = 0;
      const ran = tests.cases.map((each) => {
        const delivered = all.slice(at, at + each.events.length);
        at += each.events.length;
        return { of: each, delivered };
      });
      found.push({ detection, group, lists: { ...shipped, ...tests.lists }, ran });
    } catch (error) {
      throw new RuleRefusal(detection.name, `its tests are broken: ${(error as Error).message}`);
    }
  }
  return found;
}

/** By the evaluator: whether a rule holds for an event. */
export function matches({ logsource, match }: Rule, { service, enriched }: Delivered, lists: Lists): boolean {
  if (logsource.service !== service) return false;
  const { dotted } = placeOf(logsource);
  return holds(match, enriched, { lists, ...(dotted && { dotted }) });
}

/** By the evaluator: whether a case fires. */
export function fires(detection: Detection, delivered: readonly Delivered[], lists: Lists): boolean {
  if (detection.kind === 'rule') return delivered.some((each) => matches(detection, each, lists));
  const seen = delivered.map(({ service, time, enriched }): Seen => ({ service, time, record: enriched }));
  return correlates(detection, seen, lists);
}

export const rulesOf = (detection: Detection): readonly Rule[] =>
  detection.kind === 'rule' ? [detection] : detection.rules;

export const monitorFor = ({ detection, lists }: Pick<Subject, 'detection' | 'lists'>) =>
  monitorOf(detection, lists) as unknown as import('./node.ts').Monitor;

/** Cases that the evaluator judges otherwise than the test says, in words. */
export const faultsOf = ({ detection, lists, ran }: Subject): readonly string[] =>
  ran
    .filter(({ of, delivered }) => fires(detection, delivered, lists) !== of.fires)
    .map(({ of }) => `${detection.name}: "${of.why}" ${of.fires ? 'does not fire' : 'fires'} by the evaluator`);
