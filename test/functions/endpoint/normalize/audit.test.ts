import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { execArguments } from '../../../../functions/endpoint/normalize/audit/arguments.ts';
import { auditRecord } from '../../../../functions/endpoint/normalize/audit/record.ts';
import { address } from '../../../../functions/endpoint/normalize/audit/sockaddr.ts';
import { syscallName } from '../../../../functions/endpoint/normalize/audit/syscalls.ts';
import { normalize, normalizeAll } from '../../../../functions/endpoint/normalize/index.ts';
import { CAT, CONNECT, CURL, file, hex, UNLINK } from './auditlines.ts';
import { faults, flat, journal, line } from './documents.ts';

function one(lines: readonly string[]): Record<string, unknown> {
  const made = normalizeAll(file(lines).map((document) => ({ document, hint: {} })));
  expect(made).toHaveLength(1);
  expect(made[0].sources).toEqual(lines.map((_, i) => i));
  expect(faults(made[0].document)).toEqual([]);
  return made[0].document;
}

function check(lines: readonly string[], expected: Record<string, unknown>): void {
  const values = flat(one(lines));
  for (const [path, value] of Object.entries(expected)) expect([path, values[path]]).toEqual([path, value]);
}

describe('records of one event are one document', () => {
  test('SYSCALL, EXECVE, CWD, PATH and PROCTITLE', () =>
    check(CURL, {
      '@timestamp': '2026-11-24T13:40:38.123Z',
      'event.id': '1795527638.123:4567@web-1',
      'event.sequence': 4567,
      'event.kind': 'event',
      'event.category': ['process'],
      'event.type': ['start'],
      'event.action': 'executed',
      'event.outcome': 'success',
      'event.dataset': 'auditd.log',
      message: CURL.join('\n'),
      'process.args': ['curl', '-s', 'http://203.0.113.9/a b'],
      'process.args_count': 3,
      'process.command_line': 'curl -s http://203.0.113.9/a b',
      'process.title': 'curl -s http://203.0.113.9/a b',
      'process.executable': '/usr/bin/curl',
      'process.name': 'curl',
      'process.pid': 2002,
      'process.parent.pid': 2001,
      'process.working_directory': '/root',
      'user.id': '0',
      'user.name': 'root',
      'user.effective.id': undefined,
      'auditd.login.id': '1000',
      'auditd.login.name': 'ec2-user',
      'auditd.session': '3',
      'auditd.data.arch': 'x86_64',
      'auditd.data.syscall': 'execve',
      'auditd.record_types': ['SYSCALL', 'EXECVE', 'CWD', 'PATH', 'PROCTITLE'],
      'auditd.partial': undefined,
      'rule.name': 'exec',
      'auditd.keys': ['exec', 'net'],
      'file.path': undefined,
    }));

  test("the example of Red Hat's guide: cat, which may not read", () =>
    check(CAT, {
      '@timestamp': '2013-03-28T14:36:03.243Z',
      'event.category': ['file'],
      'event.type': ['access'],
      'event.action': 'opened-file',
      'event.outcome': 'failure',
      'auditd.data.exit': '-13',
      'file.path': '/etc/ssh/sshd_config',
      'file.name': 'sshd_config',
      'file.directory': '/etc/ssh',
      'file.inode': '409248',
      'file.mode': '0600',
      'file.type': 'file',
      'file.owner': 'root',
      'process.args': ['cat', '/etc/ssh/sshd_config'],
      'process.working_directory': '/home/shadowman',
      'user.id': '1000',
      'rule.name': 'sshd_config',
    }));

  test('a connection on aarch64', () =>
    check(CONNECT, {
      'event.category': ['network'],
      'event.action': 'connected-to',
      'event.outcome': 'failure',
      'destination.ip': '198.51.100.7',
      'destination.port': 443,
      'network.direction': 'egress',
      'network.type': 'ipv4',
      'auditd.login.id': undefined,
      'auditd.session': undefined,
      'related.ip': ['198.51.100.7'],
    }));

  test('the deleted file, in the working directory, as another user', () =>
    check(UNLINK, {
      'event.action': 'deleted',
      'event.type': ['deletion'],
      'file.path': '/srv/notes',
      'file.uid': '1001',
      'user.effective.id': '0',
      'user.effective.name': 'root',
    }));
});

