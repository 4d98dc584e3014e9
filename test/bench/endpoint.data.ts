/** Made-up `_bulk` bodies of Beats, the same for the same seed: 50 events each, as Filebeat sends them by default. */
import { random } from './flowlogs.data.ts';

const EVENTS = 50;
const START = 1_790_000_000;

type Document = Readonly<Record<string, unknown>>;
/** The documents of one event: several where audit.log has several lines. */
type Make = (number: number, below: (n: number) => number) => readonly Document[];

const host = { name: 'web-1' };
const agent = { id: '0c3a7d0e-5a5c-4d63-9a52-3f8f8b1f0001', type: 'filebeat', version: '7.17.29' };
const at = (number: number) => new Date((START + number) * 1000).toISOString();
const address = (below: (n: number) => number) => `203.0.113.${below(254) + 1}`;

function line(message: string, path: string, number: number): Document {
  const log = { file: { path }, offset: number * 4096 };
  return { '@timestamp': at(number), message, input: { type: 'log' }, log, host, agent };
}

const clock = (number: number) =>
  new Date((START + number) * 1000).toUTCString().replace(/^\w+, (\d+) (\w+) \d+ ([\d:]+) .*$/, '$2 $1 $3');

const secure: Make = (number, below) => {
  const end = `user${below(900)} from ${address(below)} port ${below(60_000) + 1024} ssh2`;
  const text =
    below(3) === 0 ? `Accepted publickey for ${end}: ED25519 SHA256:x` : `Failed password for invalid user ${end}`;
  return [line(`${clock(number)} web-1 sshd[${below(60_000)}]: ${text}`, '/var/log/secure', number)];
};

const messages: Make = (number, below) => [
  line(
    `${clock(number)} web-1 systemd[1]: Started job ${below(9000)} of a unit with a long description.`,
    '/var/log/messages',
    number,
  ),
];

const audit: Make = (number, below) => {
  const id = `msg=audit(${START + number}.${100 + below(800)}:${number})`;
  const common = 'auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=3';
  const rest = `ppid=${below(9000)} pid=${below(9000)} ${common} comm="cat" exe="/usr/bin/cat" subj=unconfined key="exec"`;
  return [
    `type=SYSCALL ${id}: arch=c000003e syscall=59 success=yes exit=0 a0=55d0 a1=55d1 a2=55d2 a3=8 items=2 ${rest}`,
    `type=EXECVE ${id}: argc=2 a0="cat" a1=2F746D702F612062`,
    `type=CWD ${id}: cwd="/root"`,
    `type=PATH ${id}: item=0 name="/usr/bin/cat" inode=1234 dev=103:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL`,
    `type=PATH ${id}: item=1 name="/lib64/ld.so" inode=77 dev=103:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL`,
    `type=PROCTITLE ${id}: proctitle=636174002F746D702F612062`,
  ].map((text, i) => line(text, '/var/log/audit/audit.log', number * 6 + i));
};

const sysmon: Make = (number, below) => [
  {
    '@timestamp': at(number),
    host,
    agent,
    event: { code: '1', kind: 'event', provider: 'Microsoft-Windows-Sysmon' },
    winlog: {
      channel: 'Microsoft-Windows-Sysmon/Operational',
      computer_name: 'win-1.corp.example',
      event_id: '1',
      provider_name: 'Microsoft-Windows-Sysmon',
      record_id: number,
      event_data: {
        ProcessGuid: `{a23eae89-bd56-5903-0000-${String(number).padStart(12, '0')}}`,
        ProcessId: String(below(9000)),
        Image: 'C:\\Windows\\System32\\wbem\\WmiPrvSE.exe',
        CommandLine: 'C:\\Windows\\system32\\wbem\\wmiprvse.exe -Embedding',
        User: 'CORP\\bob',
        Hashes: 'SHA1=91180ED89976D16353404AC982A422A707F2AE37,MD5=7528CCABACCD5C1748E63E192097472A',
        ParentImage: 'C:\\Windows\\System32\\svchost.exe',
        ParentCommandLine: 'C:\\Windows\\system32\\svchost.exe -k DcomLaunch',
      },
    },
  },
];

const KINDS: Readonly<Record<string, Make>> = { secure, messages, audit, sysmon };
export const KIND_NAMES = Object.keys(KINDS);

/** Bodies with so many events in all. In: one of KIND_NAMES. */
export function* bodies(kind: string, events: number, seed = 1): Generator<Buffer> {
  const next = random(seed);
  const below = (n: number) => Math.floor(next() * n);
  for (let from = 0; from < events; from += EVENTS) {
    const documents = Array.from({ length: Math.min(EVENTS, events - from) }, (_, i) => KINDS[kind](from + i, below));
    const lines = documents.flat().map((each) => `{"create":{"_index":"filebeat-7.17.29"}}\n${JSON.stringify(each)}\n`);
    yield Buffer.from(lines.join(''));
  }
}
