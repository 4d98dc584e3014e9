/** The collectors themselves: what arrives, what does not, and what the inventory could not read. */
import { ANY, also, by, count, type Dashboard, latest, not, on, unique } from './model.ts';

const all = on('aws-*');
const unrouted = on('aws-unrouted-*');
const integrity = on('aws-integrity-*');
const coverage = on('aws-assets-changes-*', { 'aws.asset.coverage.status': ANY });
const NOT_OK = { 'aws.asset.coverage.status': not(['ok', 'empty', 'not_applicable']) };

export const collectors: Dashboard = {
  id: 'collectors',
  title: 'Collectors: is everything arriving?',
  purpose:
    'Documents by source over time, objects that no source could read, broken log file chains, and gaps of the inventory.',
  filters: {
    index: 'aws-*',
    fields: [
      ['event.dataset', 'Source'],
      ['cloud.account.id', 'Account'],
      ['cloud.region', 'Region'],
    ],
  },
  rows: [
    [
      all.number('Documents'),
      all.number('Sources', {}, unique('event.dataset', 'Sources')),
      all.number('Accounts', {}, unique('cloud.account.id', 'Accounts')),
      unrouted.number('Objects that no source could read'),
      integrity.number('Broken log file chains'),
    ],
    [all.timeline('Documents over time by source', {}, by('event.dataset', 'Source', 15))],
    [
      all.table('Sources: newest document', {}, by('event.dataset', 'Source', 20), [
        count('Documents'),
        latest('@timestamp', 'Newest'),
        unique('cloud.account.id', 'Accounts'),
      ]),
      all.table('Accounts: newest document', {}, by('cloud.account.id', 'Account', 30), [
        count('Documents'),
        latest('@timestamp', 'Newest'),
        unique('event.dataset', 'Sources'),
      ]),
    ],
    [
      unrouted.timeline('Unreadable objects over time', {}, by('aws.unrouted.source', 'Source', 8)),
      unrouted.table('Unreadable objects', {}, by('aws.unrouted.source', 'Source', 10), [
        count('Objects'),
        unique('aws.s3.bucket.name', 'Buckets'),
      ]),
    ],
    [
      integrity.table('CloudTrail digests: what is wrong', {}, [
        by('event.action', 'Fault', 8),
        by('aws.integrity.trail', 'Trail', 5),
      ]),
      integrity.timeline('CloudTrail digests over time', {}, by('event.action', 'Fault', 8)),
    ],
    [
      coverage.donut('Inventory: coverage', {}, by('aws.asset.coverage.status', 'Status', 10)),
      coverage.table('Inventory: what could not be read', NOT_OK, [
        by('cloud.account.id', 'Account', 15),
        by('aws.asset.coverage.status', 'Status', 4),
        also('error.code', 'Error', 3),
      ]),
      coverage.ranking(
        'Inventory: missing permissions',
        { 'aws.asset.coverage.missing': ANY },
        by('aws.asset.coverage.missing', 'Action', 15),
      ),
    ],
    [
      unrouted.list(
        'Objects that no source could read',
        {},
        'aws.unrouted.source',
        'message',
        'aws.s3.bucket.name',
        'aws.s3.object.key',
      ),
    ],
  ],
};
