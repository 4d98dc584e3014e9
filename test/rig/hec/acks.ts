/** Indexer acknowledgement: ids count from 0 per channel; each says true once, then it is forgotten. */
export interface Acks {
  next(channel: string): number;
  take(channel: string, ids: readonly number[]): Record<string, boolean>;
  /** An id that is given from now on says so often false before it says true. */
  slow(questions: number): void;
  /** All channels are forgotten, as after a restart. */
  forget(): void;
}

export function acknowledgements(): Acks {
  const channels = new Map<string, { count: number; readonly open: Map<number, number> }>();
  let questions = 0;
  const isIndexed = (channel: string, id: number): boolean => {
    const open = channels.get(channel)?.open;
    const left = open?.get(id);
    if (left === undefined) return false;
    if (left > 0) open!.set(id, left - 1);
    else open!.delete(id);
    return left === 0;
  };
  return {
    next(channel) {
      const state = channels.get(channel) ?? { count: 0, open: new Map() };
      channels.set(channel, state);
      state.open.set(state.count, questions);
      return state.count++;
    },
    take: (channel, ids) => Object.fromEntries(ids.map((id) => [id, isIndexed(channel, id)])),
    slow(count) {
      questions = count;
    },
    forget: () => channels.clear(),
  };
}
