/** Sign-ins, root and changes of access. */
import { ANY, by, cases, count, type Dashboard, on, unique } from './model.ts';

const { number, table, donut, timeline, ranking, map, list } = on('aws-cloudtrail-*');
const LOGIN = { 'event.action': 'ConsoleLogin' };
const IAM = {
  'event.provider': ['iam.amazonaws.com', 'sso.amazonaws.com', 'identitystore.amazonaws.com'],
  'aws.cloudtrail.read_only': false,
};

export const identity: Dashboard = {
  id: 'identity',
  title: 'Identity: sign-ins and access',
  purpose: 'Console sign-ins, use of root, and changes of users, roles, keys and policies.',
  filters: {
    index: 'aws-cloudtrail-*',
    fields: [
      ['cloud.account.id', 'Account'],
      ['user.name', 'User'],
      ['source.geo.country_iso_code', 'Country'],
    ],
  },
  rows: [
    [
      number('Console sign-ins', { ...LOGIN, 'event.outcome': 'success' }),
      number('Failed sign-ins', { ...LOGIN, 'event.outcome': 'failure' }),
      number('Root: events', { 'aws.cloudtrail.user_identity.type': 'Root' }),
      number('Root: sign-ins', { ...LOGIN, 'aws.cloudtrail.user_identity.type': 'Root' }),
      number('Changes of access', IAM),
    ],
    [
      timeline('Sign-ins over time', LOGIN, by('event.outcome', 'Outcome', 3)),
      timeline('Changes of access over time', IAM, by('event.action', 'Action', 10)),
    ],
    [
      map('Sign-ins by country', { ...LOGIN, 'source.geo.country_iso_code': ANY }, 'source.geo.country_iso_code'),
      table('Who signs in', LOGIN, by('user.name', 'User', 20), [
        count('Sign-ins'),
        unique('source.ip', 'Addresses'),
        unique('source.geo.country_iso_code', 'Countries'),
      ]),
    ],
    [
      table('Who fails to sign in', { ...LOGIN, 'event.outcome': 'failure' }, [
        by('user.name', 'User', 20),
        by('source.ip', 'Address', 3),
      ]),
      table('What root did', { 'aws.cloudtrail.user_identity.type': 'Root' }, [
        by('cloud.account.id', 'Account', 10),
        by('event.action', 'Action', 10),
      ]),
    ],
    [
      ranking('Who changes access', IAM, by('user.name', 'Principal', 15)),
      ranking('Kinds of change', IAM, by('event.action', 'Action', 15)),
      donut(
        'Sensitive changes',
        {},
        cases(
          'Change',
          ['Access keys', { 'event.action': ['CreateAccessKey', 'UpdateAccessKey', 'DeleteAccessKey'] }],
          [
            'Policies attached',
            {
              'event.action': [
                'AttachUserPolicy',
                'AttachRolePolicy',
                'AttachGroupPolicy',
                'PutUserPolicy',
                'PutRolePolicy',
                'PutGroupPolicy',
              ],
            },
          ],
          ['Role trust', { 'event.action': 'UpdateAssumeRolePolicy' }],
          ['Users created', { 'event.action': ['CreateUser', 'CreateLoginProfile'] }],
          ['MFA', { 'event.action': ['DeactivateMFADevice', 'EnableMFADevice', 'DeleteVirtualMFADevice'] }],
        ),
      ),
    ],
    [
      table(
        'Roles assumed from other accounts',
        {
          'event.action': ['AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity'],
          'aws.cloudtrail.user_identity.account_id': ANY,
        },
        [by('aws.cloudtrail.user_identity.account_id', 'Calling account', 10), by('user.effective.name', 'Role', 10)],
      ),
      table('Who is whose', { 'user.effective.name': ANY }, [
        by('user.name', 'User', 15),
        by('user.effective.name', 'Becomes', 5),
      ]),
    ],
    [
      list(
        'Latest changes of access',
        IAM,
        'user.name',
        'event.action',
        'user.target.name',
        'group.name',
        'event.outcome',
        'source.ip',
        'cloud.account.id',
      ),
    ],
  ],
};
