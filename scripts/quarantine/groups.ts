/** Counts rejected records by source, sink and reason, each once, however often it was rejected for that reason. */
import { createHash } from 'node:crypto';
import { patternOf } from './reasons.ts';
import type { StoredReject } from './rejects.ts';

interface Group {
  readonly source: string;
  readonly sink: string;
  readonly reason: string;
  count: number;
  replayed: number;
  first: string;
  last: string;
  /** One record: its origin, and its line in the quarantine. */
  readonly sample: { readonly uri: string; readonly seq: number; readonly key: string; readonly line: number };
}

const MAX_GROUPS = 1000; // bounds memory
const MAX_KNOWN = 2_000_000; // records: 150 MB; those that come later are counted as often as they were rejected

/** 96 bits: even of all that are known no two are likely to have the same one. */
const fingerprint = (...parts: readonly unknown[]): string =>
  createHash('sha1').update(JSON.stringify(parts)).digest('base64url').slice(0, 16);

export function groups() {
  const all = new Map<string, Group>();
  const known = new Set<string>();
  let lines = 0;

  /** Whether the record was counted in its group before. */
  function isRepeat({ uri, seq }: StoredReject, { source, sink, reason }: Group): boolean {
    const name = fingerprint(source, sink, reason, uri, seq);
    if (known.has(name)) return true;
    if (known.size < MAX_KNOWN) known.add(name);
    return false;
  }

  function groupOf(reject: StoredReject): Group {
    const { source, sink = '-', uri, seq, '@timestamp': at } = reject;
    const pattern = patternOf(reject.reason);
    const isNew = !all.has(JSON.stringify([source, sink, pattern]));
    const reason = isNew && all.size >= MAX_GROUPS ? '(other reasons)' : pattern;
    const name = JSON.stringify([source, sink, reason]);
    const found = all.get(name);
    if (found !== undefined) return found;
    const sample = { uri, seq, ...reject.positions[0] };
    const group: Group = { source, sink, reason, count: 0, replayed: 0, first: at, last: at, sample };
    all.set(name, group);
    return group;
  }

  const sorted = () => [...all.values()].sort((a, b) => b.count - a.count);

  return {
    add(reject: StoredReject, isReplayed: boolean): void {
      const group = groupOf(reject);
      const at = reject['@timestamp'];
      lines++;
      if (!isRepeat(reject, group)) {
        group.count++;
        if (isReplayed) group.replayed++;
      }
      if (at < group.first) group.first = at;
      if (at > group.last) group.last = at;
    },

    /** One row per group, the largest first. `store`: the name of the quarantine. */
    table(store: string): string {
      const rows = sorted().map(({ source, sink, count, replayed, first, last, reason, sample }) => {
        const { uri, seq, key, line } = sample;
        const cells = [String(count), String(replayed), source, sink, minute(first), minute(last), reason];
        return `${row(cells)}  ${uri} ${seq}\n  ${store}${key}:${line}\n`;
      });
      const sum = sorted().reduce((total, { count }) => total + count, 0);
      return `${row(['records', 'replayed', 'source', 'sink', 'first', 'last', 'reason'])}${rows.join('')}${sum} records${lines === sum ? '' : `, rejected ${lines} times`}\n`;
    },

    /** The same groups, one JSON object per line. */
    json: (store: string): string =>
      sorted()
        .map(
          ({ sample: { key, line, uri, seq }, ...group }) =>
            `${JSON.stringify({ ...group, sample: { uri, seq, in: `${store}${key}:${line}` } })}\n`,
        )
        .join(''),
  };
}

const minute = (at: string): string => `${at.slice(0, 16)}Z`;

const WIDTHS = [8, 8, 11, 10, 17, 17, 0];

function row(cells: readonly string[]): string {
  const padded = cells.map((cell, i) => (i < 2 ? cell.padStart(WIDTHS[i]) : cell.padEnd(WIDTHS[i])));
  return `${padded.join('  ').trimEnd()}\n`;
}
