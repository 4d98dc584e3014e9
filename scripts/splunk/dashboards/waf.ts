import { BLOCKED, byAction, number, OVER_TIME, PLAIN, table, world } from './look.ts';
import type { Dashboard } from './model.ts';

export const waf: Dashboard = {
  id: 'waf',
  title: 'WAF',
  description:
    'Web requests that a rule stopped or counted. By default only these are sent to Splunk; all are in OpenSearch',
  earliest: '-24h@h',
  inputs: [{ token: 'host', title: 'Host', kind: 'text', initial: '*' }],
  bases: {
    requests:
      '`bongsu_events_waf` dest="$host$" | dedup event_id | fields _time action src src_country signature uri_path http_method http_user_agent dest',
  },
  rows: [
    {
      height: 110,
      panels: [
        number({ id: 'seen', title: 'Requests', width: 3, base: 'requests', query: '| stats count' }),
        number(
          {
            id: 'stopped',
            title: 'Blocked',
            width: 3,
            base: 'requests',
            query: '| stats count(eval(action="blocked")) AS count',
          },
          BLOCKED,
        ),
        number({
          id: 'clients',
          title: 'Addresses that were blocked',
          width: 3,
          base: 'requests',
          query: '| search action="blocked" | stats dc(src) AS count',
        }),
        number({
          id: 'rules',
          title: 'Rules that matched',
          width: 3,
          base: 'requests',
          query: '| search NOT signature="Default_Action" | stats dc(signature) AS count',
        }),
      ],
    },
    {
      height: 280,
      panels: [
        {
          id: 'time',
          title: 'Allowed and blocked',
          kind: 'column',
          width: 8,
          base: 'requests',
          query: '| timechart count BY action',
          options: { ...OVER_TIME, ...byAction },
        },
        {
          id: 'methods',
          title: 'Methods',
          kind: 'pie',
          width: 4,
          base: 'requests',
          query: '| stats count BY http_method | sort -count',
          options: { labelDisplay: 'valuesAndPercentage' },
        },
      ],
    },
    {
      height: 320,
      panels: [
        {
          id: 'by_rule',
          title: 'Rules',
          kind: 'bar',
          width: 6,
          base: 'requests',
          query: '| search NOT signature="Default_Action" | stats count BY signature | sort 10 -count',
          options: PLAIN,
        },
        {
          id: 'countries',
          title: 'Countries',
          width: 6,
          ...world,
          base: 'requests',
          query: '| stats count BY src_country | rename src_country AS country_iso_code',
        },
      ],
    },
    {
      height: 340,
      panels: [
        {
          id: 'sources',
          title: 'Addresses',
          width: 6,
          ...table(8),
          base: 'requests',
          query:
            '| stats count(eval(action="blocked")) AS blocked, count, dc(signature) AS rules, latest(src_country) AS country, latest(http_user_agent) AS user_agent BY src | sort 50 -blocked -count',
        },
        {
          id: 'paths',
          title: 'Paths',
          width: 6,
          ...table(8),
          base: 'requests',
          query:
            '| stats count(eval(action="blocked")) AS blocked, count, dc(src) AS addresses BY dest uri_path | sort 50 -blocked -count',
        },
      ],
    },
  ],
};
