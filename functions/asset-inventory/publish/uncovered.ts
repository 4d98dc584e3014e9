/**
 * Finds resource types that no declaration covers: compares the tags that AWS knows (types/tagging.ts) with the assets that
 * were found. A type with tags but without any asset in the whole run is uncovered, or may not be read.
 * Types are compared, not single resources, since tags of new and deleted resources lag behind.
 */
import type { Asset, Uncovered } from '../../../shared/asset/model.ts';
import type { Seen } from '../state/record.ts';

/** Tagged resources: evidence of types, not assets. */
export const TAGGED = 'AWS::Tagging::Resource';

/** The evidence of one account's region. */
export interface Witness {
  /** Types of its assets, sorted. */
  readonly kinds: readonly string[];
  /** Types that have tags and no asset. */
  readonly tagged: readonly Uncovered[];
}

/**
 * In: an ARN. Out: its service and, where its resource names one, the type: `ec2:instance`, `lambda:function`, `sqs`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function kindOf(arn: string): string {
  const [, , service = '', , , ...rest] = arn.split(':');
  const [type, id] = rest.flatMap((part) => part.split('/')).filter((part) => part !== '');
  return id === undefined ? service : `${service}:${type}`;
}

export function witnessOf(tagged: readonly Pick<Seen, 'id'>[], assets: readonly Asset[]): Witness {
  const kinds = new Set(assets.filter(({ idSynthetic }) => !idSynthetic).map(({ id }) => kindOf(id)));
  const arns = [...new Set(tagged.map(({ id }) => id))].sort();
  const rest = arns
    .map((arn): Uncovered => ({ kind: kindOf(arn), count: 1, sample: arn }))
    .filter(({ kind }) => !kinds.has(kind));
  return { kinds: [...kinds].sort(), tagged: summed(rest) };
}

/** The uncovered types of a whole run, sorted. A type that is tagged in one region may have assets in another. */
export function uncoveredBy(witnesses: readonly Witness[]): readonly Uncovered[] {
  const covered = new Set(witnesses.flatMap(({ kinds }) => kinds));
  return summed(witnesses.flatMap(({ tagged }) => tagged).filter(({ kind }) => !covered.has(kind)));
}

/** One entry for each type, with the first sample. */
function summed(found: readonly Uncovered[]): readonly Uncovered[] {
  const byKind = new Map<string, Uncovered>();
  for (const each of found) {
    const { count = 0, sample = each.sample } = byKind.get(each.kind) ?? {};
    byKind.set(each.kind, { kind: each.kind, count: count + each.count, sample });
  }
  return [...byKind.values()].sort((a, b) => (a.kind < b.kind ? -1 : 1));
}
