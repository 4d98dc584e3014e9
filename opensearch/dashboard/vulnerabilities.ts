/** Inspector's findings: packages, code and network reachability. */
import { ANY, by, count, type Dashboard, on, unique } from './model.ts';

const { number, table, donut, timeline, ranking, list } = on('aws-findings-current', {
  'observer.product': 'inspector',
  'event.kind': 'alert',
});
const EXPLOITABLE = { 'aws.inspector.exploit.available': 'YES' };

export const vulnerabilities: Dashboard = {
  id: 'vulnerabilities',
  title: 'Vulnerabilities: what to patch first',
  purpose: 'Exploitable and fixable vulnerabilities by owner. Internet-facing assets with a known exploit come first.',
  filters: {
    index: 'aws-findings-current',
    fields: [
      ['cloud.account.id', 'Account'],
      ['asset.owner', 'Owner'],
      ['asset.environment', 'Environment'],
      ['finding.severity', 'Severity'],
    ],
  },
  rows: [
    [
      number('Vulnerabilities'),
      number('CVEs', {}, unique('vulnerability.id', 'CVEs')),
      number('Exploit available', EXPLOITABLE),
      number('Exploit available, internet-facing', { ...EXPLOITABLE, 'asset.exposure': 'internet' }),
      number('Resources', {}, unique('cloud.entity.id', 'Resources')),
    ],
    [
      donut('Severity', {}, by('finding.severity', 'Severity', 5)),
      donut('Exploit', {}, by('aws.inspector.exploit.available', 'Exploit', 3)),
      donut('Type', {}, by('rule.category', 'Type', 4)),
    ],
    [
      timeline('Last update by severity', {}, by('finding.severity', 'Severity', 5)),
      ranking('Exposure of affected assets', { 'asset.exposure': ANY }, by('asset.exposure', 'Exposure', 5)),
    ],
    [
      table('By owner', { 'asset.owner': ANY }, [
        by('asset.owner', 'Owner', 20),
        by('finding.severity', 'Severity', 4),
      ]),
      table(
        'CVEs on the most resources',
        { 'vulnerability.id': ANY },
        [by('vulnerability.id', 'CVE', 25), by('finding.severity', 'Severity', 1)],
        [unique('cloud.entity.id', 'Resources'), count('Findings')],
      ),
    ],
    [
      ranking('Packages', { 'package.name': ANY }, by('package.name', 'Package', 15)),
      ranking('Accounts', {}, by('cloud.account.id', 'Account', 15)),
      ranking('Types of resource', {}, by('cloud.entity.sub_type', 'Type', 10)),
    ],
    [
      list(
        'Exploitable vulnerabilities',
        EXPLOITABLE,
        'finding.severity',
        'vulnerability.id',
        'message',
        'asset.name',
        'asset.owner',
        'asset.exposure',
        'cloud.account.id',
      ),
    ],
  ],
};
