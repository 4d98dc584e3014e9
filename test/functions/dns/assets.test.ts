/** Who asked. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { dns } from '../../../functions/dns/source.ts';
import type { Assets } from '../../../shared/enrich/assets.ts';
import { noGeo } from '../../../shared/enrich/geo.ts';
import { ecsFaults } from '../../ecs.ts';
import { expectGolden } from '../../golden.ts';
import { NO_TABLE, sampled } from '../../shared/asset/given.ts';
import { allWritten } from '../../source.ts';

const sample = readFileSync(new URL('../../sample/dns/answers.log', import.meta.url), 'utf8');
const written = (input: string, assets: Assets | undefined) =>
  allWritten(dns({ geo: noGeo, assets, route: [] }), input);

test('a query tells who asked, and its account by name', async () => {
  const found = await written(sample, sampled());
  expectGolden(
    'joined/dns',
    found.map(({ line }) => line),
  );
  for (const { document } of found) expect(ecsFaults(document)).toEqual([]);
  expect(found[0].document).toMatchObject({
    source: { ip: '10.0.0.5', asset: { name: 'web-1', owner: 'team-a@example.com', match: 'exact' } },
    cloud: { account: { id: '123456789012', name: 'prod-web' } },
  });
});

test.each([
  ['the instance that the log names', { srcids: { instance: 'i-0123456789abcdef0' }, vpc_id: 'vpc-9' }, 'web-1'],
  ['nobody in another VPC', { vpc_id: 'vpc-00000000000000009' }, undefined],
  ['nobody at another address', { srcaddr: '10.0.0.6' }, undefined],
])('it is %s', async (_title, changes, name) => {
  const record = { ...JSON.parse(sample.split('\n')[0]), srcids: {}, ...changes };
  const [{ document }] = await written(JSON.stringify(record), sampled());
  expect(document.source.asset?.name).toBe(name);
});

test('without a table queries are as they are without assets', async () => {
  const lines = async (assets: Assets | undefined) => (await written(sample, assets)).map(({ line }) => line);
  await expect(lines(NO_TABLE)).resolves.toEqual(await lines(undefined));
});
