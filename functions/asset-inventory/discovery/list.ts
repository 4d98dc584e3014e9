/** Nested lists for declarations: services of each cluster, listeners of each load balancer. */
import type { Listed } from './declaration.ts';

/**
 * Returns one page of children. `parents` returns a page of parent ids (up to 100, since they go into the cursor),
 * `children` returns a page of one parent's children.
 * The cursor holds the remaining parents, so that no page of parents is requested twice.
 * @example list: (at, cursor) => nested(cursor, (next) => clusters(at, next), (arn, next) => services(at, arn, next))
 */
export async function nested<R>(
  cursor: string | undefined,
  parents: (cursor: string | undefined) => Promise<Listed<string>>,
  children: (parent: string, cursor: string | undefined) => Promise<Listed<R>>,
): Promise<Listed<R>> {
  const place: Place = cursor === undefined ? { parents: [] } : JSON.parse(cursor);
  const [parent, ...rest] = place.parents;
  if (parent === undefined) {
    const { records, next } = await parents(place.page);
    refuseRepeat(place.page, next);
    return { records: [], next: placeOf({ parents: records, page: next }) };
  }
  const { records, next } = await children(parent, place.below);
  const after = next ? { ...place, below: next } : { parents: rest, page: place.page };
  return { records, next: placeOf(after) };
}

interface Place {
  /** The first one is being listed. */
  readonly parents: readonly string[];
  /** Cursor in the first parent's children. */
  readonly below?: string;
  /** Cursor of the next page of parents. */
  readonly page?: string | undefined;
}

const placeOf = (place: Place): string | undefined =>
  place.parents.length > 0 || place.page ? JSON.stringify(place) : undefined;

/** Reads a whole list that is short enough for one detail call: stages of an API, listeners of a load balancer. */
export async function every<R>(page: (cursor: string | undefined) => Promise<Listed<R>>): Promise<readonly R[]> {
  const found: R[] = [];
  let cursor: string | undefined;
  do {
    const { records, next } = await page(cursor);
    found.push(...records);
    refuseRepeat(cursor, next);
    cursor = next;
  } while (cursor);
  return found;
}

/** A cursor that repeats would never end. */
function refuseRepeat(cursor: string | undefined, next: string | undefined): void {
  if (next && next === cursor) throw new Error('the list repeats itself');
}
