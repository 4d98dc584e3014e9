/** Events of the Security and System channels and of PowerShell, as Microsoft's pages of each event show them. */
import { describe, expect, test } from '@jest/globals';
import { normalize } from '../../../../functions/endpoint/normalize/index.ts';
import { SECURITY } from '../../../../functions/endpoint/normalize/windows/categories.ts';
import { windowsArguments } from '../../../../functions/endpoint/normalize/windows/commandline.ts';
import { faults, flat, windows } from './documents.ts';

type Data = Readonly<Record<string, unknown>>;

const SUCCESS = ['Audit Success'];
const FAILURE = ['Audit Failure'];
const SUBJECT = {
  SubjectUserSid: 'S-1-5-21-1-2-3-1104',
  SubjectUserName: 'dadmin',
  SubjectDomainName: 'CORP',
  SubjectLogonId: '0x30999',
};

const security = (id: number, data: Data, keywords: readonly string[] = SUCCESS) =>
  windows({ id, provider: 'Microsoft-Windows-Security-Auditing', channel: 'Security', data, keywords });

function check(document: Data, expected: Record<string, unknown>): void {
  const made = normalize(document, {});
  const values = flat(made);
  for (const [path, value] of Object.entries(expected)) expect([path, values[path]]).toEqual([path, value]);
  expect(faults(made)).toEqual([]);
}

