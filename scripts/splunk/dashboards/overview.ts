import {
  BLOCKED,
  byAction,
  bySeverity,
  number,
  OVER_TIME,
  PLAIN,
  SEVERITY_COLORS,
  severityTable,
  world,
} from './look.ts';
import type { Dashboard } from './model.ts';

const { critical, high } = SEVERITY_COLORS;

export const overview: Dashboard = {
  id: 'overview',
  title: 'Overview',
  description: 'What needs attention in the AWS accounts, and where to go on',
  earliest: '-24h@h',
  bases: { findings: '`bongsu_findings` | fields severity' },
  rows: [
    {
      height: 110,
      panels: [
        number(
          {
            id: 'critical',
            title: 'Critical findings',
            width: 2,
            base: 'findings',
            query: '| search severity="critical" | stats count',
            opens: 'findings',
          },
          critical,
        ),
        number(
          {
            id: 'high',
            title: 'High findings',
            width: 2,
            base: 'findings',
            query: '| search severity="high" | stats count',
            opens: 'findings',
          },
          high,
        ),
        number({
          id: 'blocked',
          title: 'Web requests blocked',
          width: 2,
          query: '`bongsu_events_waf` action="blocked" | stats count',
          opens: 'waf',
        }),
        number(
          {
            id: 'failed',
            title: 'Failed sign-ins',
            width: 2,
            query:
              '`bongsu_events_cloudtrail` eventName="ConsoleLogin" responseElements.ConsoleLogin="Failure" | stats count',
            opens: 'identity',
          },
          high,
        ),
        number({
          id: 'exposed',
          title: 'Internet-facing assets',
          width: 2,
          query: '`bongsu_assets_now` | search asset.exposure.level="internet" | stats count',
          opens: 'assets',
        }),
        number(
          {
            id: 'unread',
            title: 'Objects nobody could read',
            width: 2,
            query: '`bongsu_index_collectors` sourcetype="bongsu:unrouted" | stats count',
            opens: 'collectors',
          },
          BLOCKED,
        ),
      ],
    },
    {
      height: 280,
      panels: [
        {
          id: 'findings_time',
          title: 'Findings by severity',
          kind: 'column',
          width: 6,
          query: '`bongsu_events_findings` | dedup event_id | timechart span=1h count BY severity',
          options: { ...OVER_TIME, ...bySeverity },
        },
        {
          id: 'waf_time',
          title: 'Web requests that a rule saw',
          kind: 'column',
          width: 6,
          query: '`bongsu_events_waf` | dedup event_id | timechart span=1h count BY action',
          options: { ...OVER_TIME, ...byAction },
        },
      ],
    },
    {
      height: 380,
      panels: [
        {
          id: 'newest',
          title: 'Newest critical and high findings',
          width: 8,
          ...severityTable(8),
          query:
            '`bongsu_findings` | search severity IN ("critical", "high") | eval time=strftime(_time,"%F %H:%M"), finding=coalesce(signature,\'detail.title\',title,Title), account=coalesce(vendor_account,\'detail.accountId\',AwsAccountId) | sort 0 -_time | table time severity finding dest account',
          opens: 'findings',
        },
        {
          id: 'accounts',
          title: 'Open findings by account',
          kind: 'bar',
          width: 4,
          query:
            "`bongsu_findings` | eval account=coalesce(vendor_account,'detail.accountId',AwsAccountId) | chart count BY account severity | sort 10 -critical",
          options: { ...OVER_TIME, ...bySeverity },
        },
      ],
    },
    {
      height: 340,
      panels: [
        {
          id: 'countries',
          title: 'Where requests that a rule saw came from',
          width: 6,
          ...world,
          query:
            '`bongsu_events_waf` | dedup event_id | stats count BY src_country | rename src_country AS country_iso_code',
          opens: 'waf',
        },
        {
          id: 'sources',
          title: 'Events by source',
          kind: 'bar',
          width: 6,
          query:
            '| tstats count WHERE `bongsu_index_collectors` sourcetype IN ("aws:*", "bongsu:*") BY sourcetype | sort -count',
          options: PLAIN,
          opens: 'collectors',
        },
      ],
    },
  ],
};
