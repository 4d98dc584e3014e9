/**
 * Whether all kinds of resources are looked at: what AWS keeps tags of (types/tagging.ts) is held against what the
 * declarations found. A kind that none of them found anything of in the whole run is one that nobody looks at, or may look at.
 * By kind and not one by one: tags of what is gone or new are answered late.
 */
import type { Asset, Uncovered } from '../../../shared/asset/model.ts';
import type { Seen } from '../state/record.ts';

/** Of what is no asset but a witness for some. */
export const TAGGED = 'AWS::Tagging::Resource';

/** What one account's region says. */
export interface Witness {
  /** Kinds of its assets, sorted. */
  readonly kinds: readonly string[];
  /** Of what has tags: the kinds that are not among them. */
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

/** Of a whole run, sorted by kind. What one region has only tags of another one may have assets of. */
export function uncoveredBy(witnesses: readonly Witness[]): readonly Uncovered[] {
  const covered = new Set(witnesses.flatMap(({ kinds }) => kinds));
  return summed(witnesses.flatMap(({ tagged }) => tagged).filter(({ kind }) => !covered.has(kind)));
}

/** One a kind, with the first of its samples. */
function summed(found: readonly Uncovered[]): readonly Uncovered[] {
  const byKind = new Map<string, Uncovered>();
  for (const each of found) {
    const { count = 0, sample = each.sample } = byKind.get(each.kind) ?? {};
    byKind.set(each.kind, { kind: each.kind, count: count + each.count, sample });
  }
  return [...byKind.values()].sort((a, b) => (a.kind < b.kind ? -1 : 1));
}
