/** Messages as OpenSSH, sudo, su, shadow-utils, PAM and systemd write them. */
import { describe, expect, test } from '@jest/globals';
import { normalize } from '../../../../functions/endpoint/normalize/index.ts';
import { faults, flat, line } from './documents.ts';

const of = (program: string, text: string) => normalize(line(`Nov 24 13:40:38 web-1 ${program}: ${text}`), {});

/** Only what is named is compared; undefined: it must be absent. */
function check(program: string, text: string, expected: Record<string, unknown>): void {
  const made = of(program, text);
  const values = flat(made);
  for (const [path, value] of Object.entries(expected)) expect([path, values[path]]).toEqual([path, value]);
  expect(faults(made)).toEqual([]);
}

const FAILED = { 'event.action': 'ssh_login', 'event.category': ['authentication'], 'event.outcome': 'failure' };

describe('sshd', () => {
  test.each<[string, Record<string, unknown>]>([
    [
      'Accepted publickey for ec2-user from 203.0.113.7 port 50234 ssh2: ED25519 SHA256:abc',
      {
        'event.action': 'ssh_login',
        'event.category': ['authentication', 'session'],
        'event.type': ['info'],
        'event.outcome': 'success',
        'user.name': 'ec2-user',
        'source.ip': '203.0.113.7',
        'source.port': 50234,
        'endpoint.ssh.method': 'publickey',
        'endpoint.ssh.signature': 'ED25519 SHA256:abc',
        'related.user': ['ec2-user'],
        'related.ip': ['203.0.113.7'],
      },
    ],
    [
      'Failed password for root from 2001:db8::7 port 22022 ssh2',
      { ...FAILED, 'user.name': 'root', 'source.ip': '2001:db8::7' },
    ],
    ['Failed password for invalid user oracle from 203.0.113.7 port 4001 ssh2', { ...FAILED, 'user.name': 'oracle' }],
    ['Invalid user test from 203.0.113.7 port 4002', { ...FAILED, 'user.name': 'test', 'source.port': 4002 }],
    ['Invalid user test from 203.0.113.7', { ...FAILED, 'user.name': 'test', 'source.ip': '203.0.113.7' }],
    ['Invalid user  from 203.0.113.7 port 4002', { ...FAILED, 'user.name': undefined, 'source.ip': '203.0.113.7' }],
    [
      'error: maximum authentication attempts exceeded for invalid user admin from 203.0.113.7 port 4003 ssh2 [preauth]',
      { ...FAILED, 'user.name': 'admin' },
    ],
    [
      'User bob from 203.0.113.7 not allowed because not listed in AllowUsers',
      { ...FAILED, 'user.name': 'bob', 'source.ip': '203.0.113.7' },
    ],
    [
      'Connection closed by 203.0.113.7 port 4004 [preauth]',
      { 'event.action': 'ssh_disconnect', 'user.name': undefined, 'source.port': 4004 },
    ],
    [
      'Connection closed by authenticating user root 203.0.113.7 port 4004 [preauth]',
      { 'user.name': 'root', 'source.ip': '203.0.113.7' },
    ],
    ['Connection reset by invalid user pi 203.0.113.7 port 4004 [preauth]', { 'user.name': 'pi' }],
    [
      'Disconnected from user ec2-user 203.0.113.7 port 50234',
      { 'user.name': 'ec2-user', 'event.type': ['connection', 'end'] },
    ],
    ['Received disconnect from 203.0.113.7 port 50234:11: disconnected by user', { 'source.port': 50234 }],
    [
      'Received disconnect from 203.0.113.7: 11: Bye Bye [preauth]',
      { 'source.ip': '203.0.113.7', 'source.port': undefined },
    ],
    ['Connection closed by 203.0.113.7 [preauth]', { 'event.action': 'ssh_disconnect', 'source.ip': '203.0.113.7' }],
    [
      'Disconnecting authenticating user root 203.0.113.7 port 4004: Too many authentication failures [preauth]',
      { ...FAILED, 'user.name': 'root', 'source.port': 4004 },
    ],
    [
      'PAM 5 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.7  user=root',
      { 'event.outcome': 'failure', 'source.ip': '203.0.113.7', 'user.name': 'root' },
    ],
    [
      'message repeated 2 times: [ Failed password for root from 203.0.113.7 port 38926 ssh2]',
      { ...FAILED, 'user.name': 'root', 'source.port': 38926, 'endpoint.repeated': 2 },
    ],
    ['Server listening on 0.0.0.0 port 22.', { 'event.category': undefined, 'source.ip': undefined }],
  ])('%s', (text, expected) => check('sshd[812]', text, expected));

  test.each([
    'Invalid user x from 198.51.100.1 port 1 from 203.0.113.7 port 4002',
    'Failed password for invalid user x from 198.51.100.1 port 1 ssh2: y from 203.0.113.7 port 4002 ssh2',
    'Connection closed by invalid user x 198.51.100.1 port 1 203.0.113.7 port 4002 [preauth]',
  ])('a user name cannot forge the address: %s', (text) =>
    check('sshd[812]', text, { 'source.ip': '203.0.113.7', 'source.port': 4002, 'related.ip': ['203.0.113.7'] }),
  );

  test('newer versions log in two programs', () =>
    check('sshd-session[9]', 'Accepted password for bob from 203.0.113.7 port 1022 ssh2', { 'user.name': 'bob' }));
});

