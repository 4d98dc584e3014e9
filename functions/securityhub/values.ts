/** Values of a finding that may be anything. */
import { isIP } from 'node:net';
import type { Places } from '../../shared/enrich/geo.ts';
import { isObject, type Json, type JsonObject } from '../../shared/transform/json.ts';

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

export const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : []);
export const textsOf = (value: unknown): readonly string[] => listOf(value).filter((each) => typeof each === 'string');
export const firstOf = (value: unknown): JsonObject | undefined => listOf(value).find(isObject);

export type Locate = Pick<Places, 'of'>;

/** The first address, and where our own database places it. */
export function addressOf(values: readonly unknown[], places: Locate): object {
  const ip = values.find((value): value is string => typeof value === 'string' && isIP(value) !== 0);
  return ip === undefined ? {} : { ip, ...places.of(ip) };
}

/** Members that no row names: what AWS has added since. */
export function othersOf(finding: JsonObject, named: ReadonlySet<string>): object | undefined {
  const members = Object.entries(finding).filter(([name]) => !named.has(name));
  return members.length === 0 ? undefined : Object.fromEntries(members);
}
