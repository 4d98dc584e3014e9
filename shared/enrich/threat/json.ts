/** Values of lists in JSON, which others wrote. */
import type { About } from './indicator.ts';

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);

const LONGEST_TEXT = 256;

/** A text with something in it, cut. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, LONGEST_TEXT) : undefined;

/** Without what is not known. */
export const aboutOf = (
  about: { readonly [K in keyof About]: About[K] | undefined } & Pick<About, 'provider'>,
): About => Object.fromEntries(Object.entries(about).filter(([, value]) => value !== undefined)) as unknown as About;
