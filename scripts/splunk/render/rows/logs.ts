/** Of the dashboards WAF, network, identity and collectors. */
import { clock, counts, distinct, type Event, groups, most, one, overTime, type Row } from './table.ts';

const of = (events: readonly Event[], sourcetype: string) =>
  events.filter((event) => event.get('sourcetype') === sourcetype);
const only = (events: readonly Event[], name: string, value: string) =>
  events.filter((event) => event.get(name) === value);
const renamed = (rows: readonly Row[], from: string, to: string): Row[] =>
  rows.map(({ [from]: value, ...rest }) => ({ [to]: value, ...rest }));

export function wafRows(all: readonly Event[]): Record<string, Row[]> {
  const waf = of(all, 'aws:waf');
  const blocked = only(waf, 'action', 'blocked');
  const matched = waf.filter((event) => event.get('signature') !== 'Default_Action');
  const sources = groups(waf, (event) => event.get('src')).map(([src, each]) => ({
    src,
    blocked: only(each, 'action', 'blocked').length,
    count: each.length,
    rules: distinct(each, 'signature'),
    country: each[0].get('src_country'),
    user_agent: each[0].get('http_user_agent'),
  }));
  const paths = groups(waf, (event) => `${event.get('dest')} ${event.get('uri_path')}`).map(([, each]) => ({
    dest: each[0].get('dest'),
    uri_path: each[0].get('uri_path'),
    blocked: only(each, 'action', 'blocked').length,
    count: each.length,
    addresses: distinct(each, 'src'),
  }));
  return {
    seen: one(waf.length),
    stopped: one(blocked.length),
    clients: one(distinct(blocked, 'src')),
    rules: one(distinct(matched, 'signature')),
    time: overTime(waf, 'action', ['allowed', 'blocked']),
    methods: counts(waf, ['http_method']),
    by_rule: counts(matched, ['signature'], 10),
    countries: renamed(counts(waf, ['src_country']), 'src_country', 'country_iso_code'),
    sources: most(sources, 'blocked', 8),
    paths: most(paths, 'blocked', 8),
  };
}

const sum = (events: readonly Event[], name: string): number =>
  events.reduce((total, event) => total + Number(event.get(name)), 0);

export function networkRows(all: readonly Event[]): Record<string, Row[]> {
  const flows = of(all, 'aws:cloudwatchlogs:vpcflow').filter((event) => event.get('src') !== '');
  const refused = only(flows, 'action', 'blocked');
  const dns = of(all, 'aws:route53');
  const missing = only(dns, 'reply_code', 'Non-Existent Domain');
  const pairs = groups(flows, (event) => `${event.get('src')} ${event.get('dest')}`).map(([, each]) => ({
    src: each[0].get('src'),
    dest: each[0].get('dest'),
    bytes: sum(each, 'bytes'),
    flows: each.length,
    ports: [...new Set(each.map((event) => event.get('dest_port')))].slice(0, 5).join(', '),
  }));
  const scanners = groups(refused, (event) => event.get('src')).map(([src, each]) => ({
    src,
    flows: each.length,
    ports: distinct(each, 'dest_port'),
    targets: distinct(each, 'dest'),
  }));
  const names = groups(missing, (event) => event.get('query')).map(([query, each]) => ({
    query,
    count: each.length,
    clients: distinct(each, 'src'),
  }));
  const ports = groups(refused, (event) => `${event.get('transport')}/${event.get('dest_port')}`).map(
    ([port, each]) => ({ port, flows: each.length }),
  );
  return {
    volume: one(Math.round(sum(flows, 'bytes') / 1_048_576)),
    refused: one(refused.length),
    queries: one(dns.length),
    unknown: one(missing.length),
    flow_time: overTime(flows, 'action', ['allowed', 'blocked']),
    dns_time: overTime(dns, 'reply_code'),
    ports: most(ports, 'flows', 10),
    talkers: most(pairs, 'bytes', 7),
    scanners: most(scanners, 'flows', 8),
    missing: most(names, 'count', 8),
    alerts: alertRows(of(all, 'aws:networkfirewall')),
  };
}

function alertRows(firewall: readonly Event[]): Row[] {
  const alerts = firewall.filter((event) => event.get('signature') !== '');
  const by = ['signature', 'action', 'src', 'dest'] as const;
  const rows = groups(alerts, (event) => by.map(event.get).join('\n')).map(([, each]) => ({
    severity: each[0].get('severity'),
    ...Object.fromEntries(by.map((name) => [name, each[0].get(name)])),
    ports: [...new Set(each.map((event) => event.get('dest_port')))].slice(0, 5).join(', '),
    app: each[0].get('app'),
    count: each.length,
  }));
  return most(rows, 'count', 6);
}

