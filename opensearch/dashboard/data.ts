/** Sensitive data in S3, and who reads objects. */
import { ANY, also, by, count, type Dashboard, on, unique } from './model.ts';

const macie = on('aws-findings-current', { 'observer.product': 'macie' });
const objects = on('aws-cloudtrail-*', {
  'event.provider': 's3.amazonaws.com',
  'aws.cloudtrail.event_category': 'Data',
});
const buckets = on('aws-cloudtrail-*', { 'event.provider': 's3.amazonaws.com', 'aws.cloudtrail.read_only': false });

export const data: Dashboard = {
  id: 'data',
  title: 'Data: sensitive objects and access to them',
  purpose: 'Findings of Macie, reads and writes of S3 objects, and changes of buckets.',
  filters: {
    index: 'aws-cloudtrail-*',
    fields: [
      ['cloud.account.id', 'Account'],
      ['user.name', 'User'],
    ],
  },
  rows: [
    [
      macie.number('Macie findings'),
      macie.number('Sensitive data', { 'rule.category': 'CLASSIFICATION' }),
      macie.number('Public buckets and policies', { 'rule.category': 'POLICY' }),
      objects.number('Object events'),
      objects.number('Denied object events', { 'event.outcome': 'failure' }),
    ],
    [
      macie.ranking('Buckets with findings', {}, by('aws.macie.bucket.name', 'Bucket', 10)),
      macie.ranking(
        'Types of sensitive data',
        { 'aws.macie.sensitive.types': ANY },
        by('aws.macie.sensitive.types', 'Type', 15),
      ),
      macie.donut('Severity', {}, by('finding.severity', 'Severity', 4)),
    ],
    [
      macie.table('Buckets: permission and encryption', {}, [
        by('aws.macie.bucket.name', 'Bucket', 15),
        also('aws.macie.bucket.effective_permission', 'Permission'),
        also('aws.macie.bucket.encryption', 'Encryption'),
      ]),
      macie.ranking(
        'Categories of sensitive data',
        { 'aws.macie.sensitive.categories': ANY },
        by('aws.macie.sensitive.categories', 'Category', 6),
      ),
    ],
    [
      objects.timeline('Object events over time', {}, by('event.action', 'Action', 6)),
      objects.timeline('Denied object events over time', { 'event.outcome': 'failure' }, by('error.code', 'Error', 4)),
    ],
    [
      objects.table(
        'Who reads and writes objects',
        {},
        [by('user.name', 'Principal', 20), by('event.action', 'Action', 4)],
        [count('Events'), unique('aws.cloudtrail.resources.arn', 'Objects')],
      ),
      objects.table(
        'Objects and buckets with the most events',
        { 'aws.cloudtrail.resources.arn': ANY },
        by('aws.cloudtrail.resources.arn', 'Resource', 20),
        [count('Events'), unique('user.name', 'Principals')],
      ),
    ],
    [
      objects.ranking('Addresses that read objects', { 'event.action': 'GetObject' }, by('source.ip', 'Address', 15)),
      objects.map('Object events by country', { 'source.geo.country_iso_code': ANY }, 'source.geo.country_iso_code'),
    ],
    [
      buckets.timeline('Changes of buckets', {}, by('event.action', 'Action', 8)),
      buckets.table('Who changes buckets', {}, [by('user.name', 'Principal', 15), by('event.action', 'Action', 5)]),
    ],
    [
      macie.list(
        'Findings of Macie',
        {},
        'finding.severity',
        'message',
        'aws.macie.bucket.name',
        'file.path',
        'aws.macie.sensitive.types',
        'cloud.account.id',
      ),
    ],
  ],
};
