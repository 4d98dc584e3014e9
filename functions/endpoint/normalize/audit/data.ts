/** `auditd.data`: what the main records of an event say, decoded, by the names of the log. */
import { plain, untrusted } from './encoded.ts';
import type { AuditRecord } from './record.ts';
import { archName } from './syscalls.ts';

const ENCODED: ReadonlySet<string> = new Set(
  'acct cmd comm cwd data dir exe grp key name new_name old_name path proctitle unit vm'.split(' '),
);
const MAX_FIELDS = 128;
const MAX_VALUE = 8191; // ignore_above of the index templates

export function dataOf(records: readonly AuditRecord[], call: string | undefined): Record<string, string> {
  const data = new Map<string, string>();
  for (const { values, names } of records) {
    for (const [name, raw] of values) {
      const value = ENCODED.has(name) ? untrusted(raw) : plain(raw);
      if (value !== undefined && !data.has(name) && data.size < MAX_FIELDS) data.set(name, value.slice(0, MAX_VALUE));
    }
    const exit = plain(names.get('EXIT'));
    if (exit !== undefined) data.set('exit', exit);
  }
  if (call !== undefined) data.set('syscall', call);
  const arch = data.get('arch');
  if (arch !== undefined) data.set('arch', archName(arch));
  return Object.fromEntries(data);
}