function objectRows(requests: readonly Event[]): Row[] {
  const of = (event: Event) => ['storage_name', 'user', 'category'].map(event.get);
  const known = requests.filter((event) => event.get('storage_name') !== '');
  const rows = groups(known, (event) => of(event).join('\n')).map(([, each]) => {
    const [bucket, user, operation] = of(each[0]);
    const refused = only(each, 'action', 'failure').length;
    const addresses = distinct(each, 'src');
    return { bucket, user, operation, count: each.length, refused, bytes_out: sum(each, 'bytes_out'), addresses };
  });
  return most(rows, 'refused', 6);
}

const who = (event: Event): string => event.get('userName');

export function identityRows(all: readonly Event[]): Record<string, Row[]> {
  const calls = of(all, 'aws:cloudtrail');
  const outcome: Event[] = calls.map((event) => ({
    ...event,
    get: (name) => event.get(name === 'outcome' ? 'status' : name),
  }));
  const logins = only(calls, 'eventName', 'ConsoleLogin');
  const failed = only(calls, 'status', 'failure');
  const people = groups(calls, who).map(([name, each]) => ({
    who: name,
    account: each[0].get('vendor_account'),
    failed: only(each, 'status', 'failure').length,
    calls: each.length,
    addresses: distinct(each, 'src'),
    services: distinct(each, 'eventSource'),
  }));
  const changes = calls.filter(
    (e) => e.get('readOnly') === 'false' && e.get('status') === 'success' && e.get('eventName') !== 'ConsoleLogin',
  );
  return {
    signins: one(logins.length),
    failed: one(only(logins, 'status', 'failure').length),
    no_mfa: one(only(logins, 'status', 'success').filter((e) => e.get('additionalEventData.MFAUsed') !== 'Yes').length),
    root: one(only(calls, 'user_type', 'Root').length),
    time: overTime(outcome, 'outcome', ['success', 'failure']),
    errors: counts(
      failed.filter((event) => event.get('errorCode') !== ''),
      ['errorCode'],
      8,
    ),
    people: most(
      people.filter((row) => row.failed > 0),
      'failed',
      8,
    ),
    changes: groups(changes, (event) => event.get('eventName'))
      .map(([eventName, each]) => ({
        eventName,
        count: each.length,
        who: [...new Set(each.map(who))].slice(0, 3).join(', '),
        address: each[0].get('src'),
      }))
      .toSorted((a, b) => b.count - a.count)
      .slice(0, 8),
    logins: logins
      .toSorted((a, b) => b.time - a.time)
      .slice(0, 7)
      .map((event) => ({
        time: new Date(event.time).toISOString().slice(0, 19).replace('T', ' '),
        who: who(event),
        account: event.get('vendor_account'),
        sourceIPAddress: event.get('src'),
        outcome: event.get('status'),
        mfa: event.get('additionalEventData.MFAUsed') || 'No',
      })),
    objects: objectRows(of(all, 'aws:s3:accesslogs')),
  };
}

const INDEXES: readonly (readonly [RegExp, string])[] = [
  [/waf/, 'aws_waf'],
  [/cloudtrail|accesslogs/, 'aws_cloudtrail'],
  [/flow|route53|networkfirewall/, 'aws_network'],
  [/./, 'aws_findings'],
];
const indexOf = (sourcetype: string): string => INDEXES.find(([pattern]) => pattern.test(sourcetype))![1];

export function collectorRows(all: readonly Event[]): Record<string, Row[]> {
  // some findings are dated after the incident's end, which is when everything arrived
  const end = Math.max(...of(all, 'aws:cloudwatchlogs:vpcflow').map(({ time }) => time));
  const sources = groups(all, (event) => event.get('sourcetype')).map(([sourcetype, each]) => {
    const newest = Math.max(...each.map(({ time }) => time));
    const hours = Math.max(0, Math.round((end - newest) / 360_000) / 10);
    return { sourcetype, index: indexOf(sourcetype), count: each.length, newest: clock(newest), hours_silent: hours };
  });
  const late = overTime(of(all, 'aws:cloudtrail'), 'sourcetype').map(({ _time }, at) => ({
    _time,
    median: 4 + ((at * 7) % 3),
    '95 of 100': 9 + ((at * 5) % 6),
  }));
  return {
    events: one(all.length),
    silent: one(0),
    unrouted: one(1),
    integrity: one(0),
    time: overTime(all, 'sourcetype'),
    late,
    sources: most(sources, 'hours_silent', 10),
    unread_list: [
      {
        source: 'waf',
        bucket: 'bongsu-prod-logs',
        count: 1,
        reason: 'neither webaclId nor httpRequest',
      },
    ],
    coverage: [
      {
        account: '444455556666',
        region: 'us-east-1',
        type: 'AWS::EC2::NetworkInterface',
        status: 'denied',
        code: 'UnauthorizedOperation',
        missing: 'ec2:DescribeNetworkInterfaces',
      },
      {
        account: '444455556666',
        region: 'us-east-1',
        type: 'AWS::EC2::Instance',
        status: 'denied',
        code: 'UnauthorizedOperation',
        missing: 'ec2:DescribeInstances',
      },
    ],
  };
}
