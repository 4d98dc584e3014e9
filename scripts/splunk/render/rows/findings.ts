/** Of the dashboards overview, findings and vulnerabilities. */
import { clock, counts, type Event, groups, matrix, most, one, overTime, type Row } from './table.ts';

export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'informational'];
const ORDER = SEVERITIES.toReversed();

/** The newest state of each. */
export const current = (events: readonly Event[]): Event[] =>
  groups(states(events), (event) => event.get('finding_uid')).map(
    ([, all]) => all.toSorted((a, b) => b.time - a.time)[0],
  );
export const states = (events: readonly Event[]): Event[] =>
  events.filter((event) => event.get('finding_uid') !== '' && event.get('signature') !== '');

const severe = (events: readonly Event[], ...severities: readonly string[]) =>
  events.filter((event) => severities.includes(event.get('severity')));
const byTime = (events: readonly Event[]) => events.toSorted((a, b) => b.time - a.time);
const places = (events: readonly Event[]): Row[] =>
  counts(
    events.filter((event) => event.get('src_country') !== ''),
    ['src_country'],
  ).map(({ src_country, count }) => ({
    country_iso_code: src_country,
    count,
  }));

export function overviewRows(events: readonly Event[], assets: number): Record<string, Row[]> {
  const now = current(events);
  const waf = events.filter((event) => event.get('sourcetype') === 'aws:waf');
  const blocked = waf.filter((event) => event.get('action') === 'blocked');
  const failed = events.filter((e) => e.get('eventName') === 'ConsoleLogin' && e.get('status') === 'failure');
  return {
    critical: one(severe(now, 'critical').length),
    high: one(severe(now, 'high').length),
    blocked: one(blocked.length),
    failed: one(failed.length),
    exposed: one(assets),
    unread: one(0),
    findings_time: overTime(states(events), 'severity', ORDER),
    waf_time: overTime(waf, 'action', ['allowed', 'blocked']),
    newest: byTime(severe(now, 'critical', 'high'))
      .slice(0, 8)
      .map((event) => ({
        time: clock(event.time),
        severity: event.get('severity'),
        finding: event.get('signature'),
        dest: event.get('dest'),
        account: event.get('vendor_account'),
      })),
    accounts: matrix(now, 'vendor_account', 'severity', SEVERITIES).map(({ vendor_account: account, ...rest }) => ({
      account,
      ...rest,
    })),
    countries: places(waf),
    sources: counts(events, ['sourcetype']),
  };
}

export function findingsRows(events: readonly Event[]): Record<string, Row[]> {
  const now = current(events);
  const work = ['new', 'in progress', 'new', 'resolved'];
  return {
    ...Object.fromEntries(SEVERITIES.slice(0, 4).map((name) => [name, one(severe(now, name).length)])),
    time: overTime(states(events), 'severity', ORDER),
    product: counts(now, ['app']).map(({ app, count }) => ({ product: app, count })),
    types: counts(now, ['signature_id'], 10),
    places: places(now),
    list: byTime(now)
      .slice(0, 12)
      .map((event, at) => ({
        time: clock(event.time),
        severity: event.get('severity'),
        product: event.get('app'),
        finding: event.get('signature'),
        dest: event.get('dest'),
        user: event.get('user'),
        account: event.get('vendor_account'),
        work_status: work[at % work.length],
        work_owner: at % work.length === 1 ? 'kim' : '',
        finding_uid: event.get('finding_uid').slice(-12),
      })),
  };
}

export function vulnerabilityRows(events: readonly Event[]): Record<string, Row[]> {
  const open = current(events).filter(
    (e) => e.get('sourcetype') === 'aws:inspector:v2:findings' && e.get('status') === 'ACTIVE',
  );
  const rows = open.map((event) => ({
    severity: event.get('severity'),
    score: event.get('cvss'),
    vulnerability: event.get('cve'),
    asset: event.get('dest'),
    exploit: event.get('exploit_available') || 'NO',
    fix: event.get('fix_available') || 'NO',
    title: event.get('signature'),
  }));
  const fixes = groups(open, (event) => event.get('fix_available') || 'NO');
  return {
    critical: one(severe(open, 'critical').length),
    high: one(severe(open, 'high').length),
    exploitable: one(rows.filter(({ exploit }) => exploit === 'YES').length),
    fixable: one(rows.filter(({ fix }) => fix === 'YES').length),
    kinds: matrix(open, 'category', 'severity', SEVERITIES).map(({ category: kind, ...rest }) => ({ kind, ...rest })),
    top: most(
      groups(
        open.filter((e) => e.get('cve') !== ''),
        (e) => e.get('cve'),
      ).map(([vulnerability, all]) => ({ vulnerability, assets: new Set(all.map((e) => e.get('dest'))).size })),
      'assets',
      10,
    ),
    fixes: fixes.map(([fix, all]) => ({ fix, count: all.length })),
    list: rows.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)),
    assets: most(
      groups(open, (event) => event.get('dest')).map(([asset, all]) => ({
        asset,
        count: all.length,
        serious: severe(all, 'critical', 'high').length,
      })),
      'serious',
      9,
    ),
  };
}
