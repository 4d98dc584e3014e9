import { number, OVER_TIME, PLAIN, SEVERITY_COLORS, table } from './look.ts';
import type { Dashboard } from './model.ts';

export const assets: Dashboard = {
  id: 'assets',
  title: 'Assets',
  description: 'What the accounts own, whose it is, what the internet can reach, and what changed',
  earliest: '-26h@h',
  inputs: [{ token: 'account', title: 'Account', kind: 'text', initial: '*' }],
  bases: {
    now: "`bongsu_assets_now` | search asset.account.id=\"$account$\" | eval type=replace('asset.type',\"^AWS::\",\"\"), name=coalesce('asset.name','asset.nativeId'), owner=coalesce('asset.owner.value',\"nobody\"), exposure='asset.exposure.level', account=coalesce('asset.account.name','asset.account.id'), region='asset.region', ports=mvjoin('asset.exposure.ports{}',\", \") | fields type name owner exposure account region ports",
    changes:
      '`bongsu_events_asset_changes` NOT change.kind="baseline" change.asset.account.id="$account$" | dedup change.id | eval type=replace(\'change.asset.type\',"^AWS::",""), name=\'change.asset.name\', kind=\'change.kind\', who=coalesce(\'change.actor.arn\',"not known"), what=mvjoin(\'change.diff{}.path\',", ") | fields _time type name kind who what',
  },
  rows: [
    {
      height: 110,
      panels: [
        number({ id: 'total', title: 'Assets', width: 3, base: 'now', query: '| stats count' }),
        number(
          {
            id: 'exposed',
            title: 'Internet-facing',
            width: 3,
            base: 'now',
            query: '| search exposure="internet" | stats count',
          },
          SEVERITY_COLORS.high,
        ),
        number(
          {
            id: 'ownerless',
            title: 'Without an owner',
            width: 3,
            base: 'now',
            query: '| search owner="nobody" | stats count',
          },
          SEVERITY_COLORS.medium,
        ),
        number({ id: 'changed', title: 'Changes', width: 3, base: 'changes', query: '| stats count' }),
      ],
    },
    {
      height: 300,
      panels: [
        {
          id: 'types',
          title: 'By type',
          kind: 'bar',
          width: 5,
          base: 'now',
          query: '| stats count BY type | sort 12 -count',
          options: PLAIN,
        },
        {
          id: 'exposure',
          title: 'What the internet can reach',
          kind: 'pie',
          width: 3,
          base: 'now',
          query: '| stats count BY exposure',
          options: { labelDisplay: 'valuesAndPercentage' },
        },
        {
          id: 'time',
          title: 'Changes by kind',
          kind: 'column',
          width: 4,
          base: 'changes',
          query: '| timechart count BY kind',
          options: { ...OVER_TIME, stackMode: 'stacked' },
        },
      ],
    },
    {
      height: 300,
      panels: [
        {
          id: 'facing',
          title: 'Internet-facing assets',
          width: 12,
          ...table(8),
          base: 'now',
          query: '| search exposure="internet" | sort type name | table type name owner account region ports',
        },
      ],
    },
    {
      height: 340,
      panels: [
        {
          id: 'newest',
          title: 'Newest changes',
          width: 12,
          ...table(8),
          base: 'changes',
          query: '| eval time=strftime(_time,"%F %H:%M") | sort 0 -_time | table time type name kind what who',
        },
      ],
    },
  ],
};
