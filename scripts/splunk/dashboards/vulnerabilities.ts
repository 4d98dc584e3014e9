import { bySeverity, number, OVER_TIME, PLAIN, SEVERITY_COLORS, severityTable, table } from './look.ts';
import type { Dashboard } from './model.ts';

export const vulnerabilities: Dashboard = {
  id: 'vulnerabilities',
  title: 'Vulnerabilities',
  description: 'What Inspector found and nobody has closed: the newest state of each finding',
  earliest: '-30d@d',
  bases: {
    open: "`bongsu_index_findings` sourcetype=\"aws:inspector:v2:findings\" finding_uid=* | dedup finding_uid sortby -_time | eval severity=lower(coalesce('detail.severity',severity)), status=coalesce('detail.status',status), vulnerability=coalesce('detail.packageVulnerabilityDetails.vulnerabilityId','packageVulnerabilityDetails.vulnerabilityId'), score=coalesce('detail.inspectorScore',inspectorScore), exploit=coalesce('detail.exploitAvailable',exploitAvailable,\"NO\"), fix=coalesce('detail.fixAvailable',fixAvailable,\"NO\"), kind=coalesce('detail.type',type), asset=mvindex(coalesce('detail.resources{}.id','resources{}.id'),0), title=coalesce('detail.title',title) | search status=\"ACTIVE\" | fields _time severity vulnerability score exploit fix kind asset title",
  },
  rows: [
    {
      height: 110,
      panels: [
        number(
          {
            id: 'critical',
            title: 'Critical',
            width: 3,
            base: 'open',
            query: '| search severity="critical" | stats count',
          },
          SEVERITY_COLORS.critical,
        ),
        number(
          { id: 'high', title: 'High', width: 3, base: 'open', query: '| search severity="high" | stats count' },
          SEVERITY_COLORS.high,
        ),
        number(
          {
            id: 'exploitable',
            title: 'With a known exploit',
            width: 3,
            base: 'open',
            query: '| search exploit="YES" | stats count',
          },
          SEVERITY_COLORS.critical,
        ),
        number({
          id: 'fixable',
          title: 'With a fix',
          width: 3,
          base: 'open',
          query: '| search fix="YES" | stats count',
        }),
      ],
    },
    {
      height: 280,
      panels: [
        {
          id: 'kinds',
          title: 'By kind',
          kind: 'column',
          width: 4,
          base: 'open',
          query: '| chart count BY kind severity',
          options: { ...OVER_TIME, ...bySeverity },
        },
        {
          id: 'top',
          title: 'Vulnerabilities on most assets',
          kind: 'bar',
          width: 4,
          base: 'open',
          query: '| stats dc(asset) AS assets BY vulnerability | sort 10 -assets',
          options: PLAIN,
        },
        {
          id: 'fixes',
          title: 'Is there a fix?',
          kind: 'pie',
          width: 4,
          base: 'open',
          query: '| stats count BY fix',
          options: { labelDisplay: 'valuesAndPercentage' },
        },
      ],
    },
    {
      height: 360,
      panels: [
        {
          id: 'list',
          title: 'Worst first',
          width: 8,
          ...severityTable(9),
          base: 'open',
          query:
            '| eval order=case(severity="critical",0,severity="high",1,severity="medium",2,true(),3) | sort 0 order -score | table severity score vulnerability asset exploit fix title',
        },
        {
          id: 'assets',
          title: 'Assets with most',
          width: 4,
          ...table(9),
          base: 'open',
          query:
            '| stats count, count(eval(severity="critical" OR severity="high")) AS serious BY asset | sort 50 -serious -count',
        },
      ],
    },
  ],
};
