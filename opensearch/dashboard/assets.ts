/** What the accounts own. */
import { ANY, by, count, type Dashboard, not, on, unique } from './model.ts';

const { number, table, donut, ranking, list } = on('aws-assets-current', { 'aws.asset.state': not('deleted') });
const changes = on('aws-assets-changes-*', { 'event.kind': 'event' });

export const assets: Dashboard = {
  id: 'assets',
  title: 'Assets: what we own',
  purpose: 'Resources by type, account, owner and environment, and what changed.',
  filters: {
    index: 'aws-assets-current',
    fields: [
      ['asset.account.id', 'Account'],
      ['cloud.region', 'Region'],
      ['asset.owner', 'Owner'],
      ['asset.environment', 'Environment'],
    ],
  },
  rows: [
    [
      number('Assets'),
      number('Accounts', {}, unique('asset.account.id', 'Accounts')),
      number('Without an owner', { 'asset.owner': not(ANY) }),
      number('Not seen by the last run', { 'aws.asset.state': 'stale' }),
      number('Certificates that expire within 30 days', {
        'asset.type': 'AWS::CertificateManager::Certificate',
        'aws.asset.days_left': not({ from: 31 }),
      }),
    ],
    [
      ranking('Types', {}, by('asset.type', 'Type', 20)),
      ranking('Assets by account', {}, by('asset.account.id', 'Account', 20)),
      donut('Class', {}, by('aws.asset.class', 'Class', 12)),
    ],
    [
      ranking('Owners', { 'asset.owner': ANY }, by('asset.owner', 'Owner', 15)),
      donut('Environment', { 'asset.environment': ANY }, by('asset.environment', 'Environment', 6)),
      donut('Criticality', { 'asset.criticality': ANY }, by('asset.criticality', 'Criticality', 5)),
      ranking('Regions', {}, by('cloud.region', 'Region', 15)),
    ],
    [
      table('Assets by owner and type', { 'asset.owner': ANY }, [
        by('asset.owner', 'Owner', 10),
        by('asset.type', 'Type', 8),
      ]),
      table('Where the owner comes from', { 'asset.owner': ANY }, by('aws.asset.owner_source', 'Source', 8), [
        count('Assets'),
        unique('asset.owner', 'Owners'),
      ]),
    ],
    [
      changes.timeline('Changes over time', {}, by('event.action', 'Change', 8)),
      changes.ranking('Types that change', { 'asset.type': ANY }, by('asset.type', 'Type', 15)),
    ],
    [
      changes.table('Who changed what', { 'user.id': ANY }, [
        by('user.id', 'Principal', 15),
        by('asset.type', 'Type', 4),
        by('event.action', 'Change', 4),
      ]),
      table(
        'Oldest access keys',
        { 'asset.type': 'AWS::IAM::AccessKey' },
        [by('asset.name', 'Key', 20), by('asset.account.id', 'Account', 1)],
        [{ agg: 'max', field: 'aws.asset.age_days', label: 'Days' }],
      ),
    ],
    [
      list(
        'Assets without an owner',
        { 'asset.owner': not(ANY) },
        'asset.type',
        'asset.name',
        'aws.asset.native_id',
        'asset.exposure',
        'asset.account.id',
        'cloud.region',
      ),
    ],
  ],
};
