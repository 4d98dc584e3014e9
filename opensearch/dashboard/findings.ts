/** Findings of every service, each in its newest state. */
import { ANY, also, by, count, type Dashboard, latest, not, on, unique } from './model.ts';

const OPEN = { 'event.kind': 'alert', 'aws.securityhub.workflow.status': not(['resolved', 'suppressed', 'archived']) };
const { number, table, donut, ranking, list } = on('aws-findings-current', OPEN);
const history = on('aws-findings-history-*', { 'event.kind': 'alert' });

export const findings: Dashboard = {
  id: 'findings',
  title: 'Findings: what needs an answer',
  purpose: 'Open findings of GuardDuty, Security Hub, Inspector, Macie and Shield, by severity, owner and age.',
  filters: {
    index: 'aws-findings-current',
    fields: [
      ['cloud.account.id', 'Account'],
      ['cloud.region', 'Region'],
      ['asset.owner', 'Owner'],
      ['asset.environment', 'Environment'],
    ],
  },
  rows: [
    [
      number('Critical', { 'finding.severity': 'critical' }),
      number('High', { 'finding.severity': 'high' }),
      number('Medium', { 'finding.severity': 'medium' }),
      number('Assets with findings', {}, unique('asset.id', 'Assets')),
      number('On internet-facing assets', { 'asset.exposure': 'internet' }),
    ],
    [
      history.timeline('Findings over time by severity', {}, by('finding.severity', 'Severity', 5)),
      history.timeline('Findings over time by product', {}, by('observer.product', 'Product', 6)),
    ],
    [
      donut('Severity', {}, by('finding.severity', 'Severity', 5)),
      donut('Product', {}, by('observer.product', 'Product', 8)),
      donut('Workflow', { 'aws.securityhub.workflow.status': ANY }, by('aws.securityhub.workflow.status', 'Status', 5)),
    ],
    [
      table(
        'Critical and high by owner',
        { 'finding.severity': ['critical', 'high'] },
        [by('asset.owner', 'Owner', 15), by('finding.severity', 'Severity', 2)],
        [count('Findings'), unique('asset.id', 'Assets')],
      ),
      table(
        'Most frequent rules',
        {},
        [by('rule.name', 'Rule', 20), by('finding.severity', 'Severity', 1)],
        [count('Findings'), latest('@timestamp', 'Last seen')],
      ),
    ],
    [
      ranking('Accounts', {}, by('cloud.account.id', 'Account', 15)),
      ranking('Regions', {}, by('cloud.region', 'Region', 15)),
      ranking('Assets with the most findings', { 'asset.name': ANY }, by('asset.name', 'Asset', 15)),
    ],
    [
      ranking('MITRE ATT&CK tactics', { 'threat.tactic.name': ANY }, by('threat.tactic.name', 'Tactic', 14)),
      ranking('Finding types of GuardDuty', { 'observer.product': 'guardduty' }, by('rule.name', 'Type', 15)),
      ranking('Users in findings', { 'user.name': ANY }, by('user.name', 'User', 15)),
    ],
    [
      table(
        'Addresses in findings',
        { 'source.ip': ANY },
        [by('source.ip', 'Address', 20), also('source.geo.country_iso_code', 'Country')],
        [count('Findings'), unique('asset.id', 'Assets')],
      ),
      table('Environments', { 'asset.environment': ANY }, [
        by('asset.environment', 'Environment', 5),
        by('finding.severity', 'Severity', 4),
      ]),
    ],
    [
      list(
        'Critical and high findings',
        { 'finding.severity': ['critical', 'high'] },
        'finding.severity',
        'observer.product',
        'message',
        'asset.name',
        'asset.owner',
        'cloud.account.id',
        'cloud.region',
      ),
    ],
  ],
};
