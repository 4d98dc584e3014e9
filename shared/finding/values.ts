/** Values of a finding, which may be anything: what they are as a text, a list, an address; and the finding in its event. */
import { isIP } from 'node:net';
import type { Geo } from '../enrich/geo.ts';
import type { Join } from '../enrich/joined.ts';
import { DecodeError } from '../errors.ts';
import { isObject, type Json, type JsonObject } from '../transform/objects/compile.ts';

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

export const textOrEmpty = (value: unknown): string => (typeof value === 'string' ? value : '');

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

/** A record with what rows can't say. */
export interface Derived {
  readonly derived: object;
}

/** The record with the assets that it is about, where rows find them: `derived.joined`. */
export const withJoin = (record: Derived, joined: Join | undefined): object => ({
  ...record,
  derived: { ...record.derived, joined },
});

/** The detail of an EventBridge event of this type; anything else is the finding itself. Throws DecodeError. */
export function findingIn(value: JsonObject, detailType: string): JsonObject {
  const type = value['detail-type'];
  if (type === undefined) return value;
  if (type !== detailType) {
    throw new DecodeError(`unexpected detail-type ${JSON.stringify(type)}`, { expected: detailType });
  }
  return detailOf(value);
}

/** The detail of an EventBridge event. Throws DecodeError. */
export function detailOf({ detail }: JsonObject): JsonObject {
  if (!isObject(detail)) throw new DecodeError('the event has no detail', { field: 'detail' });
  return detail;
}
