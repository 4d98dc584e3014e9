/**
 * What the bootstrap does, in order: a step relies on those before it. Every step compares first and puts what differs, so
 * that a run that was cut off is continued by the next one, and a second run changes nothing.
 */
import { DeliveryError, messageOf } from '../../shared/errors.ts';
import type { Api } from './api.ts';
import { type Change, ensure, type Item, objectOf } from './item.ts';

export interface Options {
  /** Changes nothing, and returns what would be changed. */
  readonly plan?: boolean;
}

export interface Step {
  readonly name: string;
  /** Without it nothing can be collected: its fault ends the run. */
  readonly isRequired?: boolean;
  /** Throws DeliveryError where the whole step can't be done. */
  run(api: Api, options: Options): Promise<readonly Change[]>;
}

/** The server has no such plugin, or we may not use it: then the rest of the step would fail, too. */
const CLOSED: ReadonlySet<unknown> = new Set([401, 403, 404, 405, 501]);
const isClosed = (error: unknown): boolean =>
  error instanceof DeliveryError && (CLOSED.has(error.fields.status) || /no handler found/.test(error.message));

/** A step that puts items one after the other. One that OpenSearch refuses does not hold up the others, unless the step is required. */
export const putting = (name: string, items: readonly Item[], isRequired = false): Step => ({
  name,
  isRequired,
  async run(api, options) {
    const changes: Change[] = [];
    for (const item of items) {
      try {
        changes.push(await ensure(item, api, options));
      } catch (error) {
        if (isRequired || isClosed(error)) throw error;
        changes.push({ action: 'refused', object: objectOf(item), reason: messageOf(error) });
      }
    }
    return changes;
  },
});

/** Runs the steps. Throws what a required step throws; a step that can't be done otherwise is a change `refused`. */
export async function bootstrap(steps: readonly Step[], api: Api, options: Options = {}): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (const step of steps) {
    try {
      changes.push(...(await step.run(api, options)));
    } catch (error) {
      if (step.isRequired) throw error;
      changes.push({ action: 'refused', object: step.name, reason: messageOf(error) });
    }
  }
  return changes;
}
