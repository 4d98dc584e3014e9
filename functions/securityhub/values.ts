/** Values of a finding that may be anything. */
import { isIP } from 'node:net';
import type { Geo } from '../../shared/enrich/geo.ts';
import { isObject, type Json, type JsonObject } from '../../shared/transform/objects/compile.ts';

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

export const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : []);
export const textsOf = (value: unknown): readonly string[] => listOf(value).filter((each) => typeof each === 'string');
export const firstOf = (value: unknown): JsonObject | undefined => listOf(value).find(isObject);

export type Locate = Pick<Geo, 'of'>;

/** The first address, and where our own database places it. */
export function addressOf(values: readonly unknown[], geo: Locate): object {
  const ip = values.find((value): value is string => typeof value === 'string' && isIP(value) !== 0);
  return ip === undefined ? {} : { ip, ...geo.of(ip) };
}

/** Fields that no row names: what AWS has added since. */
export function othersOf(finding: JsonObject, named: ReadonlySet<string>): object | undefined {
  const fields = Object.entries(finding).filter(([name]) => !named.has(name));
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}
