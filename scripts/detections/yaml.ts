/** Documents of YAML files as what they are: unknown until looked at. */
import { CORE_SCHEMA, loadAll } from 'js-yaml';

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Dates stay texts. Throws Error in one line. */
export function documentsIn(text: string): readonly unknown[] {
  try {
    return loadAll(text, { schema: CORE_SCHEMA }).filter((document) => document !== null && document !== undefined);
  } catch (error) {
    throw new Error(`the YAML can't be read: ${(error as Error).message.split('\n')[0]}`, { cause: error });
  }
}

/** One text or a list of them. */
export const textsIn = (value: unknown): string[] =>
  (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]).map(String);