describe('Security', () => {
  test.each<[string, Data, Record<string, unknown>]>([
    [
      'a logon',
      security(4624, {
        SubjectUserSid: 'S-1-5-18',
        SubjectUserName: 'WIN-1$',
        TargetUserSid: 'S-1-5-21-1-2-3-1105',
        TargetUserName: 'bob',
        TargetDomainName: 'CORP',
        TargetLogonId: '0x8dcdc',
        LogonType: '10',
        WorkstationName: 'LAPTOP-7',
        ProcessId: '0x44c',
        ProcessName: 'C:\\Windows\\System32\\svchost.exe',
        IpAddress: '::ffff:203.0.113.7',
        IpPort: '50234',
      }),
      {
        'event.category': ['authentication'],
        'event.type': ['start'],
        'event.action': 'logged-in',
        'event.outcome': 'success',
        'event.code': '4624',
        'winlog.event_id': '4624',
        'winlog.record_id': '4711',
        'user.name': 'bob',
        'user.id': 'S-1-5-21-1-2-3-1105',
        'source.ip': '203.0.113.7',
        'source.port': 50234,
        'source.domain': 'LAPTOP-7',
        'winlog.logon.type': 'RemoteInteractive',
        'winlog.logon.id': '0x8dcdc',
        'process.pid': 1100,
        'process.name': 'svchost.exe',
        'related.user': ['bob'],
      },
    ],
    [
      'a failed logon',
      security(
        4625,
        {
          ...SUBJECT,
          TargetUserSid: 'S-1-0-0',
          TargetUserName: 'Auditor',
          Status: '0xC000006D',
          SubStatus: '0xc0000064',
          FailureReason: '%%2313',
          LogonType: '3',
          IpAddress: '-',
          IpPort: '0',
        },
        FAILURE,
      ),
      {
        'event.action': 'logon-failed',
        'event.outcome': 'failure',
        'event.reason': 'User logon with misspelled or bad user account',
        'user.name': 'Auditor',
        'user.id': undefined,
        'source.ip': undefined,
        'winlog.logon.failure.reason': 'Unknown user name or bad password.',
        'winlog.logon.failure.status': 'This is either due to a bad username or authentication information',
      },
    ],
    [
      'a logoff',
      security(4647, { TargetUserName: 'bob', TargetLogonId: '0x1' }),
      { 'event.action': 'logged-out', 'user.name': 'bob' },
    ],
    [
      'explicit credentials',
      security(4648, {
        ...SUBJECT,
        TargetUserName: 'ladmin',
        TargetDomainName: 'WIN-2',
        ProcessId: '0x1f4',
        ProcessName: 'C:\\Windows\\System32\\runas.exe',
      }),
      { 'user.name': 'dadmin', 'user.effective.name': 'ladmin', 'related.user': ['dadmin', 'ladmin'] },
    ],
    [
      'special privileges',
      security(4672, { ...SUBJECT, PrivilegeList: 'SeTcbPrivilege' }),
      { 'event.type': ['admin'], 'user.name': 'dadmin' },
    ],
    [
      'a process',
      security(4688, {
        ...SUBJECT,
        NewProcessId: '0x2bc',
        NewProcessName: 'C:\\Windows\\System32\\rundll32.exe',
        CommandLine: 'rundll32.exe "C:\\a b\\x.dll",Run 1',
        ProcessId: '0xe74',
        ParentProcessName: 'C:\\Windows\\explorer.exe',
        TargetUserName: '-',
      }),
      {
        'event.category': ['process'],
        'process.pid': 700,
        'process.name': 'rundll32.exe',
        'process.args': ['rundll32.exe', 'C:\\a b\\x.dll,Run', '1'],
        'process.parent.pid': 3700,
        'process.parent.name': 'explorer.exe',
        'user.effective.name': undefined,
      },
    ],
    [
      'its end',
      security(4689, { ...SUBJECT, ProcessId: '0xfb0', ProcessName: 'C:\\x.exe', Status: '0x0' }),
      { 'process.exit_code': 0, 'event.type': ['end'] },
    ],
    [
      'a service',
      security(4697, { ...SUBJECT, ServiceName: 'AppHostSvc', ServiceFileName: 'C:\\x.exe', ServiceType: '0x20' }),
      { 'event.action': 'service-installed', 'service.name': 'AppHostSvc', 'service.type': 'Win32 Share Process' },
    ],
    [
      'a scheduled task',
      security(4698, { ...SUBJECT, TaskName: '\\StartListener' }),
      { 'event.type': ['creation', 'admin'], 'user.name': 'dadmin' },
    ],
    [
      'a new account',
      security(4720, {
        ...SUBJECT,
        TargetUserName: 'ksmith',
        TargetSid: 'S-1-5-21-1-2-3-6609',
        TargetDomainName: 'CORP',
      }),
      {
        'event.type': ['user', 'creation'],
        'user.name': 'dadmin',
        'user.target.name': 'ksmith',
        'user.target.id': 'S-1-5-21-1-2-3-6609',
      },
    ],
    [
      'a member of a group',
      security(4728, {
        ...SUBJECT,
        MemberName: 'CN=Smith\\, Kim,OU=Staff,DC=corp',
        MemberSid: 'S-1-5-21-1-2-3-6609',
        TargetUserName: 'Domain Admins',
        TargetSid: 'S-1-5-21-1-2-3-512',
      }),
      {
        'event.action': 'added-member-to-group',
        'group.name': 'Domain Admins',
        'user.target.name': 'Smith, Kim',
        'user.target.group.id': 'S-1-5-21-1-2-3-512',
      },
    ],
    [
      'a new name',
      security(4781, { ...SUBJECT, OldTargetUserName: 'a', NewTargetUserName: 'b' }),
      { 'user.target.name': 'a', 'user.changes.name': 'b' },
    ],
    [
      'a ticket',
      security(4769, {
        TargetUserName: 'dadmin@CORP.EXAMPLE',
        ServiceName: 'WIN-1$',
        TicketEncryptionType: '0x17',
        Status: '0x0',
        IpAddress: '::ffff:10.0.0.12',
        IpPort: '49272',
      }),
      {
        'event.outcome': 'success',
        'user.name': 'dadmin',
        'winlog.event_data.TicketEncryptionTypeDescription': 'RC4-HMAC',
        'service.name': 'WIN-1$',
      },
    ],
    [
      'a ticket that was refused',
      security(4768, { TargetUserName: 'nobody', Status: '0x6', IpAddress: '10.0.0.12' }, FAILURE),
      {
        'event.outcome': 'failure',
        'event.reason': 'KDC_ERR_C_PRINCIPAL_UNKNOWN',
        'winlog.event_data.StatusDescription': 'KDC_ERR_C_PRINCIPAL_UNKNOWN',
      },
    ],
    [
      'pre-authentication',
      security(4771, { TargetUserName: 'bob', Status: '0x18' }, []),
      { 'event.outcome': 'failure', 'event.reason': 'KDC_ERR_PREAUTH_FAILED' },
    ],
    [
      'NTLM',
      security(4776, { TargetUserName: 'bob', Workstation: 'LAPTOP-7', Status: '0xc0000234' }, FAILURE),
      { 'event.outcome': 'failure', 'event.reason': 'User logon with account locked', 'source.domain': 'LAPTOP-7' },
    ],
    [
      'a changed audit policy',
      security(4719, SUBJECT),
      { 'event.action': 'changed-audit-config', 'event.category': ['iam', 'configuration'] },
    ],
    [
      'a share',
      security(5145, {
        ...SUBJECT,
        ShareName: '\\\\*\\ADMIN$',
        RelativeTargetName: 'PSEXESVC.exe',
        IpAddress: '10.0.0.12',
        IpPort: '49000',
      }),
      {
        'event.category': ['network', 'file'],
        'file.path': '\\\\*\\ADMIN$\\PSEXESVC.exe',
        'file.extension': 'exe',
        'source.ip': '10.0.0.12',
      },
    ],
  ])('%s', (_, document, expected) => {
    check(document, expected);
  });

  test('a cleared log, whose values stand in user_data', () => {
    const made = windows({ id: 1102, provider: 'Microsoft-Windows-Eventlog', channel: 'Security', data: {} });
    const winlog = { ...(made.winlog as Data), user_data: SUBJECT };
    check(
      { ...made, winlog },
      { 'event.action': 'audit-log-cleared', 'user.name': 'dadmin', 'event.dataset': 'windows.security' },
    );
  });

  test('the outcome by the keywords, where the shipper writes none', () => {
    const { event: _, ...document } = security(4624, { TargetUserName: 'bob' }, FAILURE);
    expect(normalize(document, {})).toMatchObject({ event: { outcome: 'failure' } });
  });

  test.each([...SECURITY.keys()])('%s has a category that ECS allows', (id) => {
    expect(faults(normalize(security(Number(id), SUBJECT), {}))).toEqual([]);
  });
});

