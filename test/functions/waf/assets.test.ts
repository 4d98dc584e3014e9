/** Whom a request was for, and whether it came from us. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { waf } from '../../../functions/waf/source.ts';
import type { Assets } from '../../../shared/enrich/assets.ts';
import { noGeo } from '../../../shared/enrich/geo.ts';
import { ecsFaults } from '../../ecs.ts';
import { expectGolden } from '../../golden.ts';
import { assetsOf, NO_TABLE, sampled } from '../../shared/asset/given.ts';
import { asset, run } from '../../shared/asset/world.ts';
import { allWritten } from '../../source.ts';

const sample = (name: string) => readFileSync(new URL(`../../sample/waf/${name}.log`, import.meta.url), 'utf8');
const written = (input: string, assets: Assets | undefined) =>
  allWritten(waf({ geo: noGeo, assets, route: [] }), input);

test('a request tells what it was for, and the account by name', async () => {
  const found = await written(sample('count'), sampled());
  expectGolden(
    'joined/waf',
    found.map(({ line }) => line),
  );
  for (const { document } of found) expect(ecsFaults(document)).toEqual([]);
  expect(found[0].document).toMatchObject({
    asset: { name: 'shop', type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', match: 'exact' },
    cloud: { account: { id: '123456789012', name: 'prod-web' } },
  });
});

const webAcl = 'arn:aws:wafv2:ap-northeast-2:123456789012:regional/webacl/shop/1a2b';
const ids: readonly (readonly [what: string, changes: object, id: string])[] = [
  [
    'a distribution',
    { httpSourceName: 'CF', httpSourceId: 'E2A0EXAMPLE' },
    'arn:aws:cloudfront::123456789012:distribution/E2A0EXAMPLE',
  ],
  [
    'a stage of an API',
    { httpSourceName: 'APIGW', httpSourceId: '123456789012:rjvegx5guh:prod' },
    'arn:aws:apigateway:ap-northeast-2::/restapis/rjvegx5guh/stages/prod',
  ],
  ['the web ACL', { httpSourceName: '-', httpSourceId: '-' }, webAcl],
];

test.each(ids)('it was for %s', async (_what, changes, id) => {
  const record = { ...JSON.parse(sample('block').split('\n')[0]), webaclId: webAcl, ...changes };
  const given = assetsOf(run('2026-09-21T00:00:00Z', [asset({ type: 'AWS::Any::Thing', nativeId: 'x', id })]));
  const [{ document }] = await written(JSON.stringify(record), given);
  expect(document.asset?.id).toBe(id);
});

test('one that came from us says from whom', async () => {
  const record = JSON.parse(sample('block').split('\n')[0]);
  const httpRequest = { ...record.httpRequest, clientIp: '203.0.113.61' };
  const [{ document }] = await written(JSON.stringify({ ...record, httpRequest }), sampled());
  expect(document.source).toMatchObject({ ip: '203.0.113.61', asset: { name: 'web-1' } });
});

test('without a table requests are as they are without assets', async () => {
  const lines = async (assets: Assets | undefined) => (await written(sample('block'), assets)).map(({ line }) => line);
  await expect(lines(NO_TABLE)).resolves.toEqual(await lines(undefined));
});
