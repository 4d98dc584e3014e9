/** S3 server access logs. */
import { ANY, by, count, type Dashboard, on, unique } from './model.ts';

const { number, table, donut, timeline, ranking, list } = on('aws-s3access-*');

export const s3access: Dashboard = {
  id: 's3access',
  title: 'S3 access: requests to buckets',
  purpose: 'Requests from server access logs by requester, bucket, status and address.',
  filters: {
    index: 'aws-s3access-*',
    fields: [
      ['aws.s3access.bucket', 'Bucket'],
      ['user.id', 'Requester'],
    ],
  },
  rows: [
    [
      number('Requests'),
      number('Failed requests', { 'event.outcome': 'failure' }),
      number('Addresses', {}, unique('source.ip', 'Addresses')),
      number('Requesters', {}, unique('user.id', 'Requesters')),
    ],
    [
      timeline('Requests over time', {}, by('event.action', 'Operation', 8)),
      timeline(
        'Failed requests over time',
        { 'event.outcome': 'failure' },
        by('http.response.status_code', 'Status', 5),
      ),
    ],
    [
      ranking('Operations', {}, by('event.action', 'Operation', 15)),
      ranking('Most active addresses', {}, by('source.ip', 'Address', 15)),
      donut('Status', { 'http.response.status_code': ANY }, by('http.response.status_code', 'Status', 8)),
    ],
    [
      table('Most active requesters', {}, by('user.id', 'Requester', 20), [
        count('Requests'),
        unique('source.ip', 'Addresses'),
      ]),
      table('User agents', { 'user_agent.original': ANY }, by('user_agent.original', 'User agent', 20), [
        count('Requests'),
      ]),
    ],
    [
      list(
        'Failed requests',
        { 'event.outcome': 'failure' },
        'event.action',
        'url.path',
        'http.response.status_code',
        'source.ip',
        'user.id',
      ),
    ],
  ],
};
