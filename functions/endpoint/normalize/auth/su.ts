/** Messages of su, of util-linux (`(to root) bob on pts/0`) and of shadow (`Successful su for root by bob`). */
import type { Fields } from '../document.ts';
import type { Groups, Pattern } from '../patterns.ts';
import { categorized } from '../values.ts';

const su =
  (outcome: string) =>
  ({ by, to, tty }: Groups): Fields => ({
    ...categorized('su', 'authentication', 'start', outcome),
    'user.name': by,
    'user.effective.name': to,
    'endpoint.su.tty': tty,
  });

export const SU: readonly Pattern[] = [
  [/^\(to (?<to>\S{1,256})\) (?<by>\S{1,256}) on (?<tty>\S{1,64})$/, su('success')],
  [/^FAILED SU \(to (?<to>\S{1,256})\) (?<by>\S{1,256}) on (?<tty>\S{1,64})$/, su('failure')],
  [/^Successful su for (?<to>\S{1,256}) by (?<by>\S{1,256})$/, su('success')],
  [/^FAILED su for (?<to>\S{1,256}) by (?<by>\S{1,256})$/, su('failure')],
  [/^\+ (?<tty>\S{1,64}) (?<by>[^\s:]{1,256}):(?<to>\S{1,256})$/, su('success')],
  [/^- (?<tty>\S{1,64}) (?<by>[^\s:]{1,256}):(?<to>\S{1,256})$/, su('failure')],
];
