import { expect, test } from '@jest/globals';
import { type Estate, estimate, MEASURED, PRICES } from '../../../scripts/size/estimate.ts';
import { domainFor } from '../../../scripts/size/nodes.ts';

const GB = 1e9;
const estate = (more: Partial<Estate> = {}): Estate => ({
  delivered: { flowlogs: 100 * GB },
  retention: { hot: 7, warm: 30, cold: 365 },
  replicas: 1,
  isJoined: false,
  isOld: false,
  ...more,
});

test('documents, bytes and tiers are the measured figures times volume and days', () => {
  const { sources, tiers } = estimate(estate());
  const { recordBytes, bytes } = MEASURED.sources.flowlogs;
  const documents = (100 * GB) / recordBytes;
  expect(sources[0].documents).toBeCloseTo(documents);
  expect(sources[0].bytes).toBeCloseTo(documents * bytes);
  expect(tiers.hot).toBeCloseTo(documents * bytes * 7 * 2);
  expect(tiers.warm).toBeCloseTo(documents * bytes * 23);
  expect(tiers.cold).toBeCloseTo(documents * bytes * 335);
});

test('costs are prices times what there is', () => {
  const { cost, domain, tiers } = estimate(estate());
  const { dollarsPerHour, managedStoragePerGbMonth, lambdaArmPerGbSecond } = PRICES;
  expect(cost['data nodes']).toBeCloseTo(domain.data.count * dollarsPerHour[domain.data.type] * 730);
  expect(cost['cold storage']).toBeCloseTo((tiers.cold / GB) * managedStoragePerGbMonth);
  const seconds = 100 * 30.4 * MEASURED.sources.flowlogs.lambdaSecondsPerGb;
  expect(cost.lambda).toBeCloseTo(seconds * (1769 / 1024) * lambdaArmPerGbSecond);
});

test.each([1, 10, 100, 1000, 10_000])('%i GB a day fit: volumes, shards and CPU of the nodes', (gigabytes) => {
  const { sources, tiers, domain } = estimate(estate({ delivered: { flowlogs: gigabytes * GB } }));
  expect(domain.data.count % 3).toBe(0);
  expect(domain.data.count * domain.volumeGib * 2 ** 30 * 0.95 * 0.8).toBeGreaterThanOrEqual(tiers.hot * 1.1 * 0.999);
  const [{ documents, shards, bytes }] = sources;
  expect((documents * 1.2) / shards).toBeLessThan(2 ** 31);
  expect((bytes * 1.2) / shards).toBeLessThanOrEqual(50 * 2 ** 30);
  expect(PRICES.dollarsPerHour[domain.data.type]).toBeGreaterThan(0);
});

test('more data, more replicas, longer retention, an older engine and more fields never cost less', () => {
  const total = (more: Partial<Estate>) =>
    Object.values(estimate(estate(more)).cost).reduce((sum, each) => sum + each, 0);
  const usual = total({});
  for (const more of [
    { delivered: { flowlogs: 200 * GB } },
    { delivered: { flowlogs: 100 * GB, cloudtrail: GB } },
    { replicas: 2 },
    { retention: { hot: 14, warm: 30, cold: 365 } },
    { retention: { hot: 7, warm: 30, cold: 730 } },
    { isOld: true },
    { isJoined: true },
  ]) {
    expect(total(more)).toBeGreaterThan(usual);
  }
});

test('without warm and cold there are no such nodes', () => {
  const { domain, cost } = estimate(estate({ retention: { hot: 7, warm: 7, cold: 7 } }));
  expect(domain.warm).toEqual({ type: '', count: 0 });
  expect(cost['warm nodes'] + cost['warm storage'] + cost['cold storage']).toBe(0);
});

test('a small source gets an index a month', () => {
  expect(estimate(estate({ delivered: { dns: GB } })).sources).toMatchObject([{ shards: 1, period: 'month' }]);
});

test('what no domain holds is an error in words', () => {
  const load = { tiers: { hot: 1e18, warm: 0, cold: 0 }, cpuSecondsADay: 0, shards: () => 1 };
  expect(() => domainFor(load, PRICES.dollarsPerHour)).toThrow(/GiB of hot storage need more than one domain/);
});

test('every figure is there and has a date', () => {
  expect(MEASURED.date).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect(PRICES.date).toMatch(/^\d{4}-\d\d$/);
  for (const measured of Object.values(MEASURED.sources)) {
    expect(Object.values(measured).every((value) => value > 0)).toBe(true);
    expect(measured.storedBytes).toBeGreaterThanOrEqual(measured.bytes);
    expect(measured.joinedBytes).toBeGreaterThanOrEqual(measured.bytes);
  }
});
