/** Whom of ours a finding is about. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { guardduty } from '../../../functions/guardduty/source.ts';
import type { Assets } from '../../../shared/enrich/assets.ts';
import { noGeo } from '../../../shared/enrich/geo.ts';
import { ecsFaults } from '../../ecs.ts';
import { expectGolden } from '../../golden.ts';
import { assetsOf, NO_TABLE, owned, SAMPLED } from '../../shared/asset/given.ts';
import { asset, deleted, eni, run } from '../../shared/asset/world.ts';
import { allWritten } from '../../source.ts';

const sample = (name: string) => readFileSync(new URL(`../../sample/guardduty/${name}.json`, import.meta.url), 'utf8');
const written = async (input: string, assets: Assets | undefined) =>
  (await allWritten(guardduty({ geo: noGeo, assets, route: [] }), input))[0];

const inside = { vpc: 'vpc-0123456789abcdef0' };
const web = eni('eni-0123456789abcdef0', '10.0.1.17', { name: 'web', net: inside, ...owned });
const exported = asset({
  type: 'AWS::S3::Bucket',
  nativeId: 'customer-exports',
  id: 'arn:aws:s3:::customer-exports',
  ...owned,
});
const keys = SAMPLED.filter(({ class: of }) => of === 'identity');
const world = [web, exported, ...keys];
const given = assetsOf(run('2026-11-24T00:00:00Z', world), run('2026-11-24T23:00:00Z', world));

test.each([
  ['network-connection', 'web'],
  ['aws-api-call', 'ann'],
  ['s3', 'customer-exports'],
])('%s is about %s', async (name, expected) => {
  const { document } = await written(sample(name), given);
  expect(document.asset).toMatchObject({ name: expected, match: 'exact' });
  expect(document.cloud.account).toEqual({ id: '123456789012', name: 'prod-web' });
  expect(document.aws.account).toEqual({ ou_path: 'Root/Prod' });
  expect(ecsFaults(document)).toEqual([]);
});

test('a finding tells which of its ends is ours', async () => {
  const { document, line } = await written(sample('network-connection'), given);
  expectGolden('joined/guardduty', [line]);
  const local = document.source.ip === '10.0.1.17' ? document.source : document.destination;
  expect(local.asset).toMatchObject({ name: 'web', owner: 'team-a@example.com' });
});

test('it is about who had the address when it was seen last, not when it was told', async () => {
  const later = eni('eni-0123456789abcdef9', '10.0.1.17', { name: 'later', net: inside });
  const gone = deleted(web, '2026-11-24T13:37:00Z');
  const moved = assetsOf(
    run('2026-11-24T12:00:00Z', [web]),
    run('2026-11-24T13:36:30Z', [web]),
    run('2026-11-24T13:39:00Z', [gone, later]),
    run('2026-11-24T23:00:00Z', [gone, later]),
  );
  const { document } = await written(sample('network-connection'), moved);
  const local = document.source.ip === '10.0.1.17' ? document.source : document.destination;
  expect(local.asset.name).toBe('web');
});

test('without a table findings are as they are without assets', async () => {
  const line = async (assets: Assets | undefined) => (await written(sample('network-connection'), assets)).line;
  await expect(line(NO_TABLE)).resolves.toBe(await line(undefined));
});
