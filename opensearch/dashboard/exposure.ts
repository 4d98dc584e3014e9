/** What can be reached from the internet, and whose it is. */
import { ANY, also, by, count, type Dashboard, not, on, unique } from './model.ts';

const { number, table, donut, ranking, list } = on('aws-assets-current', { 'aws.asset.state': not('deleted') });
const INTERNET = { 'asset.exposure': 'internet' };
const changes = on('aws-assets-changes-*', { 'event.action': 'exposure_changed' });

export const exposure: Dashboard = {
  id: 'exposure',
  title: 'Exposure: what is on the internet',
  purpose: 'Assets that anyone on the internet can reach, the evidence for it, and changes of it.',
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
      number('On the internet', INTERNET),
      number('Under a condition', { 'asset.exposure': 'conditional' }),
      number('Not known', { 'asset.exposure': 'unknown' }),
      number('On the internet, without an owner', { ...INTERNET, 'asset.owner': not(ANY) }),
      number('On the internet, production', { ...INTERNET, 'asset.environment': ['prod', 'production'] }),
    ],
    [
      ranking('Types on the internet', INTERNET, by('asset.type', 'Type', 15)),
      ranking(
        'Ports on the internet',
        { ...INTERNET, 'aws.asset.exposure.ports': ANY },
        by('aws.asset.exposure.ports', 'Port', 15),
      ),
      donut('Exposure', {}, by('asset.exposure', 'Exposure', 5)),
    ],
    [
      ranking('Owners', { ...INTERNET, 'asset.owner': ANY }, by('asset.owner', 'Owner', 15)),
      ranking('Accounts', INTERNET, by('asset.account.id', 'Account', 15)),
      ranking('Regions', INTERNET, by('cloud.region', 'Region', 15)),
    ],
    [
      table(
        'Evidence',
        { 'aws.asset.exposure.reasons': ANY },
        [by('aws.asset.exposure.reasons', 'Reason', 25)],
        [count('Assets'), unique('asset.account.id', 'Accounts')],
      ),
      table(
        'What could not be checked',
        { 'aws.asset.exposure.missing': ANY },
        by('aws.asset.exposure.missing', 'Permission', 15),
        [count('Assets')],
      ),
    ],
    [
      changes.timeline('Changes of exposure over time', {}, by('asset.exposure', 'Now', 4)),
      changes.table('Changes of exposure', {}, [
        by('asset.name', 'Asset', 20),
        by('asset.exposure', 'Now', 2),
        also('aws.asset.exposure.was', 'Before', 2),
      ]),
    ],
    [
      list(
        'Assets on the internet',
        INTERNET,
        'asset.type',
        'asset.name',
        'asset.owner',
        'asset.environment',
        'aws.asset.exposure.ports',
        'aws.asset.exposure.reasons',
        'asset.account.id',
      ),
    ],
  ],
};
