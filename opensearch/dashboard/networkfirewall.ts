/** AWS Network Firewall: alerts, flows and TLS inspection. */
import { ANY, by, count, type Dashboard, on, unique } from './model.ts';

const { number, table, donut, timeline, ranking, list } = on('aws-networkfirewall-*');
const ALERT = { 'event.kind': 'alert' };

export const networkfirewall: Dashboard = {
  id: 'networkfirewall',
  title: 'Network Firewall: alerts and flows',
  purpose: 'Signatures that matched, what was dropped, and the traffic through the firewalls.',
  filters: {
    index: 'aws-networkfirewall-*',
    fields: [
      ['observer.name', 'Firewall'],
      ['cloud.account.id', 'Account'],
    ],
  },
  rows: [
    [
      number('Events'),
      number('Alerts', ALERT),
      number('Denied', { 'event.type': 'denied' }),
      number('Sources', {}, unique('source.ip', 'Sources')),
      number('Destinations', {}, unique('destination.ip', 'Destinations')),
    ],
    [
      timeline('Events over time', {}, by('event.kind', 'Kind', 4)),
      timeline('Alerts over time by signature', ALERT, by('rule.name', 'Signature', 8)),
    ],
    [
      ranking('Signatures', ALERT, by('rule.name', 'Signature', 15)),
      ranking('Destination ports', {}, by('destination.port', 'Port', 15)),
      donut('Protocol', {}, by('network.transport', 'Protocol', 5)),
    ],
    [
      table('Sources of alerts', ALERT, by('source.ip', 'Source', 20), [
        count('Alerts'),
        unique('rule.name', 'Signatures'),
        unique('destination.ip', 'Destinations'),
      ]),
      table('Most frequent destinations', {}, by('destination.ip', 'Destination', 20), [count('Events')]),
    ],
    [
      list(
        'Alerts',
        { ...ALERT, 'source.ip': ANY },
        'rule.name',
        'source.ip',
        'source.port',
        'destination.ip',
        'destination.port',
        'event.action',
        'observer.name',
      ),
    ],
  ],
};