describe('sudo', () => {
  test.each<[string, Record<string, unknown>]>([
    [
      'ec2-user : TTY=pts/0 ; PWD=/home/ec2-user ; USER=root ; COMMAND=/bin/cat /etc/shadow',
      {
        'event.action': 'sudo',
        'event.category': ['process'],
        'event.type': ['start'],
        'event.outcome': 'success',
        'user.name': 'ec2-user',
        'user.effective.name': 'root',
        'process.command_line': '/bin/cat /etc/shadow',
        'process.args': ['/bin/cat', '/etc/shadow'],
        'process.working_directory': '/home/ec2-user',
        'endpoint.sudo.tty': 'pts/0',
        'related.user': ['ec2-user', 'root'],
      },
    ],
    [
      ' bob : user NOT in sudoers ; TTY=pts/1 ; PWD=/tmp ; USER=root ; COMMAND=/bin/bash',
      { 'event.outcome': 'failure', 'event.reason': 'user NOT in sudoers', 'user.name': 'bob' },
    ],
    [
      'bob : 3 incorrect password attempts ; TTY=pts/1 ; PWD=/tmp ; USER=root ; GROUP=adm ; COMMAND=/bin/ls ; id',
      {
        'event.reason': '3 incorrect password attempts',
        'endpoint.sudo.group': 'adm',
        'process.command_line': '/bin/ls ; id',
      },
    ],
    [
      'bob : PWD=/tmp/a ; b ; USER=root ; COMMAND=/bin/ls',
      { 'event.outcome': 'success', 'user.effective.name': 'root' },
    ],
    [
      'pam_unix(sudo:session): session opened for user root(uid=0) by bob(uid=1000)',
      { 'event.action': 'session-opened', 'user.name': 'root', 'user.id': '0' },
    ],
  ])('%s', (text, expected) => check('sudo', text, expected));

  test('a directory named like fields leaves the true command in the text', () =>
    check('sudo', 'bob : TTY=pts/0 ; PWD=/tmp/x ; USER=nobody ; COMMAND=/bin/true ; USER=root ; COMMAND=/bin/bash', {
      'process.command_line': '/bin/true ; USER=root ; COMMAND=/bin/bash',
    }));
});

