/** Rejects counted by source, sink and reason. */
import { patternOf } from './reasons.ts';
import type { Kept } from './rejects.ts';

interface Group {
  readonly source: string;
  readonly sink: string;
  readonly reason: string;
  count: number;
  replayed: number;
  first: string;
  last: string;
  /** Where one record stood, and where it lies now. */
  readonly sample: { readonly uri: string; readonly seq: number; readonly key: string; readonly line: number };
}

const MAX_GROUPS = 1000; // more are no help to anybody, and memory is bounded

export function groups() {
  const all = new Map<string, Group>();

  function groupOf(reject: Kept): Group {
    const { source, sink = '-', uri, seq, '@timestamp': at } = reject;
    const pattern = patternOf(reject.reason);
    const isNew = !all.has(JSON.stringify([source, sink, pattern]));
    const reason = isNew && all.size >= MAX_GROUPS ? '(other reasons)' : pattern;
    const name = JSON.stringify([source, sink, reason]);
    const found = all.get(name);
    if (found !== undefined) return found;
    const sample = { uri, seq, ...reject.spots[0] };
    const group: Group = { source, sink, reason, count: 0, replayed: 0, first: at, last: at, sample };
    all.set(name, group);
    return group;
  }

  return {
    add(reject: Kept, isReplayed: boolean): void {
      const group = groupOf(reject);
      const at = reject['@timestamp'];
      group.count++;
      if (isReplayed) group.replayed++;
      if (at < group.first) group.first = at;
      if (at > group.last) group.last = at;
    },

    /** For a person, the largest group first. `place`: of the shelf. */
    table(place: string): string {
      const sorted = [...all.values()].sort((a, b) => b.count - a.count);
      const rows = sorted.map(({ source, sink, count, replayed, first, last, reason, sample }) => {
        const { uri, seq, key, line } = sample;
        const cells = [String(count), String(replayed), source, sink, minute(first), minute(last), reason];
        return `${row(cells)}  ${uri} ${seq}\n  ${place}${key}:${line}\n`;
      });
      const sum = sorted.reduce((total, { count }) => total + count, 0);
      return `${row(['records', 'replayed', 'source', 'sink', 'first', 'last', 'reason'])}${rows.join('')}${sum} records\n`;
    },
  };
}

const minute = (at: string): string => `${at.slice(0, 16)}Z`;

const WIDTHS = [8, 8, 11, 10, 17, 17, 0];

function row(cells: readonly string[]): string {
  const padded = cells.map((cell, i) => (i < 2 ? cell.padStart(WIDTHS[i]) : cell.padEnd(WIDTHS[i])));
  return `${padded.join('  ').trimEnd()}\n`;
}
