/** Documents as Filebeat and Winlogbeat send them, and what of a normalized one isn't ECS. */
import { ecsFaults } from '../../../ecs.ts';

type Document = Readonly<Record<string, unknown>>;

export const READ_AT = '2026-11-24T13:40:40.500Z';

/** A raw line as Filebeat 7.17 and 8 send it without a module. */
export function line(message: string, path = '/var/log/secure', offset = 0): Record<string, unknown> {
  return {
    '@timestamp': READ_AT,
    message,
    input: { type: 'log' },
    log: { file: { path }, offset },
    host: { name: 'web-1' },
    agent: { id: '0c3a7d0e-5a5c-4d63-9a52-3f8f8b1f0001', type: 'filebeat', version: '7.17.29' },
    ecs: { version: '1.12.0' },
  };
}

/** What Filebeat's journald input reads on Amazon Linux 2023. */
export function journal(message: string, identifier: string, facility: number): Record<string, unknown> {
  return {
    '@timestamp': READ_AT,
    message,
    input: { type: 'journald' },
    event: { kind: 'event' },
    host: { hostname: 'web-2', id: 'ec2a1c2e3f4a5b6c7d8e9f0a1b2c3d4e' },
    journald: {
      audit: { login_uid: 1000, session: '3' },
      gid: 0,
      uid: 0,
      pid: 2711,
      process: { command_line: '"sshd: ec2-user [priv]"', executable: '/usr/sbin/sshd', name: 'sshd' },
    },
    syslog: { facility, identifier, pid: 2711, priority: 6 },
    systemd: { transport: 'syslog', unit: 'sshd.service' },
    agent: { id: '0c3a7d0e-5a5c-4d63-9a52-3f8f8b1f0002', type: 'filebeat', version: '7.17.29' },
  };
}

export interface WindowsEvent {
  readonly id: number;
  readonly provider: string;
  readonly channel: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly keywords?: readonly string[];
}

/** A Windows event as Winlogbeat sends it without a module. */
export function windows({ id, provider, channel, data, keywords }: WindowsEvent): Record<string, unknown> {
  const isFailure = keywords?.includes('Audit Failure');
  return {
    '@timestamp': READ_AT,
    message: 'as Windows renders it',
    host: { name: 'win-1.corp.example' },
    agent: { id: '0c3a7d0e-5a5c-4d63-9a52-3f8f8b1f0003', type: 'winlogbeat', version: '7.17.29' },
    event: {
      code: id,
      kind: 'event',
      provider,
      action: 'as the task says',
      ...(keywords === undefined ? {} : { outcome: isFailure ? 'failure' : 'success' }),
    },
    log: { level: 'information' },
    winlog: {
      api: 'wineventlog',
      channel,
      computer_name: 'win-1.corp.example',
      event_id: id,
      event_data: data,
      keywords,
      provider_name: provider,
      record_id: 4711,
      process: { pid: 4, thread: { id: 812 } },
    },
  };
}

/** Field sets of the Beats and ours, which may hold anything. */
const FREE = ['auditd', 'endpoint', 'fileset', 'input', 'journald', 'powershell', 'syslog', 'systemd', 'winlog'];

/** Faults against ECS, besides what the Beats write themselves. */
export function faults(document: Document): string[] {
  const { log, ...rest } = Object.fromEntries(Object.entries(document).filter(([name]) => !FREE.includes(name)));
  const { offset: _, ...ofLog } = (log ?? {}) as Record<string, unknown>;
  return ecsFaults(Object.keys(ofLog).length === 0 ? rest : { ...rest, log: ofLog });
}

/** The values of a document by their paths: `{ 'user.name': 'bob' }`. */
export function flat(value: unknown, path = ''): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { [path]: value };
  return Object.assign(
    {},
    ...Object.entries(value).map(([name, inner]) => flat(inner, path === '' ? name : `${path}.${name}`)),
  );
}
