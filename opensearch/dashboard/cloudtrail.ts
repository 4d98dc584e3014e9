/** Who did what in the accounts. */
import { ANY, also, by, cases, count, type Dashboard, not, on, unique } from './model.ts';

const { number, table, donut, timeline, ranking, map, list } = on('aws-cloudtrail-*');

export const cloudtrail: Dashboard = {
  id: 'cloudtrail',
  title: 'CloudTrail: who did what',
  purpose: 'API calls by principal, service, country and outcome. Start here to reconstruct what somebody did.',
  filters: {
    index: 'aws-cloudtrail-*',
    fields: [
      ['cloud.account.id', 'Account'],
      ['cloud.region', 'Region'],
      ['user.name', 'User'],
      ['event.provider', 'Service'],
    ],
  },
  rows: [
    [
      number('Events'),
      number('Failed calls', { 'event.outcome': 'failure' }),
      number('Principals', {}, unique('user.name', 'Principals')),
      number('Source addresses', {}, unique('source.ip', 'Source addresses')),
      number('Calls by root', { 'aws.cloudtrail.user_identity.type': 'Root' }),
    ],
    [
      timeline('Events over time', {}, by('event.outcome', 'Outcome', 3)),
      timeline(
        'Writes over time by service',
        { 'aws.cloudtrail.read_only': false },
        by('event.provider', 'Service', 8),
      ),
    ],
    [
      ranking('Most active principals', {}, by('user.name', 'Principal', 15)),
      ranking('Services', {}, by('event.provider', 'Service', 15)),
      ranking('Actions that change something', { 'aws.cloudtrail.read_only': false }, by('event.action', 'Action', 15)),
    ],
    [
      map('Calls by country', { 'source.geo.country_iso_code': ANY }, 'source.geo.country_iso_code'),
      donut('Type of principal', {}, by('aws.cloudtrail.user_identity.type', 'Type', 8)),
      donut('Event category', {}, by('aws.cloudtrail.event_category', 'Category', 6)),
    ],
    [
      table('Denied calls', { 'error.code': ANY }, [
        by('user.name', 'Principal', 20),
        by('event.action', 'Action', 5),
        by('error.code', 'Error', 3),
      ]),
      table('Principals with the most different actions', {}, by('user.name', 'Principal', 20), [
        count('Calls'),
        unique('event.action', 'Actions'),
        unique('event.provider', 'Services'),
        unique('source.ip', 'Addresses'),
      ]),
    ],
    [
      table(
        'Access keys in use',
        { 'aws.cloudtrail.user_identity.access_key_id': ANY },
        [by('aws.cloudtrail.user_identity.access_key_id', 'Access key', 20), also('user.name', 'Principal')],
        [count('Calls'), unique('source.ip', 'Addresses'), unique('source.geo.country_iso_code', 'Countries')],
      ),
      table('User agents', {}, by('user_agent.original', 'User agent', 20), [
        count('Calls'),
        unique('user.name', 'Principals'),
      ]),
    ],
    [
      ranking('Regions', {}, by('cloud.region', 'Region', 20)),
      ranking('Accounts', {}, by('cloud.account.id', 'Account', 20)),
      timeline(
        'Insights: unusual activity',
        { 'aws.cloudtrail.event_category': 'Insight' },
        by('event.code', 'Insight', 5),
      ),
    ],
    [
      list(
        'Changes',
        { 'aws.cloudtrail.read_only': false, 'user.name': not('AWS Internal') },
        'user.name',
        'event.provider',
        'event.action',
        'event.outcome',
        'error.code',
        'source.ip',
        'cloud.account.id',
        'cloud.region',
      ),
    ],
    [
      table('Calls of one service for another', { 'aws.cloudtrail.user_identity.invoked_by': ANY }, [
        by('aws.cloudtrail.user_identity.invoked_by', 'Invoked by', 10),
        by('event.action', 'Action', 5),
      ]),
      donut(
        'Outcome of writes',
        { 'aws.cloudtrail.read_only': false },
        cases('Outcome', ['success', { 'event.outcome': 'success' }], ['failure', { 'event.outcome': 'failure' }]),
      ),
    ],
  ],
};