describe('accounts', () => {
  test.each<[string, string, Record<string, unknown>]>([
    [
      'useradd[900]',
      'new user: name=web, UID=1001, GID=1002, home=/home/web, shell=/bin/bash, from=/dev/pts/0',
      {
        'event.category': ['iam'],
        'event.type': ['user', 'creation'],
        'event.action': 'added-user-account',
        'user.name': 'web',
        'user.id': '1001',
        'group.id': '1002',
        'endpoint.account.shell': '/bin/bash',
      },
    ],
    ['useradd[900]', "failed adding user 'web', exit code: 9", { 'event.outcome': 'failure', 'user.name': 'web' }],
    [
      'useradd[900]',
      "add 'web' to group 'wheel'",
      { 'event.action': 'added-member-to-group', 'user.name': 'web', 'group.name': 'wheel' },
    ],
    ['usermod[901]', "add 'web' to shadow group 'sudo'", { 'event.type': ['group', 'change'], 'group.name': 'sudo' }],
    [
      'usermod[901]',
      "change user 'web' shell from '/bin/sh' to '/bin/bash'",
      { 'event.action': 'modified-user-account' },
    ],
    [
      'usermod[901]',
      "change user name 'web' to 'www'",
      { 'event.action': 'renamed-user-account', 'user.changes.name': 'www' },
    ],
    ['usermod[901]', "lock user 'web' password", { 'event.action': 'locked-user-account' }],
    ['userdel[902]', "delete user 'web'", { 'event.type': ['user', 'deletion'], 'user.name': 'web' }],
    [
      'userdel[902]',
      "removed group 'web' owned by 'web'",
      { 'event.action': 'deleted-group-account', 'group.name': 'web' },
    ],
    ['userdel[902]', "delete 'web' from group 'wheel'", { 'event.action': 'removed-member-from-group' }],
    [
      'groupadd[903]',
      'new group: name=apache, GID=48',
      { 'event.type': ['group', 'creation'], 'group.name': 'apache', 'group.id': '48' },
    ],
    [
      'groupadd[903]',
      'group added to /etc/group: name=apache, GID=48',
      { 'event.action': 'added-group-account', 'group.name': 'apache' },
    ],
    ['groupdel[903]', "group 'apache' removed from /etc/group", { 'event.action': 'deleted-group-account' }],
    [
      'gpasswd[904]',
      'user bob added by root to group wheel',
      { 'user.name': 'bob', 'group.name': 'wheel', 'endpoint.account.by': 'root' },
    ],
    [
      'passwd[905]',
      'pam_unix(passwd:chauthtok): password changed for bob',
      { 'event.action': 'changed-password', 'user.name': 'bob' },
    ],
  ])('%s: %s', check);
});

describe('su, PAM, sessions and cron', () => {
  test.each<[string, string, Record<string, unknown>]>([
    [
      'su',
      '(to root) bob on pts/0',
      { 'event.action': 'su', 'event.outcome': 'success', 'user.name': 'bob', 'user.effective.name': 'root' },
    ],
    ['su', 'FAILED SU (to root) bob on pts/0', { 'event.outcome': 'failure', 'user.name': 'bob' }],
    ['su[7]', 'Successful su for root by bob', { 'event.outcome': 'success', 'user.effective.name': 'root' }],
    [
      'sshd[812]',
      'pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.7  user=root',
      {
        'event.action': 'authentication-failure',
        'source.ip': '203.0.113.7',
        'user.name': 'root',
        'endpoint.pam.service': 'sshd',
      },
    ],
    ['sshd[812]', 'pam_unix(sshd:session): session closed for user bob', { 'event.type': ['end'], 'user.name': 'bob' }],
    [
      'systemd-logind[500]',
      'New session 5 of user ec2-user.',
      { 'event.action': 'session-opened', 'user.name': 'ec2-user', 'endpoint.session.id': '5' },
    ],
    ['systemd-logind[500]', 'Removed session 5.', { 'event.action': 'session-closed', 'endpoint.session.id': '5' }],
    [
      'CROND[77]',
      '(root) CMD (/usr/lib64/sa/sa1 1 1)',
      { 'event.action': 'cron', 'process.args': ['/usr/lib64/sa/sa1', '1', '1'], 'user.name': 'root' },
    ],
  ])('%s: %s', check);
});