describe('raw and processed', () => {
  const raw = security(4624, {
    TargetUserName: 'bob',
    TargetUserSid: 'S-1-5-21-1',
    IpAddress: '203.0.113.7',
    LogonType: '3',
  });

  test("what Winlogbeat's module moved stays, and the categorization is the same", () => {
    const winlog = {
      ...(raw.winlog as Data),
      event_id: '4624',
      event_data: { TargetUserName: 'bob' },
      logon: { type: 'Network' },
    };
    const event = {
      ...(raw.event as Data),
      module: 'security',
      action: 'logged-in',
      category: ['authentication'],
      type: ['start'],
    };
    const processed = {
      ...raw,
      winlog,
      event,
      user: { name: 'bob', id: 'S-1-5-21-1' },
      source: { ip: '203.0.113.7' },
      related: { user: ['bob'] },
    };
    const [a, b] = [normalize(raw, {}), normalize(processed, {})];
    expect(b.event).toEqual(a.event);
    expect(a).toMatchObject({ user: b.user, source: b.source, related: b.related });
  });

  test('twice is once', () => {
    const made = normalize(raw, {});
    expect(normalize(made, {})).toEqual(made);
  });
});

describe('System', () => {
  test('a new service', () =>
    check(
      windows({
        id: 7045,
        provider: 'Service Control Manager',
        channel: 'System',
        data: { ServiceName: 'PSEXESVC', ImagePath: '%SystemRoot%\\PSEXESVC.exe', ServiceType: 'user mode service' },
      }),
      {
        'event.action': 'service-installed',
        'event.dataset': 'windows.system',
        'service.name': 'PSEXESVC',
        'service.type': 'user mode service',
      },
    ));
  test('a cleared log', () =>
    check(windows({ id: 104, provider: 'Microsoft-Windows-Eventlog', channel: 'System', data: SUBJECT }), {
      'event.action': 'log-cleared',
      'user.name': 'dadmin',
    }));
  test('other events pass', () =>
    check(windows({ id: 6005, provider: 'EventLog', channel: 'System', data: {} }), {
      'event.category': undefined,
      'event.action': 'as the task says',
      'winlog.event_id': '6005',
      'event.dataset': 'windows.system',
    }));
});

