/** Sysmon's events as https://learn.microsoft.com/en-us/sysinternals/downloads/sysmon names their fields. */
import { describe, expect, test } from '@jest/globals';
import { normalize } from '../../../../functions/endpoint/normalize/index.ts';
import { SYSMON } from '../../../../functions/endpoint/normalize/windows/categories.ts';
import { faults, flat, windows } from './documents.ts';

type Data = Readonly<Record<string, unknown>>;

const GUID = '{a23eae89-bd56-5903-0000-0010e9d95e00}';
const PROCESS = {
  ProcessGuid: GUID,
  ProcessId: '6228',
  Image: 'C:\\Windows\\System32\\wbem\\WmiPrvSE.exe',
  User: 'CORP\\bob',
};
const SHA256 = '2e1f6e8b0d6e1b1f4d2a6c8b9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b';

const sysmon = (id: number, data: Data) =>
  windows({ id, provider: 'Microsoft-Windows-Sysmon', channel: 'Microsoft-Windows-Sysmon/Operational', data });

function check(id: number, data: Data, expected: Record<string, unknown>): void {
  const made = normalize(sysmon(id, data), {});
  const values = flat(made);
  for (const [path, value] of Object.entries(expected)) expect([path, values[path]]).toEqual([path, value]);
  expect(faults(made)).toEqual([]);
}

const OF_PROCESS = {
  'process.entity_id': GUID,
  'process.pid': 6228,
  'process.name': 'WmiPrvSE.exe',
  'user.name': 'bob',
  'user.domain': 'CORP',
};

test('1: a process, its program, its parent', () =>
  check(
    1,
    {
      ...PROCESS,
      CommandLine: 'C:\\Windows\\system32\\wbem\\wmiprvse.exe -Embedding',
      CurrentDirectory: 'C:\\Windows\\system32\\',
      Hashes: `SHA1=91180ED89976D16353404AC982A422A707F2AE37,MD5=7528CCABACCD5C1748E63E192097472A,SHA256=${SHA256.toUpperCase()},IMPHASH=00000000000000000000000000000000`,
      OriginalFileName: 'Wmiprvse.exe',
      Company: 'Microsoft Corporation',
      RuleName: 'technique_id=T1047',
      ParentProcessGuid: '{a23eae89-bd28-5903-0000-00102f345d00}',
      ParentProcessId: '580',
      ParentImage: 'C:\\Windows\\System32\\svchost.exe',
      ParentCommandLine: 'C:\\Windows\\system32\\svchost.exe -k DcomLaunch',
      ParentUser: 'NT AUTHORITY\\SYSTEM',
    },
    {
      ...OF_PROCESS,
      'event.category': ['process'],
      'event.type': ['start'],
      'event.action': 'Process creation',
      'winlog.event_id': '1',
      'process.args': ['C:\\Windows\\system32\\wbem\\wmiprvse.exe', '-Embedding'],
      'process.working_directory': 'C:\\Windows\\system32\\',
      'process.hash.sha256': SHA256,
      'process.hash.md5': '7528ccabaccd5c1748e63e192097472a',
      'process.pe.imphash': undefined,
      'process.pe.original_file_name': 'Wmiprvse.exe',
      'process.parent.entity_id': '{a23eae89-bd28-5903-0000-00102f345d00}',
      'process.parent.pid': 580,
      'process.parent.name': 'svchost.exe',
      'process.parent.args': ['C:\\Windows\\system32\\svchost.exe', '-k', 'DcomLaunch'],
      'rule.name': 'technique_id=T1047',
      'related.hash': ['91180ed89976d16353404ac982a422a707f2ae37', '7528ccabaccd5c1748e63e192097472a', SHA256],
      'related.user': ['SYSTEM', 'bob'],
    },
  ));

test('3: a connection', () =>
  check(
    3,
    {
      ...PROCESS,
      Protocol: 'tcp',
      Initiated: 'true',
      SourceIsIpv6: 'false',
      SourceIp: '10.0.0.12',
      SourceHostname: 'win-1.corp.example',
      SourcePort: '61400',
      DestinationIp: '203.0.113.9',
      DestinationHostname: '-',
      DestinationPort: '443',
      DestinationPortName: 'https',
    },
    {
      ...OF_PROCESS,
      'source.ip': '10.0.0.12',
      'source.domain': 'win-1.corp.example',
      'destination.ip': '203.0.113.9',
      'destination.domain': undefined,
      'destination.port': 443,
      'network.transport': 'tcp',
      'network.protocol': 'https',
      'network.direction': 'egress',
      'network.type': 'ipv4',
      'related.ip': ['10.0.0.12', '203.0.113.9'],
    },
  ));

test('7: a library, signed', () =>
  check(
    7,
    {
      ...PROCESS,
      ImageLoaded: 'C:\\Windows\\System32\\ole32.dll',
      Hashes: `SHA256=${SHA256}`,
      Signed: 'true',
      Signature: 'Microsoft Windows',
      SignatureStatus: 'Valid',
      OriginalFileName: 'OLE32.DLL',
    },
    {
      'file.path': 'C:\\Windows\\System32\\ole32.dll',
      'dll.name': 'ole32.dll',
      'dll.hash.sha256': SHA256,
      'file.hash.sha256': SHA256,
      'dll.code_signature.valid': true,
      'file.code_signature.subject_name': 'Microsoft Windows',
      'process.pe.original_file_name': undefined,
    },
  ));

