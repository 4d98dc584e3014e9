import { number, OVER_TIME, SEVERITY_COLORS, table } from './look.ts';
import type { Dashboard } from './model.ts';

const OURS = '`bongsu_index_collectors` sourcetype IN ("aws:*", "bongsu:*")';

export const collectors: Dashboard = {
  id: 'collectors',
  title: 'Collectors',
  description: 'Does everything arrive, how late, and what could not be read',
  earliest: '-24h@h',
  bases: {
    arrivals: `| tstats count, max(_time) AS newest, max(_indextime) AS arrived WHERE ${OURS} BY index sourcetype`,
    lag: `${OURS} | eval minutes=round((_indextime-_time)/60,1) | fields _time sourcetype minutes`,
    unread: '`bongsu_index_collectors` sourcetype="bongsu:unrouted" | dedup event_id',
  },
  rows: [
    {
      height: 110,
      panels: [
        number({ id: 'events', title: 'Events', width: 3, base: 'arrivals', query: '| stats sum(count) AS count' }),
        number(
          {
            id: 'silent',
            title: 'Sources silent for 6 hours',
            width: 3,
            base: 'arrivals',
            query: '| where arrived<relative_time(now(),"-6h") | stats count',
          },
          SEVERITY_COLORS.high,
        ),
        number(
          { id: 'unrouted', title: 'Objects nobody could read', width: 3, base: 'unread', query: '| stats count' },
          SEVERITY_COLORS.high,
        ),
        number(
          {
            id: 'integrity',
            title: 'Log files missing or altered',
            width: 3,
            query: '`bongsu_index_findings` sourcetype="bongsu:integrity" | dedup event_id | stats count',
          },
          SEVERITY_COLORS.critical,
        ),
      ],
    },
    {
      height: 280,
      panels: [
        {
          id: 'time',
          title: 'Events by sourcetype',
          kind: 'area',
          width: 8,
          query: `| tstats prestats=true count WHERE ${OURS} BY _time sourcetype span=1h | timechart span=1h count BY sourcetype`,
          options: { ...OVER_TIME, stackMode: 'stacked' },
        },
        {
          id: 'late',
          title: 'Minutes from event to index, by hour',
          kind: 'line',
          width: 4,
          base: 'lag',
          query: '| timechart span=1h median(minutes) AS median, perc95(minutes) AS "95 of 100"',
          options: OVER_TIME,
        },
      ],
    },
    {
      height: 340,
      panels: [
        {
          id: 'sources',
          title: 'Sources',
          width: 7,
          ...table(10),
          base: 'arrivals',
          query:
            '| eval hours_silent=round((now()-arrived)/3600,1), newest=strftime(newest,"%F %H:%M") | sort -hours_silent | table sourcetype index count newest hours_silent',
        },
        {
          id: 'unread_list',
          title: 'What could not be read',
          width: 5,
          ...table(10),
          base: 'unread',
          query:
            '| stats count, latest(event.reason) AS reason BY aws.unrouted.source aws.s3.bucket.name | rename aws.unrouted.source AS source, aws.s3.bucket.name AS bucket | sort -count',
        },
      ],
    },
    {
      height: 300,
      panels: [
        {
          id: 'coverage',
          title: 'What the inventory could not look at',
          width: 12,
          ...table(7),
          query:
            '`bongsu_index_assets` sourcetype="bongsu:asset:coverage" NOT row.status="ok" | dedup row.scope sortby -_time | eval missing=mvjoin(\'row.missing{}\',", ") | rename row.* AS * | table account region type status code missing',
        },
      ],
    },
  ],
};
