/** Controls of Security Hub's standards and of Prowler. */
import { ANY, by, count, type Dashboard, not, on, unique } from './model.ts';

const { number, table, donut, timeline, ranking, list } = on('aws-findings-current', {
  'aws.securityhub.compliance.status': ANY,
  'aws.securityhub.workflow.status': not(['archived']), // the resource is gone, or the control is off
});
const FAILED = { 'aws.securityhub.compliance.status': 'FAILED' };
const history = on('aws-findings-history-*', { 'aws.securityhub.compliance.status': ANY });

export const compliance: Dashboard = {
  id: 'compliance',
  title: 'Compliance: CIS, FSBP, PCI DSS and Prowler',
  purpose: 'Passed and failed controls by standard, account and owner.',
  filters: {
    index: 'aws-findings-current',
    fields: [
      ['aws.securityhub.compliance.standard_names', 'Standard'],
      ['cloud.account.id', 'Account'],
      ['cloud.region', 'Region'],
      ['asset.owner', 'Owner'],
    ],
  },
  rows: [
    [
      number('Checks'),
      number('Failed', FAILED),
      number('Passed', { 'aws.securityhub.compliance.status': 'PASSED' }),
      number('Failed controls', FAILED, unique('aws.securityhub.compliance.control_id', 'Controls')),
      number('Failed: critical and high', { ...FAILED, 'finding.severity': ['critical', 'high'] }),
    ],
    [
      donut('Status', {}, by('aws.securityhub.compliance.status', 'Status', 4)),
      donut('Failed by severity', FAILED, by('finding.severity', 'Severity', 5)),
      donut('Product', {}, by('event.provider', 'Product', 5)),
    ],
    [
      history.timeline('Checks over time by status', {}, by('aws.securityhub.compliance.status', 'Status', 4)),
      timeline('Newest state of failed checks', FAILED, by('finding.severity', 'Severity', 5)),
    ],
    [
      table('Score by standard', {}, [
        by('aws.securityhub.compliance.standard_names', 'Standard', 15),
        by('aws.securityhub.compliance.status', 'Status', 3),
      ]),
      table('Score by account', {}, [
        by('cloud.account.id', 'Account', 20),
        by('aws.securityhub.compliance.status', 'Status', 3),
      ]),
    ],
    [
      table(
        'Controls that fail',
        FAILED,
        [by('aws.securityhub.compliance.control_id', 'Control', 25), by('finding.severity', 'Severity', 1)],
        [count('Checks'), unique('cloud.entity.id', 'Resources')],
      ),
      table('Failed by owner', { ...FAILED, 'asset.owner': ANY }, by('asset.owner', 'Owner', 20), [
        count('Checks'),
        unique('aws.securityhub.compliance.control_id', 'Controls'),
      ]),
    ],
    [
      ranking('Types of resource that fail', FAILED, by('cloud.entity.sub_type', 'Type', 15)),
      ranking('Regions that fail', FAILED, by('cloud.region', 'Region', 15)),
      ranking('Requirements not met', FAILED, by('aws.securityhub.compliance.requirements', 'Requirement', 15)),
    ],
    [
      list(
        'Failed checks',
        FAILED,
        'finding.severity',
        'aws.securityhub.compliance.control_id',
        'message',
        'cloud.entity.id',
        'asset.owner',
        'cloud.account.id',
        'cloud.region',
      ),
    ],
  ],
};
