/** A record as it reaches a source: with its time and id, in what AWS delivers it in. */
import { NAMES } from '../../../functions/flowlogs/fields.ts';
import type { Json } from '../evaluate.ts';

export type Record_ = { readonly [key: string]: Json };

export interface Wrapped {
  /** The record with its time and id. */
  readonly record: Record_;
  /** One line of the body, or one element of its list. */
  readonly line: string;
}

interface Way {
  wrap(record: Record_, time: number, id: string): Wrapped;
  body(lines: readonly string[]): string;
}

const iso = (time: number): string => new Date(time).toISOString();
const seconds = (time: number): string => iso(time).replace('.000Z', 'Z');
const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');
const plain = (record: Record_): Wrapped => ({ record, line: JSON.stringify(record) });

/** The order of our test's flow logs: Splunk gets it as `flow_format`. */
export const COLUMNS = [...NAMES].filter((name) => !name.startsWith('tgw-') && !name.startsWith('packets-lost'));

function bus(type: string, source: string, detail: Record_, time: number, account: Json, region: Json): string {
  return JSON.stringify({
    version: '0',
    id: '00000000-0000-4000-8000-000000000000',
    'detail-type': type,
    source,
    account,
    time: seconds(time),
    region,
    resources: [],
    detail,
  });
}

const merged = (record: Record_, more: Record_): Record_ => ({ ...record, ...more });

/** `Nov 24, 2026, 3:00:00 AM`, as Inspector writes it. */
const spelt = (time: number): string =>
  new Date(time)
    .toLocaleString('en-US', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' })
    .replace('\u202f', ' ');

/** In AWS's order. https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html */
const S3_COLUMNS = [
  ...[
    'bucket_owner',
    'bucket',
    'time',
    'remote_ip',
    'requester',
    'request_id',
    'operation',
    'key',
    'request',
    'status',
  ],
  ...[
    'error_code',
    'bytes_sent',
    'object_size',
    'total_time',
    'turn_around_time',
    'referer',
    'user_agent',
    'version_id',
  ],
  ...['host_id', 'signature_version', 'cipher_suite', 'authentication_type', 'host_header', 'tls_version'],
  ...['access_point_arn', 'acl_required', 'source_region'],
];
const QUOTED: ReadonlySet<string> = new Set(['request', 'referer', 'user_agent']);

function s3Column(name: string, value: Json | undefined): string {
  if (value === undefined) return QUOTED.has(name) ? '"-"' : '-';
  if (name === 'time') return `[${value}]`;
  return QUOTED.has(name) ? `"${value}"` : String(value);
}

/** `24/Nov/2026:03:00:00 +0000` */
const clf = (time: number): string => {
  const [, day, month, year, clock] = /, (\d\d) (\w+) (\d+) ([\d:]+) GMT/.exec(new Date(time).toUTCString())!;
  return `${day}/${month}/${year}:${clock} +0000`;
};

export const WAYS: Readonly<Record<string, Way>> = {
  cloudtrail: {
    wrap: (record, time, id) => plain(merged({ eventTime: seconds(time), eventID: id }, record)),
    body: (all) => `{"Records":[${all.join(',')}]}`,
  },
  vpcflow: {
    wrap(given, time) {
      const record = merged({ start: String(time / 1000 - 60), end: String(time / 1000) }, given);
      return { record, line: COLUMNS.map((name) => String(record[name] ?? '-')).join(' ') };
    },
    body: (all) => lines([COLUMNS.join(' '), ...all]),
  },
  route53resolver: { wrap: (record, time) => plain(merged({ query_timestamp: seconds(time) }, record)), body: lines },
  waf: {
    wrap(record, time, id) {
      const request = record.httpRequest as Record_;
      return plain({ timestamp: time, ...record, httpRequest: { ...request, requestId: id } });
    },
    body: lines,
  },
  networkfirewall: {
    wrap(given, time) {
      const event = merged({ timestamp: iso(time).replace('Z', '000+0000') }, given.event as Record_);
      return plain({ event_timestamp: String(time / 1000), ...given, event });
    },
    body: lines,
  },
  s3access: {
    wrap(given, time, id) {
      const record = merged({ time: clf(time), request_id: id.slice(-16).toUpperCase() }, given);
      const line = S3_COLUMNS.map((name) => s3Column(name, record[name])).join(' ');
      return { record, line };
    },
    body: lines,
  },
  guardduty: {
    wrap(given, time, id) {
      const arn = `arn:aws:guardduty:${given.region}:${given.accountId}:detector/12abc34d567e8fa901bc2d34e56789f0/finding/${id}`;
      const record = merged({ id, arn, updatedAt: iso(time) }, given);
      return { record, line: bus('GuardDuty Finding', 'aws.guardduty', record, time, record.accountId, record.region) };
    },
    body: lines,
  },
  securityhub: {
    wrap(given, time, id) {
      const Id = `arn:aws:securityhub:${given.Region}:${given.AwsAccountId}:security-control/finding/${id}`;
      const record = merged({ Id, UpdatedAt: iso(time) }, given);
      const detail = { findings: [record] };
      const type = 'Security Hub Findings - Imported';
      return { record, line: bus(type, 'aws.securityhub', detail, time, record.AwsAccountId, record.Region) };
    },
    body: lines,
  },
  inspector: {
    wrap(given, time, id) {
      const findingArn = `arn:aws:inspector2:eu-west-1:${given.awsAccountId}:finding/${id}`;
      const record = merged({ findingArn, updatedAt: spelt(time) }, given);
      return {
        record,
        line: bus('Inspector2 Finding', 'aws.inspector2', record, time, record.awsAccountId, 'eu-west-1'),
      };
    },
    body: lines,
  },
  macie: {
    wrap(given, time, id) {
      const record = merged({ id, updatedAt: seconds(time) }, given);
      return { record, line: bus('Macie Finding', 'aws.macie', record, time, record.accountId, record.region) };
    },
    body: lines,
  },
  asset: { wrap: (record, time, id) => plain(merged({ id: `asset@${id}`, at: iso(time) }, record)), body: lines },
  asset_change: {
    wrap(record, time, id) {
      return plain({ id, at: iso(time), ...record, change: { id, ...(record.change as Record_) } });
    },
    body: lines,
  },
  asset_coverage: { wrap: (record, time, id) => plain(merged({ id, at: iso(time) }, record)), body: lines },
  integrity: { wrap: (record, time, id) => plain(merged({ id, time: iso(time) }, record)), body: lines },
  eventlog: {
    wrap(given, time, id) {
      const record = merged({ EventRecordID: String(Number(id.slice(-12))) }, given);
      return { record, line: `{"create":{"_index":"winlogbeat-8.19.0"}}\n${JSON.stringify(winlogbeat(record, time))}` };
    },
    body: lines,
  },
};

const SYSTEM: ReadonlySet<string> = new Set(['EventID', 'Channel', 'Provider', 'Computer', 'EventRecordID']);

/** As Winlogbeat sends an event that no module has processed. */
function winlogbeat(record: Record_, time: number): object {
  const { EventID, Channel, Provider, Computer, EventRecordID } = record;
  return {
    '@timestamp': iso(time),
    event: { code: EventID, kind: 'event', provider: Provider },
    host: { name: Computer },
    winlog: {
      channel: Channel,
      computer_name: Computer,
      event_id: EventID,
      provider_name: Provider,
      record_id: Number(EventRecordID),
      event_data: Object.fromEntries(Object.entries(record).filter(([name]) => !SYSTEM.has(name))),
    },
  };
}
