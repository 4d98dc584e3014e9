/** Records of audit.log: the example of Red Hat's security guide, and records as the kernel and auditd write them. */
import { line } from './documents.ts';

/** https://docs.redhat.com/en/documentation/red_hat_enterprise_linux/7/html/security_guide/sec-understanding_audit_log_files */
export const CAT = [
  'type=SYSCALL msg=audit(1364481363.243:24287): arch=c000003e syscall=2 success=no exit=-13 a0=7fffd19c5592 a1=0 a2=7fffd19c4b50 a3=a items=1 ppid=2686 pid=3538 auid=1000 uid=1000 gid=1000 euid=1000 suid=1000 fsuid=1000 egid=1000 sgid=1000 fsgid=1000 tty=pts0 ses=1 comm="cat" exe="/bin/cat" subj=unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023 key="sshd_config"',
  'type=CWD msg=audit(1364481363.243:24287):  cwd="/home/shadowman"',
  'type=PATH msg=audit(1364481363.243:24287): item=0 name="/etc/ssh/sshd_config" inode=409248 dev=fd:00 mode=0100600 ouid=0 ogid=0 rdev=00:00 obj=system_u:object_r:etc_t:s0 objtype=NORMAL cap_fp=none cap_fi=none cap_fe=0 cap_fver=0',
  'type=PROCTITLE msg=audit(1364481363.243:24287) : proctitle=636174002F6574632F7373682F737368645F636F6E666967',
];

const GS = '\u001d';

/** `curl -s "http://203.0.113.9/a b"`, run by root in a session of ec2-user; `log_format = ENRICHED`. */
export const CURL = [
  `type=SYSCALL msg=audit(1795527638.123:4567): arch=c000003e syscall=59 success=yes exit=0 a0=55d0 a1=55d1 a2=55d2 a3=8 items=2 ppid=2001 pid=2002 auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=3 comm="curl" exe="/usr/bin/curl" subj=unconfined key=${hex('exec\u0001net')}${GS}ARCH=x86_64 SYSCALL=execve AUID="ec2-user" UID="root" GID="root" EUID="root" SUID="root" FSUID="root" EGID="root" SGID="root" FSGID="root"`,
  `type=EXECVE msg=audit(1795527638.123:4567): argc=3 a0="curl" a1="-s" a2=${hex('http://203.0.113.9/a b')}`,
  'type=CWD msg=audit(1795527638.123:4567): cwd="/root"',
  `type=PATH msg=audit(1795527638.123:4567): item=0 name="/usr/bin/curl" inode=1234 dev=103:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0${GS}OUID="root" OGID="root"`,
  `type=PATH msg=audit(1795527638.123:4567): item=1 name="/lib64/ld-linux-x86-64.so.2" inode=77 dev=103:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL${GS}OUID="root" OGID="root"`,
  `type=PROCTITLE msg=audit(1795527638.123:4567): proctitle=${hex('curl\0-s\0http://203.0.113.9/a b')}`,
];

/** `connect` on aarch64 to 198.51.100.7:443. */
export const CONNECT = [
  'type=SYSCALL msg=audit(1795527640.500:4570): arch=c00000b7 syscall=203 success=no exit=-115 a0=3 a1=ffff a2=10 a3=0 items=0 ppid=1 pid=900 auid=4294967295 uid=33 gid=33 euid=33 suid=33 fsuid=33 egid=33 sgid=33 fsgid=33 tty=(none) ses=4294967295 comm="php-fpm" exe="/usr/sbin/php-fpm" key="egress"',
  'type=SOCKADDR msg=audit(1795527640.500:4570): saddr=020001BBC63364070000000000000000',
  `type=PROCTITLE msg=audit(1795527640.500:4570): proctitle=${hex('php-fpm: pool www')}`,
];

/** `rm notes` in /srv, which deletes /srv/notes. */
export const UNLINK = [
  'type=SYSCALL msg=audit(1795527650.001:4580): arch=c000003e syscall=263 success=yes exit=0 a0=ffffff9c a1=55 a2=0 a3=1 items=2 ppid=1 pid=901 auid=1001 uid=1001 gid=1001 euid=0 suid=0 fsuid=0 egid=1001 sgid=1001 fsgid=1001 tty=pts1 ses=9 comm="rm" exe="/usr/bin/rm" key="delete"',
  'type=CWD msg=audit(1795527650.001:4580): cwd="/srv"',
  'type=PATH msg=audit(1795527650.001:4580): item=0 name="/srv" inode=2 dev=103:01 mode=040755 ouid=0 ogid=0 rdev=00:00 nametype=PARENT',
  'type=PATH msg=audit(1795527650.001:4580): item=1 name="notes" inode=4242 dev=103:01 mode=0100640 ouid=1001 ogid=1001 rdev=00:00 nametype=DELETE',
  `type=PROCTITLE msg=audit(1795527650.001:4580): proctitle=${hex('rm\0notes')}`,
];

/** A value as the kernel writes one that it must not trust and that has a space, a quote or a control character. */
export function hex(text: string): string {
  return Buffer.from(text).toString('hex').toUpperCase();
}

/** Lines of one file, each at its offset. */
export function file(lines: readonly string[], from = 0): Record<string, unknown>[] {
  let offset = from;
  return lines.map((text) => {
    const document = line(text, '/var/log/audit/audit.log', offset);
    offset += Buffer.byteLength(text) + 1;
    return document;
  });
}
