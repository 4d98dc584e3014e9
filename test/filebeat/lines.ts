/** Logs of a server, each line with a number that tells it from all others, and what of them has to arrive. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Logs {
  readonly messages: string;
  readonly secure: string;
  readonly audit: string;
  /** Where each line ends, by file. */
  readonly ends: ReadonlyMap<string, readonly number[]>;
}

const two = (n: number): string => String(n).padStart(2, '0');
/** An hour of `Nov 24`, a line a second. */
const stamp = (n: number): string =>
  `Nov 24 ${two(Math.floor(n / 3600))}:${two(Math.floor(n / 60) % 60)}:${two(n % 60)}`;

/** Records of an event of audit.log. */
export const PARTS = 4;

const audit = (n: number): readonly string[] => {
  const id = `msg=audit(${1_795_521_600 + n}.101:${10_000 + n})`;
  return [
    `type=SYSCALL ${id}: arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=1 ppid=1 pid=${n + 2} auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=1 comm="id" exe="/usr/bin/id" key="run"`,
    `type=EXECVE ${id}: argc=2 a0="id" a1="${n}"`,
    `type=PATH ${id}: item=0 name="/usr/bin/id" inode=1 dev=ca:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL`,
    `type=PROCTITLE ${id}: proctitle="id"`,
  ];
};

export function writeLogs(folder: string, counts: { messages: number; secure: number; audit: number }): Logs {
  const ends = new Map<string, readonly number[]>();
  const write = (name: string, lines: readonly string[]): string => {
    const path = join(folder, name);
    writeFileSync(path, `${lines.join('\n')}\n`);
    let at = 0;
    ends.set(
      path,
      lines.map((line) => (at += Buffer.byteLength(line) + 1)),
    );
    return path;
  };
  const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
  return {
    messages: write(
      'messages',
      numbers(counts.messages).map((n) => `${stamp(n)} web-1 app[1]: message ${n}`),
    ),
    secure: write(
      'secure',
      numbers(counts.secure).map(
        (n) => `${stamp(n)} web-1 sshd[9]: Failed password for user${n} from 198.51.100.23 port 22 ssh2`,
      ),
    ),
    audit: write('audit.log', numbers(counts.audit).flatMap(audit)),
    ends,
  };
}
