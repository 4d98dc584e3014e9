/** Alerts of detections: what fired, on what, whose it is. */
import { ANY, also, by, count, type Dashboard, latest, on, unique } from './model.ts';

const { number, table, donut, timeline, ranking, list } = on('aws-alerts-*');

export const alerts: Dashboard = {
  id: 'alerts',
  title: 'Alerts of detections',
  purpose: 'Alerts of the monitors by detection, severity, ATT&CK technique, account, asset and owner.',
  filters: {
    index: 'aws-alerts-*',
    fields: [
      ['aws.alerts.severity', 'Severity'],
      ['cloud.account.id', 'Account'],
      ['asset.owner', 'Owner'],
    ],
  },
  rows: [
    [
      number('Alerts'),
      number('Critical and high alerts', { 'aws.alerts.severity': ['critical', 'high'] }),
      number('Different detections', {}, unique('event.action', 'Different detections')),
      number('Accounts', {}, unique('cloud.account.id', 'Accounts')),
      number('Assets', {}, unique('asset.id', 'Assets')),
    ],
    [timeline('Alerts over time by severity', {}, by('aws.alerts.severity', 'Severity', 5))],
    [
      table(
        'Detections that fired',
        {},
        [by('rule.name', 'Detection', 20), also('aws.alerts.severity', 'Severity')],
        [count('Alerts'), unique('cloud.account.id', 'Accounts'), latest('@timestamp', 'Newest')],
      ),
    ],
    [
      ranking('ATT&CK techniques', {}, by('threat.technique.id', 'Technique', 15)),
      donut('ATT&CK tactics', {}, by('threat.tactic.name', 'Tactic', 12)),
    ],
    [
      table(
        'Assets with alerts',
        { 'asset.id': ANY },
        [by('asset.id', 'Asset', 15), also('asset.owner', 'Owner')],
        [count('Alerts'), unique('event.action', 'Detections')],
      ),
      ranking('Alerts by owner', { 'asset.owner': ANY }, by('asset.owner', 'Owner', 12)),
    ],
    [
      table(
        'Users and addresses',
        {},
        [by('user.name', 'User', 12), also('source.address', 'Address', 2)],
        [count('Alerts'), unique('event.action', 'Detections')],
      ),
    ],
    [
      list(
        'Alerts, newest first',
        {},
        'aws.alerts.severity',
        'message',
        'user.name',
        'source.address',
        'asset.name',
        'asset.owner',
        'cloud.account.id',
        'event.url',
      ),
    ],
  ],
};
