/**
 * What ASFF and OCSF both tell of a finding, in the same words; and what follows from it for the finding's life.
 * A finding comes again when its product updates it, and when somebody here works on it: then UpdatedAt stays as it was.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchupdatefindings.html
 */
import { DecodeError } from '../../shared/errors.ts';
import { findingUid } from '../../shared/finding/identity.ts';
import type { Outcome, Severity } from '../../shared/model.ts';
import type { Tactic } from '../../shared/table/tactics.ts';
import { epochMs } from '../../shared/transform/objects/compile.ts';
import type { Product } from './product.ts';
import type { Resource } from './resource.ts';

export interface Gist {
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

/** Throws DecodeError naming the field. */
export function identityOf(field: string, id: unknown, updatedField: string, updated: readonly unknown[]) {
  if (typeof id !== 'string' || id === '') throw new DecodeError('the finding has no id', { field });
  const time = updated.map(epochMs).find((ms) => ms !== undefined);
  if (time === undefined) throw new DecodeError('the finding has no date of update', { field: updatedField });
  return { id, updated: time };
}

/** Only the ids of AWS's own products are known to be unique without their ARN. */
export const uidOf = ({ id, product }: Gist): string => (product.isAws ? findingUid(product.name, id) : id);

/** How work on a finding goes on, between two updates of its product. */
const STEPS: readonly string[] = ['new', 'notified', 'resolved', 'suppressed', 'archived'];

export interface State {
  readonly id: string;
  readonly version: number;
}

/** A state's id and its place in the order: by the update, then by how far the work on it is, and by the note. */
export function stateOf(gist: Gist): State {
  const { updated, workflow, noted = 0 } = gist;
  const step = Math.max(0, STEPS.indexOf(workflow));
  const parts = [
    `${uidOf(gist)}@${iso(updated)}`,
    ...(step > 0 ? [workflow] : []),
    ...(noted > updated ? [iso(noted)] : []),
  ];
  return { id: parts.join('/'), version: Math.max(updated, noted) + step };
}

export const iso = (ms: number): string => new Date(ms).toISOString();

const OUTCOMES: ReadonlyMap<string, Outcome> = new Map([
  ['PASSED', 'success'],
  ['FAILED', 'failure'],
]);

/** Of a check; undefined: it is none. */
export const outcomeOf = ({ status }: Gist): Outcome | undefined =>
  status === undefined ? undefined : (OUTCOMES.get(status) ?? 'unknown');
