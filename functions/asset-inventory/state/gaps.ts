/** Carries values over that could not be read this time. Values that were never known stay absent: unknown is not `false`. */
import type { Asset } from '../../../shared/asset/model.ts';
import { isObject } from '../../../shared/transform/objects/compile.ts';
import type { Seen } from './record.ts';

/** `unknown`: paths of gaps that have no earlier value either. */
export function carried(seen: Seen, before: Asset | undefined): Seen & Pick<Asset, 'unknown'> {
  const paths = seen.missed.flatMap(({ fills }) => fills);
  if (paths.length === 0) return seen;
  const whole = paths.reduce<Seen>((to, path) => withValue(to, path.split('.'), valueAt(before, path)), seen);
  const unknown = paths.filter((path) => valueAt(whole, path) === undefined).sort();
  return unknown.length === 0 ? whole : { ...whole, unknown };
}

const valueAt = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), value);

/** Returns a copy with the value at the path; undefined removes it. Required members of an asset stay. */
function withValue<T extends object>(object: T, [name, ...rest]: readonly string[], value: unknown): T {
  const { [name]: old, ...others } = object as Readonly<Record<string, unknown>>;
  const next = rest.length === 0 ? value : withValue(isObject(old) ? old : {}, rest, value);
  if (next === undefined && REQUIRED.has(name)) return object;
  return (next === undefined ? others : { ...others, [name]: next }) as T;
}

const REQUIRED = new Set(['name', 'tags', 'net', 'security', 'relationships', 'region']);