describe('PowerShell', () => {
  const powershell = (id: number, data: Data) =>
    windows({
      id,
      provider: 'Microsoft-Windows-PowerShell',
      channel: 'Microsoft-Windows-PowerShell/Operational',
      data,
    });

  test('a script block', () =>
    check(
      powershell(4104, {
        MessageNumber: '1',
        MessageTotal: '2',
        ScriptBlockText: 'IEX (New-Object Net.WebClient)',
        ScriptBlockId: '50d2',
        Path: 'C:\\temp\\a.ps1',
      }),
      {
        'event.category': ['process'],
        'powershell.file.script_block_text': 'IEX (New-Object Net.WebClient)',
        'powershell.file.script_block_id': '50d2',
        'powershell.sequence': 1,
        'powershell.total': 2,
        'file.path': 'C:\\temp\\a.ps1',
        'file.extension': 'ps1',
      },
    ));

  test('a long one is whole in its own field, and cut where OpenSearch would refuse the document', () => {
    const text = 'Write-Host "가"; '.repeat(2500);
    const made = flat(normalize(powershell(4104, { ScriptBlockText: text }), {}));
    expect(made['powershell.file.script_block_text']).toBe(text);
    expect(String(made['winlog.event_data.ScriptBlockText'])).toHaveLength(10_001);
  });

  test('a pipeline', () =>
    check(
      powershell(4103, {
        ContextInfo:
          '        Severity = Informational\r\n        Host Name = ConsoleHost\r\n        Host ID = 6b6e\r\n        Host Application = powershell.exe -enc SQBFAFgA\r\n        Engine Version = 5.1\r\n        Command Name = cmdlet1\r\n        Script Name = C:\\x.ps1\r\n        Sequence Number = 34\r\n        User = CORP\\bob\r\n',
        Payload: 'CommandInvocation(cmdlet1): "cmdlet1"',
      }),
      {
        'process.command_line': 'powershell.exe -enc SQBFAFgA',
        'process.args': ['powershell.exe', '-enc', 'SQBFAFgA'],
        'user.name': 'bob',
        'user.domain': 'CORP',
        'powershell.command.name': 'cmdlet1',
        'powershell.engine.version': '5.1',
        'event.sequence': 34,
        'file.path': 'C:\\x.ps1',
      },
    ));
});

// https://learn.microsoft.com/en-us/cpp/c-language/parsing-c-command-line-arguments: the table of results
test.each([
  ['"a b c" d e', ['a b c', 'd', 'e']],
  [String.raw`"ab\"c" "\\" d`, ['ab"c', '\\', 'd']],
  [String.raw`a\\\b d"e f"g h`, [String.raw`a\\\b`, 'de fg', 'h']],
  [String.raw`a\\\"b c d`, [String.raw`a\"b`, 'c', 'd']],
  [String.raw`a\\\\"b c" d e`, [String.raw`a\\b c`, 'd', 'e']],
  ['a"b"" c d', ['ab" c d']],
])('the arguments of %s', (text, args) => expect(windowsArguments(text)).toEqual(args));
