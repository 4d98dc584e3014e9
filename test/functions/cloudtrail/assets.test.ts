/** Who called, from where, and what was called. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { cloudtrail } from '../../../functions/cloudtrail/source.ts';
import type { Assets } from '../../../shared/enrich/assets.ts';
import { noGeo } from '../../../shared/enrich/geo.ts';
import { ecsFaults } from '../../ecs.ts';
import { expectGolden } from '../../golden.ts';
import { NO_TABLE, sampled } from '../../shared/asset/given.ts';
import { type Any, allWritten } from '../../source.ts';

const NAMES = ['s3-data', 'identities', 'management'];
const sample = (name: string) => readFileSync(new URL(`../../sample/cloudtrail/${name}.json`, import.meta.url), 'utf8');
const written = (input: string, assets: Assets | undefined) =>
  allWritten(cloudtrail({ geo: noGeo, assets, route: [] }), input);

test('an event tells who called, from where and what, and its account by name', async () => {
  const found = (await Promise.all(NAMES.map((name) => written(sample(name), sampled())))).flat();
  expectGolden(
    'joined/cloudtrail',
    found.map(({ line }) => line),
  );
  for (const { document } of found) expect(ecsFaults(document)).toEqual([]);
  const [first]: Any = found.filter(({ line }) => line.includes('arn:aws:s3:::example-data/'));
  expect(first.document).toMatchObject({
    asset: { type: 'AWS::S3::Bucket', name: 'example-data', owner: 'team-a@example.com' },
    user: { asset: { type: 'AWS::IAM::User', name: 'ann' } },
    source: { asset: { name: 'web-1' } },
    cloud: { account: { name: 'prod-web' } },
  });
});

const base = {
  eventID: 'e',
  eventTime: '2026-10-01T00:00:00Z',
  recipientAccountId: '123456789012',
  sourceIPAddress: '198.51.100.7',
};
const ROLE = 'AROACLKWSDQRAOEXAMPLE';
const cases: readonly (readonly [title: string, event: object, expected: object])[] = [
  [
    'an instance’s credentials lead to the instance',
    { userIdentity: { principalId: `${ROLE}:i-0123456789abcdef0` } },
    { source: 'web-1', user: 'web', asset: 'web' },
  ],
  ['a key leads to its user', { userIdentity: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' } }, { user: 'ann', asset: 'ann' }],
  [
    'a role that is known by its ARN only is found',
    { userIdentity: { sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::123456789012:role/web' } } } },
    { user: 'web', asset: 'web' },
  ],
  [
    'the first resource that is ours is meant, not the caller',
    {
      userIdentity: { principalId: ROLE },
      resources: [{ ARN: 'arn:aws:s3:::other' }, { ARN: 'arn:aws:s3:::example-data' }],
    },
    { user: 'web', asset: 'example-data' },
  ],
  [
    'a resource that is nobody’s leads nowhere',
    { userIdentity: { principalId: ROLE }, resources: [{ ARN: 'arn:aws:s3:::other' }] },
    { user: 'web' },
  ],
  ['a stranger is nobody', { userIdentity: { principalId: 'AROAXXXXXXXXXXEXAMPLE:bob' } }, {}],
];

test.each(cases)('%s', async (_title, event, expected) => {
  const [{ document }] = await written(JSON.stringify({ Records: [{ ...base, ...event }] }), sampled());
  const names = { source: document.source?.asset?.name, user: document.user?.asset?.name, asset: document.asset?.name };
  expect(names).toEqual({ source: undefined, user: undefined, asset: undefined, ...expected });
});

test('without a table events are as they are without assets', async () => {
  const lines = async (assets: Assets | undefined) =>
    (await written(sample('management'), assets)).map(({ line }) => line);
  await expect(lines(NO_TABLE)).resolves.toEqual(await lines(undefined));
});
