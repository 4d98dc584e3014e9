import { describe, expect, test } from '@jest/globals';
import { normalize } from '../../../../functions/endpoint/normalize/index.ts';
import { faults, flat, journal, line, READ_AT } from './documents.ts';

const MESSAGES = '/var/log/messages';

describe('the header of a syslog line', () => {
  test.each<[string, string, Record<string, unknown>]>([
    [
      'RFC 3164 as rsyslog writes files',
      'Nov 24 13:40:38 web-9 systemd[1]: Started nginx.service.',
      {
        '@timestamp': '2026-11-24T13:40:38.000Z',
        'event.created': READ_AT,
        message: 'Started nginx.service.',
        'host.hostname': 'web-9',
        'host.name': 'web-1',
        'process.name': 'systemd',
        'process.pid': 1,
      },
    ],
    [
      'a day of one digit, and no process id',
      'Nov  4 03:00:01 web-9 kernel: Linux version 6.1',
      { '@timestamp': '2026-11-04T03:00:01.000Z', message: 'Linux version 6.1', 'process.name': 'kernel' },
    ],
    [
      'ISO 8601 with a zone',
      '2026-11-24T22:40:38.123456+09:00 web-9 sshd[812]: Server listening on 0.0.0.0 port 22.',
      { '@timestamp': '2026-11-24T13:40:38.123Z', 'log.syslog.procid': '812' },
    ],
    [
      'a priority',
      '<86>Nov 24 13:40:38 web-9 su: text',
      {
        'log.syslog.priority': 86,
        'log.syslog.facility.code': 10,
        'log.syslog.facility.name': 'authpriv',
        'log.syslog.severity.code': 6,
        'log.syslog.severity.name': 'informational',
      },
    ],
    [
      // https://www.rfc-editor.org/rfc/rfc5424#section-6.5
      'RFC 5424 with structured data',
      '<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut="3" eventSource="App\\"x\\]"] \uFEFFAn application event log entry...',
      {
        '@timestamp': '2003-10-11T22:14:15.003Z',
        'log.syslog.msgid': 'ID47',
        'log.syslog.structured_data.exampleSDID@32473.iut': '3',
        'log.syslog.structured_data.exampleSDID@32473.eventSource': 'App"x]',
        message: 'An application event log entry...',
        'process.pid': undefined,
      },
    ],
    [
      'RFC 5424 without structured data',
      "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \uFEFF'su root' failed for lonvick on /dev/pts/8",
      { message: "'su root' failed for lonvick on /dev/pts/8", 'log.syslog.appname': 'su' },
    ],
    [
      'a message without a program',
      'Nov 24 13:40:38 web-9 last message repeated 2 times',
      { message: 'last message repeated 2 times' },
    ],
  ])('%s', (_, text, expected) => {
    const made = normalize(line(text, MESSAGES), {});
    expect(flat(made)).toMatchObject(
      Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined)),
    );
    for (const [path, value] of Object.entries(expected))
      if (value === undefined) expect(flat(made)).not.toHaveProperty([path]);
    expect(made.event).toMatchObject({ dataset: 'system.syslog', module: 'system', original: text });
    expect(faults(made)).toEqual([]);
  });

  test.each([
    [
      'a line of December read in January is of the year before',
      'Dec 31 23:59:58',
      '2027-01-01T00:00:03.000Z',
      undefined,
      '2026-12-31T23:59:58.000Z',
    ],
    [
      'a line of January, east of UTC, read in December',
      'Jan  1 08:59:58',
      '2026-12-31T23:59:59.000Z',
      '+09:00',
      '2026-12-31T23:59:58.000Z',
    ],
    ['the zone of the host', 'Nov 24 22:40:38', READ_AT, '+09:00', '2026-11-24T13:40:38.000Z'],
    ['a zone west of UTC', 'Nov 24 08:40:38', READ_AT, '-05:00', '2026-11-24T13:40:38.000Z'],
    ['no time is known without the year', 'Nov 24 22:40:38', undefined, undefined, undefined],
  ])('%s', (_, time, read, timezone, expected) => {
    const document = { ...line(`${time} web-9 cron: x`, MESSAGES), '@timestamp': read, event: { timezone } };
    expect(normalize(document, {})['@timestamp']).toBe(expected);
  });

  test('a line without one passes with a tag', () => {
    const document = line('   at com.example.Main.main(Main.java:7)', MESSAGES);
    expect(normalize(document, {})).toMatchObject({ ...document, tags: ['unparsed'] });
  });
});

describe('which parser', () => {
  const text = 'Nov 24 13:40:38 web-9 sshd[812]: Accepted publickey for bob from 203.0.113.7 port 50234 ssh2';
  const unknown = line(text, '/srv/logs/all');

  test.each([
    ['filebeat-7.17.29-system-auth-pipeline', 'system.auth'],
    ['filebeat-8.19.0-system-auth-entrypoint', 'system.auth'],
    ['filebeat-7.17.29-system-syslog-pipeline', 'system.syslog'],
  ])('the pipeline %s', (pipeline, dataset) => {
    const made = normalize(unknown, { pipeline });
    expect(made).toMatchObject({ event: { dataset, action: 'ssh_login' }, user: { name: 'bob' } });
  });

  test.each([
    ['/var/log/secure-20261124', 'system.auth'],
    ['/var/log/auth.log', 'system.auth'],
    ['/var/log/syslog.1', 'system.syslog'],
    ['/var/log/cron', 'system.syslog'],
  ])('the file %s', (path, dataset) => {
    expect(normalize(line(text, path), {})).toMatchObject({ event: { dataset, action: 'ssh_login' } });
  });

  test('the index that Fluent Bit was told, and its name for the line', () => {
    const document = { '@timestamp': READ_AT, log: text };
    expect(normalize(document, { index: 'linux-secure-2026.11.24' })).toMatchObject({
      message: expect.stringMatching(/^Accepted/),
      user: { name: 'bob' },
    });
  });

  test('an unknown file passes', () => {
    expect(normalize(unknown, {})).toEqual({ ...unknown, related: { hosts: ['web-1'] } });
  });

  test('an ECS document passes with additions only', () => {
    const document = { ...line(text), event: { category: ['web'], type: ['access'] }, source: { ip: '203.0.113.7' } };
    const made = normalize(document, {});
    expect(made).toEqual({ ...document, related: { hosts: ['web-1'], ip: ['203.0.113.7'] } });
    expect(normalize(made, {})).toEqual(made);
  });
});

describe('the journal', () => {
  test('fields of journald become ECS', () => {
    const made = normalize(
      journal('Accepted publickey for ec2-user from 203.0.113.7 port 50234 ssh2: ED25519 SHA256:abc', 'sshd', 10),
      {},
    );
    expect(flat(made)).toMatchObject({
      'event.dataset': 'system.auth',
      'event.action': 'ssh_login',
      'user.name': 'ec2-user',
      'source.ip': '203.0.113.7',
      'source.port': 50234,
      'process.pid': 2711,
      'process.name': 'sshd',
      'process.executable': '/usr/sbin/sshd',
      'log.syslog.facility.name': 'authpriv',
      'log.syslog.severity.name': 'informational',
      'host.name': 'web-2',
    });
    expect(made.user).toEqual({ name: 'ec2-user' }); // not the id of root, as whom sshd runs
    expect(faults(made)).toEqual([]);
  });

  test('another facility is of the system', () => {
    expect(normalize(journal('Started nginx.service.', 'systemd', 3), {})).toMatchObject({
      event: { dataset: 'system.syslog' },
    });
  });
});
