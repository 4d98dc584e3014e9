/** Kinds of values that a parameter takes. In: what YAML or the command line gives. Out: the value, or undefined where it is refused. */

import { ConfigError } from '../../shared/errors.ts';
import { FILTER, isFilter } from '../../shared/pipeline/filter.ts';
import { configFrom, type SettingName } from '../../shared/runtime/config.ts';
import { isField } from '../../shared/transform/rows.ts';

/** What a parameter accepts. `parse` gives undefined for a value it refuses; `fallback` stands in for one not given. */
export interface Parameter<T> {
  readonly expected: string;
  readonly fallback: T;
  parse(given: unknown): T | undefined;
}

export const matching = (expected: string, pattern: RegExp, fallback = ''): Parameter<string> => ({
  expected,
  fallback,
  parse: (given) => (pattern.test(text(given)) ? text(given) : undefined),
});

export const oneOf = <T extends string, F extends string>(words: readonly T[], fallback: F): Parameter<T | F> => ({
  expected: either(words),
  fallback,
  parse: (given) => words.find((word) => word === given),
});

export const wholeNumber = (least: number, most: number, unit: string, fallback: number): Parameter<number> => ({
  expected: `a whole number of ${unit} from ${least} to ${most}`,
  fallback,
  parse: (given) => (within(Number(text(given)), least, most) ? Number(given) : undefined),
});

const within = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

/** A YAML list, or a text with commas between. */
export const listOf = <T>(
  expected: string,
  item: Parameter<T>,
  fallback: readonly T[] = [],
): Parameter<readonly T[]> => ({
  expected,
  fallback,
  parse: (given) => {
    const parts = Array.isArray(given)
      ? given
      : text(given)
          .split(',')
          .map((part) => part.trim());
    const values = parts.flatMap((part) => item.parse(part) ?? []);
    return values.length === parts.length && new Set(values).size === parts.length ? values : undefined;
  },
});

/** Field-map rows, `[target, path]` or `[target, path, cast]`, as YAML or as JSON text. Out: JSON text. */
export const rows: Parameter<string> = {
  expected: 'a list of field-map rows, each [target, path] or [target, path, cast]',
  fallback: '',
  parse: (given) => {
    const value = typeof given === 'string' ? json(given) : given;
    return Array.isArray(value) && value.every(isField) ? JSON.stringify(value) : undefined;
  },
};

/** Filters by destination, as YAML or as JSON text. Out: JSON text. */
export const filters: Parameter<string> = {
  expected: FILTER,
  fallback: '',
  parse: (given) => {
    const value = typeof given === 'string' ? json(given) : given;
    return isFilter(value) ? JSON.stringify(value) : undefined;
  },
};

function json(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined; // refused like any other value that is not a list
  }
}

/** Whether the Lambdas read a text as the setting of that name. */
export function isSetting(name: SettingName, value: string): boolean {
  try {
    configFrom({ [name]: value }, name);
    return value !== '';
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

/** YAML reads an account as a number. */
export const text = (given: unknown): string =>
  typeof given === 'number' ? String(given) : typeof given === 'string' ? given : '';

export const either = (words: readonly string[]): string => words.join(', ').replace(/, ([^,]*)$/, ' or $1');

export const arn = (service: string, resource: string, expected: string): Parameter<string> =>
  matching(expected, new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:${resource}$`));
