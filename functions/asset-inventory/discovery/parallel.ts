/** Records whose details are requested, or objects that are read, in parallel; the rate limit of each action still holds. */
const SIDE_BY_SIDE = 8;

/** Results come in the order of the values. Rejects with the first error. */
export async function inParallel<A, B>(values: readonly A[], make: (value: A) => Promise<B>): Promise<B[]> {
  const made = new Array<B>(values.length);
  let at = 0;
  const work = async () => {
    while (at < values.length) {
      const mine = at++;
      made[mine] = await make(values[mine]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, values.length) }, work));
  return made;
}
