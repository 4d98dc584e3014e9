/** Sigma correlations. https://sigmahq.io/sigma-specification/specification/sigma-correlation-rules-specification.html */
import type { About, Correlation, CorrelationType, Operator, Rule } from './model.ts';
import { type Fields, isFields, textsIn } from './yaml.ts';

const TYPES: readonly string[] = ['event_count', 'value_count', 'temporal', 'temporal_ordered'];
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const LONGEST = 7 * 86_400; // each run of a monitor looks that far back
const OPERATORS: readonly string[] = ['gt', 'gte', 'lt', 'lte', 'eq'];

/** `rules`: those of the same file that have a name. Throws Error with what is wrong. */
export function correlationOf(given: Fields, about: About, rules: ReadonlyMap<string, Rule>): Correlation {
  const type = String(given.type);
  if (!TYPES.includes(type)) throw new Error(`its correlation type "${type}" is not one of ${TYPES.join(', ')}`);
  const names = textsIn(given.rules);
  const found = names.map((name) => {
    const rule = rules.get(name);
    if (rule === undefined) throw new Error(`its correlation names the rule "${name}", which the file does not have`);
    return rule;
  });
  if (found.length === 0) throw new Error('its correlation names no rules');
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`its correlation names the rule "${twice}" twice`);
  const isTemporal = type.startsWith('temporal');
  if (isTemporal && found.length < 2) throw new Error('a temporal correlation needs two rules');
  const groupBy = textsIn(given['group-by']);
  if (groupBy.length === 0) throw new Error('its correlation needs group-by');
  return {
    ...about,
    kind: 'correlation',
    type: type as CorrelationType,
    rules: found,
    groupBy,
    aliases: aliasesOf(given.aliases),
    seconds: secondsOf(given.timespan),
    ...(isTemporal ? { operator: 'gte', count: found.length, field: '' } : conditionOf(given.condition, type)),
  };
}

function secondsOf(given: unknown): number {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(String(given)) ?? [];
  if (unit === undefined) throw new Error(`its timespan "${given}" is not one such as 10m, 1h`);
  const seconds = Number(count) * UNITS[unit];
  if (seconds === 0 || seconds > LONGEST) throw new Error(`its timespan "${given}" is not between 1s and 7d`);
  return seconds;
}

function conditionOf(given: unknown, type: string): Pick<Correlation, 'operator' | 'count' | 'field'> {
  if (!isFields(given)) throw new Error('its correlation needs a condition such as gte: 10');
  const found = Object.entries(given).filter(([name]) => OPERATORS.includes(name));
  const [operator, count] = found[0] ?? [];
  if (found.length !== 1 || !Number.isInteger(count))
    throw new Error('its condition needs one of gte, gt, lte, lt, eq');
  const field = given.field === undefined ? '' : String(given.field);
  if (type === 'value_count' && field === '') throw new Error('value_count needs a field in its condition');
  if (operator === 'lt' || operator === 'lte') throw new Error('too few events are never seen: use gte, gt or eq');
  if (Number(count) < 1) throw new Error(`its condition ${operator}: ${count} counts no event: expected 1 or more`);
  return { operator: operator as Operator, count: Number(count), field };
}

function aliasesOf(given: unknown): Correlation['aliases'] {
  if (!isFields(given)) return {};
  return Object.fromEntries(
    Object.entries(given).map(([alias, byRule]) => {
      if (!isFields(byRule)) throw new Error(`the alias "${alias}" needs a field for each rule`);
      return [alias, Object.fromEntries(Object.entries(byRule).map(([rule, field]) => [rule, String(field)]))];
    }),
  );
}

/** The field that a group-by name stands for in a rule. */
export const fieldFor = ({ aliases }: Pick<Correlation, 'aliases'>, name: string, rule: string): string =>
  aliases[name]?.[rule] ?? name;
