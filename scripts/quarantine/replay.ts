/** Replays rejected records, each on the route that it can take, and writes down in the replay log which were sent. */
import type { StoredReject } from './rejects.ts';
import type { ReplayLog } from './replaylog.ts';
import { type RouteOptions, router } from './route.ts';
import { add, isFull, pending, type SendOptions, send } from './send.ts';

export interface ReplayOptions extends SendOptions, RouteOptions {
  readonly log: ReplayLog;
  /** Also records that were replayed before. */
  readonly again: boolean;
  readonly dryRun: boolean;
  /** Called with each reject that can't be replayed. */
  onSkipped(reject: StoredReject, why: string): void;
}

export interface Summary {
  /** The sum of the next three. */
  readonly replayed: number;
  readonly fromObjects: number;
  readonly fromQuarantine: number;
  readonly spilled: number;
  /** Messages that were sent. */
  readonly messages: number;
  readonly alreadyReplayed: number;
  /** Rejects that can't be replayed. */
  readonly skipped: number;
}

const zero = () => ({
  replayed: 0,
  fromObjects: 0,
  fromQuarantine: 0,
  spilled: 0,
  messages: 0,
  alreadyReplayed: 0,
  skipped: 0,
});

/** Sends before it writes to the log: what fails in between is sent again by the next replay. */
export async function replay(all: AsyncIterable<StoredReject>, options: ReplayOptions): Promise<Summary> {
  const { log, again, dryRun, onSkipped } = options;
  const routeOf = router(options);
  const summary = zero();
  let open = pending();

  async function flush(): Promise<void> {
    if (dryRun || open.positions.length === 0) return;
    summary.messages += await send(open, options);
    await log.add(open.positions);
    open = pending();
  }

  for await (const reject of all) {
    if (!again && (await log.has(reject.positions))) {
      summary.alreadyReplayed++;
      continue;
    }
    const route = await routeOf(reject);
    if (typeof route !== 'string') {
      summary.skipped++;
      onSkipped(reject, route.why);
      continue;
    }
    summary.replayed++;
    summary[route]++;
    if (dryRun) continue;
    add(open, route, reject);
    if (isFull(open)) await flush();
  }
  await flush();
  return summary;
}
