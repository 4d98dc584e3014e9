import { bySeverity, number, OVER_TIME, PLAIN, SEVERITY_COLORS, severityTable, world } from './look.ts';
import type { Dashboard, Panel } from './model.ts';

const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
const count = (severity: (typeof SEVERITIES)[number]): Panel =>
  number(
    {
      id: severity,
      title: `${severity[0].toUpperCase()}${severity.slice(1)}`,
      width: 3,
      base: 'severities',
      query: `| search severity="${severity}" | stats count`,
    },
    SEVERITY_COLORS[severity],
  );

/** What every product calls otherwise. */
const NAMED = `eval finding=coalesce(signature,'detail.title',title,Title), account=coalesce(vendor_account,'detail.accountId',AwsAccountId), product=coalesce(app,vendor_product,sourcetype)`;
const CHOSEN = `\`bongsu_findings\` | ${NAMED} | search severity IN ($severity$) account="$account$"`;

export const findings: Dashboard = {
  id: 'findings',
  title: 'Findings',
  description:
    'GuardDuty, Security Hub, Inspector, Macie, Shield and the integrity of logs: the newest state of each finding',
  earliest: '-7d@d',
  inputs: [
    {
      token: 'severity',
      title: 'Severity',
      kind: 'multiselect',
      initial: 'critical,high,medium,low',
      choices: ['critical', 'high', 'medium', 'low', 'informational'],
    },
    { token: 'account', title: 'Account', kind: 'text', initial: '*' },
  ],
  bases: { severities: `\`bongsu_findings\` | ${NAMED} | search account="$account$" | fields severity` },
  rows: [
    { height: 110, panels: SEVERITIES.map(count) },
    {
      height: 280,
      panels: [
        {
          id: 'time',
          title: 'New and changed findings',
          kind: 'column',
          width: 8,
          query: `\`bongsu_events_findings\` | dedup event_id | ${NAMED} | search severity IN ($severity$) account="$account$" | timechart count BY severity`,
          options: { ...OVER_TIME, ...bySeverity },
        },
        {
          id: 'product',
          title: 'By product',
          kind: 'pie',
          width: 4,
          query: `${CHOSEN} | stats count BY product | sort -count`,
          options: { labelDisplay: 'valuesAndPercentage' },
        },
      ],
    },
    {
      height: 320,
      panels: [
        {
          id: 'types',
          title: 'Most frequent findings',
          kind: 'bar',
          width: 6,
          query: `${CHOSEN} | stats count BY signature_id | sort 10 -count`,
          options: PLAIN,
        },
        {
          id: 'places',
          title: 'Where the other side was',
          width: 6,
          ...world,
          query: `${CHOSEN} | where isnotnull(src_country) | stats count BY src_country | rename src_country AS country_iso_code`,
        },
      ],
    },
    {
      height: 420,
      panels: [
        {
          id: 'list',
          title: 'Findings, newest first. A click opens the page to work on them',
          width: 12,
          ...severityTable(12),
          query: `${CHOSEN} | lookup bongsu_finding_status _key AS finding_uid OUTPUT status AS work_status, owner AS work_owner | fillnull value="new" work_status | eval time=strftime(_time,"%F %H:%M") | sort 0 -_time | table time severity product finding dest user account work_status work_owner finding_uid`,
          opens: 'finding?form.uid=$row.finding_uid.value$',
        },
      ],
    },
  ],
};