test.each([8, 10])('%i: the process that acts on another', (id) =>
  check(
    id,
    {
      SourceProcessGuid: GUID,
      SourceProcessGUID: GUID,
      SourceProcessId: '6228',
      SourceImage: PROCESS.Image,
      SourceUser: 'CORP\\bob',
      TargetImage: 'C:\\Windows\\System32\\lsass.exe',
      GrantedAccess: '0x1010',
    },
    {
      ...OF_PROCESS,
      'winlog.event_data.GrantedAccess': '0x1010',
      'winlog.event_data.TargetImage': 'C:\\Windows\\System32\\lsass.exe',
    },
  ),
);

test.each([11, 15, 23, 26, 27, 28, 29])('%i: a file', (id) =>
  check(
    id,
    { ...PROCESS, TargetFilename: 'C:\\Users\\bob\\Downloads\\a.exe:Zone.Identifier', Hashes: `SHA256=${SHA256}` },
    {
      ...OF_PROCESS,
      'event.category': ['file'],
      'event.outcome': id === 27 || id === 28 ? 'failure' : undefined,
      'file.name': 'a.exe:Zone.Identifier',
      'file.fork_name': 'Zone.Identifier',
      'file.directory': 'C:\\Users\\bob\\Downloads',
      'file.drive_letter': 'C',
      'file.hash.sha256': id === 11 ? undefined : SHA256,
      'process.hash.sha256': undefined,
    },
  ),
);

test.each([
  ['HKLM\\SOFTWARE\\Run\\a', 'DWORD (0x0000ffff)', 'HKLM', 'REG_DWORD', '65535'],
  ['HKEY_USERS\\S-1\\x', 'QWORD (0x00000001-0x00000002)', 'HKU', 'REG_QWORD', '4294967298'],
  ['HKU\\S-1\\x', 'Binary Data', 'HKU', 'REG_BINARY', 'Binary Data'],
  ['HKCR\\x', '%SystemRoot%\\a.exe', 'HKCR', 'REG_SZ', '%SystemRoot%\\a.exe'],
])('13: %s = %s', (path, details, hive, type, text) =>
  check(
    13,
    { ...PROCESS, EventType: 'SetValue', TargetObject: path, Details: details },
    {
      'event.category': ['configuration', 'registry'],
      'registry.path': path,
      'registry.hive': hive,
      'registry.key': path.slice(path.indexOf('\\') + 1),
      'registry.value': path.slice(path.lastIndexOf('\\') + 1),
      'registry.data.type': type,
      'registry.data.strings': [text],
    },
  ),
);

test('17: a pipe', () =>
  check(17, { ...PROCESS, PipeName: '\\psexec' }, { 'file.name': '\\psexec', 'event.type': ['creation'] }));

test('22: a query and its answers', () => {
  const made = normalize(
    sysmon(22, {
      ...PROCESS,
      QueryName: 'www.example.com',
      QueryStatus: '0',
      QueryResults: 'type:  5 edge.example.net;::ffff:192.0.2.7;2001:db8::7;',
    }),
    {},
  );
  expect(made).toMatchObject({
    dns: {
      question: { name: 'www.example.com' },
      answers: [
        { type: 'CNAME', data: 'edge.example.net' },
        { type: 'A', data: '192.0.2.7' },
        { type: 'AAAA', data: '2001:db8::7' },
      ],
      resolved_ip: ['192.0.2.7', '2001:db8::7'],
      response_code: 'NOERROR',
    },
    network: { protocol: 'dns' },
    related: { hosts: ['win-1.corp.example', 'www.example.com'], ip: ['192.0.2.7', '2001:db8::7'] },
  });
  expect(faults(made)).toEqual([]);
});

describe('every event', () => {
  test('1 to 29 have a category', () => {
    expect([...SYSMON.keys()]).toEqual([...Array.from({ length: 29 }, (_, i) => String(i + 1)), '255']);
  });

  test.each([...SYSMON.keys()])('%s is valid, and the same when Winlogbeat has processed it', (id) => {
    const raw = sysmon(Number(id), PROCESS);
    const made = normalize(raw, {});
    expect(faults(made)).toEqual([]);
    const event = {
      ...(raw.event as Data),
      module: 'sysmon',
      category: ['process'],
      type: ['info'],
      action: 'another version',
    };
    const processed = {
      ...raw,
      event,
      winlog: { ...(raw.winlog as Data), event_id: id, event_data: {} },
      process: { entity_id: GUID, pid: 6228, executable: PROCESS.Image, name: 'WmiPrvSE.exe' },
      user: { name: 'bob', domain: 'CORP' },
    };
    const of = (document: Data) => ({ ...(document.event as Data), process: document.process, user: document.user });
    expect(of(normalize(processed, {}))).toEqual(of(made));
  });
});