describe('records that stand alone', () => {
  const USER = 'pid=812 uid=0 auid=4294967295 ses=4294967295 subj=system_u:system_r:sshd_t:s0';
  test.each<[string, string, Record<string, unknown>]>([
    [
      'a failed logon',
      `type=USER_AUTH msg=audit(1795527638.200:90): ${USER} msg='op=PAM:authentication grantors=? acct="root" exe="/usr/sbin/sshd" hostname=203.0.113.7 addr=203.0.113.7 terminal=ssh res=failed'`,
      {
        'event.action': 'authenticated',
        'event.category': ['authentication'],
        'event.outcome': 'failure',
        'user.name': 'root',
        'source.ip': '203.0.113.7',
        'process.executable': '/usr/sbin/sshd',
        'process.pid': 812,
        'auditd.partial': undefined,
      },
    ],
    [
      'a logon by id',
      `type=USER_LOGIN msg=audit(1795527638.200:91): ${USER} msg='op=login id=1000 exe="/usr/sbin/sshd" hostname=bastion.example addr=? terminal=/dev/pts/0 res=success'\u001dUID="root" AUID="unset" ID="ec2-user"`,
      { 'user.id': '1000', 'user.name': 'ec2-user', 'source.domain': 'bastion.example', 'event.outcome': 'success' },
    ],
    [
      'a name that the client encoded: it cannot add fields',
      `type=USER_AUTH msg=audit(1795527638.200:92): ${USER} msg='op=login acct=${hex('x" res=success addr="198.51.100.1')} exe="/usr/sbin/sshd" hostname=? addr=203.0.113.7 terminal=ssh res=failed'`,
      { 'user.name': 'x" res=success addr="198.51.100.1', 'source.ip': '203.0.113.7', 'event.outcome': 'failure' },
    ],
    [
      'a command of sudo',
      `type=USER_CMD msg=audit(1795527638.200:93): pid=7 uid=1000 auid=1000 ses=3 msg='cwd="/home/ec2-user" cmd=${hex('cat /etc/shadow')} exe="/usr/bin/sudo" terminal=pts/0 res=success'`,
      {
        'event.action': 'ran-command',
        'process.command_line': 'cat /etc/shadow',
        'process.working_directory': '/home/ec2-user',
        'user.id': '1000',
      },
    ],
    [
      'a new account',
      `type=ADD_USER msg=audit(1795527638.200:94): pid=8 uid=0 auid=1000 ses=3 msg='op=adding user acct="web" id=1001 exe="/usr/sbin/useradd" hostname=web-1 addr=? terminal=pts/0 res=success'`,
      {
        'event.category': ['iam'],
        'event.type': ['user', 'creation'],
        'user.target.name': 'web',
        'user.name': 'root',
        'auditd.login.id': '1000',
      },
    ],
    [
      'a service',
      `type=SERVICE_START msg=audit(1795527638.200:95): pid=1 uid=0 auid=4294967295 ses=4294967295 msg='unit=nginx comm="systemd" exe="/usr/lib/systemd/systemd" hostname=? addr=? terminal=? res=success'`,
      { 'service.name': 'nginx', 'event.action': 'started-service' },
    ],
    [
      'a denial of SELinux',
      'type=AVC msg=audit(1795527638.200:96): avc:  denied  { read write } for  pid=900 comm="httpd" name="shadow" dev="nvme0n1p1" ino=99 scontext=system_u:system_r:httpd_t:s0 tcontext=system_u:object_r:shadow_t:s0 tclass=file permissive=0',
      {
        'event.action': 'violated-selinux-policy',
        'event.outcome': 'failure',
        'auditd.data.seperms': 'read write',
        'process.name': 'httpd',
      },
    ],
    [
      'a denial of AppArmor',
      'type=AVC msg=audit(1795527638.200:96): apparmor="DENIED" operation="open" class="file" profile="/usr/sbin/cupsd" name="/etc/shadow" pid=900 comm="cupsd" requested_mask="r" denied_mask="r" fsuid=0 ouid=0',
      {
        'event.action': 'violated-apparmor-policy',
        'event.category': ['intrusion_detection'],
        'event.outcome': 'failure',
        'auditd.data.profile': '/usr/sbin/cupsd',
        'auditd.data.name': '/etc/shadow',
      },
    ],
    [
      'a profile that is loaded is no violation',
      'type=AVC msg=audit(1795527638.200:96): apparmor="STATUS" operation="profile_load" profile="unconfined" name="cupsd" pid=9 comm="apparmor_parser"',
      { 'event.category': ['configuration'], 'event.outcome': 'success' },
    ],
    [
      'the separator in front of names was dropped',
      'type=LOGIN msg=audit(1795527638.200:96): pid=9 uid=0 old-auid=4294967295 auid=1000 tty=(none) old-ses=4294967295 ses=3 res=1 comm="sshd"UID="root" OLD-AUID="unset" AUID="ec2-user"',
      { 'user.name': 'ec2-user', 'user.id': '1000', 'event.outcome': 'success' },
    ],
    [
      'a change of the rules has the key of the rule, but is no hit',
      'type=CONFIG_CHANGE msg=audit(1795527638.200:97): auid=1000 ses=3 op=remove_rule key="exec" list=4 res=1',
      { 'event.category': ['configuration'], 'event.outcome': 'success', 'rule.name': undefined },
    ],
    [
      'the name of a node, and a type that is not known',
      'node=web-7 type=UNKNOWN[1337] msg=audit(1795527638.200:98): a=1',
      { 'host.hostname': 'web-7', 'event.id': '1795527638.200:98@web-7', 'event.category': undefined },
    ],
  ])('%s', (_, text, expected) => check([text], expected));

  test.each([
    [
      'messages',
      line(
        'Nov 24 13:40:38 web-1 kernel: [   12.345678] audit: type=1400 audit(1795527638.200:99): avc:  denied  { read } for  pid=9 comm="x" permissive=1',
        '/var/log/messages',
      ),
    ],
    [
      'the journal',
      journal(
        'audit: type=1400 audit(1795527638.200:99): avc:  denied  { read } for  pid=9 comm="x" permissive=1',
        'kernel',
        0,
      ),
    ],
  ])('the kernel writes them to %s where no auditd runs', (_, document) => {
    const made = normalize(document, {});
    expect(made).toMatchObject({
      event: { dataset: 'auditd.log', outcome: 'success' },
      process: { name: 'x', pid: 9 },
    });
    expect(faults(made)).toEqual([]);
  });

  test('a broken line of audit.log passes with a tag', () => {
    const [document] = file(['type=SYSCALL msg=audit(']);
    expect(normalize(document, {})).toMatchObject({
      ...document,
      tags: ['unparsed'],
      event: { dataset: 'auditd.log' },
    });
  });
});

