/** Indexer acknowledgement: ids count from 0 per channel; each says true once, then it is forgotten. */
export interface Acks {
  next(channel: string): number;
  take(channel: string, ids: readonly number[]): Record<string, boolean>;
}

export function acknowledgements(): Acks {
  const channels = new Map<string, { count: number; readonly open: Set<number> }>();
  return {
    next(channel) {
      const state = channels.get(channel) ?? { count: 0, open: new Set() };
      channels.set(channel, state);
      state.open.add(state.count);
      return state.count++;
    },
    take(channel, ids) {
      return Object.fromEntries(ids.map((id) => [id, channels.get(channel)?.open.delete(id) ?? false]));
    },
  };
}
