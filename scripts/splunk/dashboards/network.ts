import { BLOCKED, byAction, number, OVER_TIME, PLAIN, table } from './look.ts';
import type { Dashboard } from './model.ts';

export const network: Dashboard = {
  id: 'network',
  title: 'Network',
  description:
    'Flow logs, DNS queries and what Network Firewall alerted on. Flow logs and DNS are off for Splunk by default (flowlogsRoute, dnsRoute): all of them are in OpenSearch',
  earliest: '-4h@m',
  bases: {
    flows:
      '`bongsu_events_flows` src=* | dedup event_id | bin _time span=5m | stats sum(bytes) AS bytes, sum(packets) AS packets, count BY _time src dest dest_port transport action',
    names: '`bongsu_events_dns` | dedup event_id | fields _time query reply_code record_type src firewall_rule_action',
  },
  rows: [
    {
      height: 110,
      panels: [
        number({
          id: 'volume',
          title: 'Megabytes',
          width: 3,
          base: 'flows',
          query:
            '| stats sum(bytes) AS bytes | eval count=round(bytes/1048576) | fields count | appendpipe [stats count | where count=0]',
        }),
        number(
          {
            id: 'refused',
            title: 'Flows refused',
            width: 3,
            base: 'flows',
            query: '| search action="blocked" | stats sum(count) AS count | appendpipe [stats count | where count=0]',
          },
          BLOCKED,
        ),
        number({ id: 'queries', title: 'DNS queries', width: 3, base: 'names', query: '| stats count' }),
        number(
          {
            id: 'unknown',
            title: 'Names that do not exist',
            width: 3,
            base: 'names',
            query: '| search reply_code="Non-Existent Domain" | stats count',
          },
          '#E0B13E',
        ),
      ],
    },
    {
      height: 270,
      panels: [
        {
          id: 'flow_time',
          title: 'Flows',
          kind: 'column',
          width: 6,
          base: 'flows',
          query: '| timechart sum(count) AS flows BY action',
          options: { ...OVER_TIME, ...byAction },
        },
        {
          id: 'dns_time',
          title: 'DNS answers',
          kind: 'column',
          width: 6,
          base: 'names',
          query: '| timechart count BY reply_code',
          options: { ...OVER_TIME, stackMode: 'stacked' },
        },
      ],
    },
    {
      height: 300,
      panels: [
        {
          id: 'ports',
          title: 'Ports that were refused',
          kind: 'bar',
          width: 4,
          base: 'flows',
          query:
            '| search action="blocked" | eval port=transport."/".dest_port | stats sum(count) AS flows BY port | sort 10 -flows',
          options: PLAIN,
        },
        {
          id: 'talkers',
          title: 'Most bytes between two addresses',
          width: 8,
          ...table(7),
          base: 'flows',
          query:
            '| stats sum(bytes) AS bytes, sum(count) AS flows, values(dest_port) AS ports BY src dest | eval ports=mvjoin(mvindex(ports,0,4),", ") | sort 50 -bytes',
        },
      ],
    },
    {
      height: 320,
      panels: [
        {
          id: 'scanners',
          title: 'Sources that were refused most',
          width: 6,
          ...table(8),
          base: 'flows',
          query:
            '| search action="blocked" | stats sum(count) AS flows, dc(dest_port) AS ports, dc(dest) AS targets BY src | sort 50 -flows',
        },
        {
          id: 'missing',
          title: 'Names that were asked for in vain',
          width: 6,
          ...table(8),
          base: 'names',
          query:
            '| search reply_code="Non-Existent Domain" | stats count, dc(src) AS clients BY query | sort 50 -count',
        },
      ],
    },
    {
      height: 260,
      panels: [
        {
          id: 'alerts',
          title: 'What Network Firewall alerted on',
          width: 12,
          ...table(6),
          query:
            '`bongsu_events_firewall` signature=* | dedup event_id | stats count, latest(severity) AS severity, latest(app) AS app, values(dest_port) AS ports BY signature action src dest | eval ports=mvjoin(mvindex(ports,0,4),", ") | sort 50 -count | table severity signature action src dest ports app count',
        },
      ],
    },
  ],
};
