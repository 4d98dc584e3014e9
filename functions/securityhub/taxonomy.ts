/**
 * What the types of a finding tell, `namespace/category/classifier`, the same words in both formats.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html#Types
 */
import { type Tactic, tacticNamed } from '../../shared/table/tactics.ts';
import { CATEGORIES } from './fields.ts';

/** ECS's category and type. */
export type Kind = readonly [category: string, type: string];

export const kindsOf = (types: readonly string[]): readonly Kind[] =>
  CATEGORIES.filter(([namespace]) => types.some((type) => type.startsWith(namespace))).map(([, ...kind]) => kind);

/** `TTPs/<tactic>/…` */
export const tacticsOf = (types: readonly string[]): readonly Tactic[] =>
  types
    .map((type) => type.split('/'))
    .filter(([namespace]) => namespace === 'TTPs')
    .map(([, tactic = '']) => tacticNamed(tactic))
    .filter((tactic) => tactic !== undefined);
