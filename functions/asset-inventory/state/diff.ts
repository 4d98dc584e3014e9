/** Differences between two states of an asset, by path. Lists are sets: their order does not count. */
import type { Asset, Difference } from '../../../shared/asset/model.ts';
import { isObject } from '../../../shared/transform/objects/compile.ts';
import { STABLE } from './record.ts';

type Comparable = Pick<Asset, (typeof STABLE)[number]>;

const MAX_PATHS = 50;

export interface Diff {
  readonly paths: readonly Difference[];
  readonly truncated: boolean;
}

/** Paths that were unknown before are not reported. */
export function diffOf(before: Comparable & Pick<Asset, 'unknown'>, after: Comparable): Diff {
  const unknown = before.unknown ?? [];
  const all = STABLE.flatMap((name) => [...differences(before[name], after[name], name)]).filter(
    ({ path, from, removed }) => from !== undefined || removed !== undefined || !unknown.includes(path),
  );
  return { paths: all.slice(0, MAX_PATHS), truncated: all.length > MAX_PATHS };
}

function* differences(from: unknown, to: unknown, path: string): Generator<Difference> {
  if (isObject(from) || isObject(to)) {
    const [before, after] = [isObject(from) ? from : {}, isObject(to) ? to : {}];
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    for (const name of [...names].sort()) yield* differences(before[name], after[name], `${path}.${name}`);
  } else if (Array.isArray(from) || Array.isArray(to)) {
    yield* ofSets(Array.isArray(from) ? from : [], Array.isArray(to) ? to : [], path);
  } else if (from !== to) {
    yield { path, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  }
}

function* ofSets(from: readonly unknown[], to: readonly unknown[], path: string): Generator<Difference> {
  const removed = without(from, to);
  const added = without(to, from);
  if (removed.length + added.length === 0) return;
  yield { path, ...(added.length > 0 && { added }), ...(removed.length > 0 && { removed }) };
}

function without(values: readonly unknown[], others: readonly unknown[]): readonly unknown[] {
  const known = new Set(others.map((value) => JSON.stringify(value)));
  return values.filter((value) => !known.has(JSON.stringify(value)));
}
