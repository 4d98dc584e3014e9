/**
 * A small made-up incident, the same for the same moment: a scan from the internet, guessed passwords, a reverse shell, a
 * leap into another account, data that leaves. In: when it ends. Out: what AWS would have delivered of it by then.
 */
import { ACTS } from './incident/cast.ts';
import { type FindingEvent, findingEvents } from './incident/findings.ts';
import { flowObjects } from './incident/flows.ts';
import { lookupObjects } from './incident/lookups.ts';
import type { LogObject } from './incident/object.ts';
import { chance } from './incident/random.ts';
import { requestObjects } from './incident/requests.ts';
import { trailObjects } from './incident/trail.ts';

export interface Incident {
  /** Logs, with the keys that AWS gives them. */
  readonly objects: readonly LogObject[];
  readonly events: readonly FindingEvent[];
}

export function incident(at: Date): Incident {
  const start = Math.floor(at.getTime() / 1000) - ACTS.end;
  return {
    objects: [
      ...flowObjects(start, chance(1)),
      ...trailObjects(start, chance(3)),
      ...requestObjects(start, chance(4)),
      ...lookupObjects(start, chance(5)),
    ],
    events: findingEvents(start, chance(2)),
  };
}
