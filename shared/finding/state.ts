/** The states of a finding: their ids and their order. */
import { epochMs } from '../text/instant.ts';

/** How work on a finding goes on, between two updates of its product. */
const STEPS: readonly string[] = ['new', 'notified', 'resolved', 'suppressed', 'archived'];

const STEP_MS = 16; // all steps together stay below a second, in which events tell their time

const stepOf = (workflow: string): number => Math.max(0, STEPS.indexOf(workflow));

export interface State {
  /** Without the finding's: `2026-11-24T13:40:38.000Z/resolved`. */
  readonly id: string;
  /** Orders the states of a finding; epoch milliseconds, with what is left below a second for those of the same one. */
  readonly version: number;
}

export interface Moment {
  /** By its product, epoch milliseconds. */
  readonly updated: number;
  readonly workflow: string;
  /** When the event with it was sent: products change a finding without a new time of update too. */
  readonly sent: number | undefined;
  /** What else distinguishes it from other states of the same update. */
  readonly marks?: readonly string[];
  /** How many changes the marks stand for, below 16. */
  readonly changes?: number;
}

/** Of the same second the further step of the work is the later one, and then the state with more changes. */
export function stateAt({ updated, workflow, sent, marks = [], changes = 0 }: Moment): State {
  const step = stepOf(workflow);
  const parts = [new Date(updated).toISOString(), ...(step > 0 ? [workflow] : []), ...marks];
  return { id: parts.join('/'), version: (sent ?? updated) + STEP_MS * step + Math.min(changes, STEP_MS - 1) };
}

/** When an EventBridge event was sent, epoch milliseconds; undefined: not an event. */
export const sentAt = ({ 'detail-type': type, time }: Readonly<Record<string, unknown>>): number | undefined =>
  type === undefined ? undefined : epochMs(time);
