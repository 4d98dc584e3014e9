/**
 * A small made-up incident, the same for the same moment: a scan from the internet, guessed passwords, a reverse shell,
 * lateral movement into another account, exfiltration during a flood. In: when it ends. Out: what AWS would have delivered of it by then.
 */

import { accessObjects } from './incident/access.ts';
import type { FindingEvent } from './incident/event.ts';
import { firewallObjects } from './incident/firewall.ts';
import { flowObjects } from './incident/flows.ts';
import { guarddutyEvents } from './incident/guardduty.ts';
import { hubEvents } from './incident/hub.ts';
import { inspectorEvents } from './incident/inspector.ts';
import { lookupObjects } from './incident/lookups.ts';
import { macieEvents } from './incident/macie.ts';
import type { LogObject } from './incident/object.ts';
import { seeded } from './incident/random.ts';
import { requestObjects } from './incident/requests.ts';
import { scanObjects } from './incident/scan.ts';
import { ACTS } from './incident/scenario.ts';
import { shieldEvents } from './incident/shield.ts';
import { trailObjects } from './incident/trail.ts';

export interface Incident {
  /** Logs, with the keys that AWS gives them, and files. */
  readonly objects: readonly LogObject[];
  /** In the order in which they came. */
  readonly events: readonly FindingEvent[];
}

export function incident(at: Date): Incident {
  const start = Math.floor(at.getTime() / 1000) - ACTS.end;
  const guardduty = guarddutyEvents({ start, rng: seeded(2) });
  return {
    objects: [
      ...flowObjects(start, seeded(1)),
      ...trailObjects(start, seeded(3)),
      ...requestObjects(start, seeded(4)),
      ...lookupObjects(start, seeded(5)),
      ...firewallObjects(start, seeded(10)),
      ...accessObjects(start, seeded(11)),
      ...scanObjects(start),
    ],
    events: [
      ...guardduty,
      ...hubEvents({ start, rng: seeded(6) }, guardduty),
      ...inspectorEvents({ start, rng: seeded(7) }),
      ...macieEvents({ start, rng: seeded(8) }),
      ...shieldEvents({ start, rng: seeded(9) }),
    ].toSorted((a, b) => a.event.time.localeCompare(b.event.time)),
  };
}