describe('arguments', () => {
  const CHUNK = 24; // MAX_EXECVE_AUDIT_LEN is 7,500 in the kernel

  /** As audit_log_execve_info() of the kernel: an argument is hexadecimal as a whole, and chunks may end inside of a character. */
  function encode(args: readonly string[]): string[] {
    const fields = args.flatMap((text, i) => {
      const bytes = Buffer.from(text);
      const isHex = bytes.some((byte) => byte < 0x21 || byte > 0x7e || byte === 0x22);
      const value = (part: Buffer) => (isHex ? part.toString('hex').toUpperCase() : `"${part}"`);
      if (bytes.length <= CHUNK) return [`a${i}=${value(bytes)}`];
      const chunks = Array.from({ length: Math.ceil(bytes.length / CHUNK) }, (_, k) =>
        bytes.subarray(k * CHUNK, (k + 1) * CHUNK),
      );
      return [
        `a${i}_len=${bytes.length * (isHex ? 2 : 1)}`,
        ...chunks.map((chunk, k) => `a${i}[${k}]=${value(chunk)}`),
      ];
    });
    const records = [`argc=${args.length}`];
    for (const each of fields) {
      if ((records.at(-1) as string).length + each.length > 90) records.push(each);
      else records[records.length - 1] += ` ${each}`;
    }
    return records.map((record) => `type=EXECVE msg=audit(1795527638.123:1): ${record}`);
  }

  test('come back whole from chunks and several records', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((each) => !each.includes('\0'));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (args) => {
        const records = encode(args).map((each) => auditRecord(each)!);
        expect(execArguments(records)).toEqual(args.map((each) => Buffer.from(each).toString()));
      }),
    );
  });

  test('an empty one', () => {
    expect(execArguments([auditRecord('type=EXECVE msg=audit(1.000:1): argc=2 a0="echo" a1=""')!])).toEqual([
      'echo',
      '',
    ]);
  });
});

describe('addresses', () => {
  // struct sockaddr of Linux: sockaddr(3type)
  test.each([
    ['0200001600000000', { family: 'ipv4', ip: '0.0.0.0', port: 22 }],
    ['0A0001BB0000000020010DB800000000000000000000000700000000', { family: 'ipv6', ip: '2001:db8::7', port: 443 }],
    [`0100${hex('/run/systemd/notify')}0000`, { family: 'unix', path: '/run/systemd/notify' }],
    [`010000${hex('/org/bus')}`, { family: 'unix', path: '@/org/bus' }],
    ['0100', { family: 'unix' }],
    ['100000000000000000000000', { family: 'netlink' }],
    ['02000016', undefined],
    ['0A0001BB', undefined],
    ['zz', undefined],
    ['02'.repeat(400), undefined],
  ])('%s', (saddr, expected) => expect(address(saddr)).toEqual(expected));
});

test.each([
  ['c000003e', '0', 'read'],
  ['c000003e', '59', 'execve'],
  ['c000003e', '257', 'openat'],
  ['c000003e', '322', 'execveat'],
  ['c000003e', '437', 'openat2'],
  ['c00000b7', '56', 'openat'],
  ['c00000b7', '221', 'execve'],
  ['c00000b7', '203', 'connect'],
  ['c00000b7', '281', 'execveat'],
  ['40000003', '11', undefined],
  ['c000003e', '399', undefined],
])('arch %s syscall %s is %s', (arch, number, name) => expect(syscallName(arch, number)).toBe(name));
