/**
 * What ASFF and OCSF both tell of a finding, in the same words; and what follows from it for the finding's life.
 * A finding comes again when its product updates it, and when somebody here works on it: then UpdatedAt stays as it was, and
 * what was changed tells the states apart.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchupdatefindings.html
 */
import { createHash } from 'node:crypto';
import { DecodeError } from '../../shared/errors.ts';
import { findingUid } from '../../shared/finding/identity.ts';
import { type State, stateAt } from '../../shared/finding/state.ts';
import type { Outcome, Severity } from '../../shared/model.ts';
import type { Tactic } from '../../shared/table/tactics.ts';
import { epochMs } from '../../shared/transform/objects/compile.ts';
import type { Edits } from './edits.ts';
import type { Product } from './product.ts';
import type { Resource } from './resource.ts';

export interface FindingSummary {
  /** As its product gave it, but where a product has two for the same finding. */
  readonly id: string;
  readonly product: Product;
  /** Epoch milliseconds, by its product. */
  readonly updated: number;
  readonly severity: Severity | undefined;
  /** Of a compliance check, in ASFF's words. */
  readonly status: string | undefined;
  readonly workflow: string;
  /** When somebody wrote a note on it, epoch milliseconds. */
  readonly noted: number | undefined;
  /** What people changed of what its product gave. */
  readonly edits: Edits;
  /** A person did something with it. */
  readonly isWorkedOn: boolean;
  readonly account: string;
  readonly region: string;
  readonly resources: readonly Resource[];
  readonly tactics: readonly Tactic[];
  /** The control that it is a check of. */
  readonly control: string | undefined;
  /** As they are written, and as everybody calls them. */
  readonly standards: { readonly ids: readonly string[]; readonly names: readonly string[] };
  /** ECS's. */
  readonly categories: readonly string[];
  readonly types: readonly string[];
  /** What only the format's own rows ask for. */
  readonly derived: object;
}

/** Of the times of an update the first that can be read counts. Throws DecodeError naming the field. */
export function identityOf(field: string, id: unknown, updatedField: string, updated: readonly unknown[]) {
  if (typeof id !== 'string' || id === '') throw new DecodeError('the finding has no id', { field });
  const time = updated.map(epochMs).find((ms) => ms !== undefined);
  if (time === undefined) throw new DecodeError('the finding has no date of update', { field: updatedField });
  return { id, updated: time };
}

/** Only the ids of AWS's own products are known to be unique without their ARN. */
export const uidOf = ({ id, product }: FindingSummary): string => (product.isAws ? findingUid(product.name, id) : id);

/**
 * A state's id and its place in the order. In: when the event with it was sent, epoch milliseconds, where it came in one: that
 * alone orders what people do. Otherwise the update counts, or the note, if that is later.
 */
export function stateOf(summary: FindingSummary, sent: number | undefined): State {
  const { updated, workflow, noted = 0, edits } = summary;
  const isNoted = noted > updated;
  const marks = [...(isNoted ? [iso(noted)] : []), ...(edits.length > 0 ? [digest(edits)] : [])];
  const changes = edits.length + (isNoted ? 1 : 0);
  const { id, version } = stateAt({ updated, workflow, sent: sent ?? (isNoted ? noted : undefined), marks, changes });
  return { id: `${uidOf(summary)}@${id}`, version };
}

const digest = (edits: Edits): string => createHash('sha256').update(edits.join('\n')).digest('hex').slice(0, 8);

export const iso = (ms: number): string => new Date(ms).toISOString();

const OUTCOMES: ReadonlyMap<string, Outcome> = new Map([
  ['PASSED', 'success'],
  ['FAILED', 'failure'],
]);

/** Of a check; undefined: it is none. */
export const outcomeOf = ({ status }: FindingSummary): Outcome | undefined =>
  status === undefined ? undefined : (OUTCOMES.get(status) ?? 'unknown');
