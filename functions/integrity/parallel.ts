/** Work on many things, so many at once; results in their order. Rejects with the first error. */
export async function parallel<T, R>(
  things: readonly T[],
  atOnce: number,
  work: (thing: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const left = things.entries();
  async function worker(): Promise<void> {
    for (const [at, thing] of left) results[at] = await work(thing);
  }
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
