/** Assets for tests of sources: a table of a small world, which the samples of all sources tell of. */

import { historyOf, type Run } from '../../../shared/asset/history.ts';
import { lookupIn } from '../../../shared/asset/lookup.ts';
import type { Asset } from '../../../shared/asset/model.ts';
import { tableOf } from '../../../shared/asset/table.ts';
import { type Assets, assetTable } from '../../../shared/enrich/assets.ts';
import { asset, eni, run } from './world.ts';

export const assetsOf = (...runs: readonly Run[]): Assets => ({
  table: assetTable(lookupIn(tableOf(historyOf(runs)))),
  refresh() {},
});

export const NO_TABLE: Assets = { table: undefined, refresh() {} };

/** What an owner and their rules say. */
export const owned: Partial<Asset> = {
  owner: { value: 'team-a@example.com', source: 'tag', rule: 'owner', confidence: 90 },
  environment: 'prod',
  criticality: 'high',
  exposure: { level: 'internet' },
};

const bucket = asset({
  type: 'AWS::S3::Bucket',
  nativeId: 'example-data',
  id: 'arn:aws:s3:::example-data',
  class: 'storage',
  region: 'ap-northeast-2',
  ...owned,
});
const user = asset({
  type: 'AWS::IAM::User',
  nativeId: 'AIDACKCEVSQ6C2EXAMPLE',
  id: 'arn:aws:iam::123456789012:user/ann',
  class: 'identity',
  name: 'ann',
});
const key = asset({
  type: 'AWS::IAM::AccessKey',
  nativeId: 'AKIAIOSFODNN7EXAMPLE',
  class: 'identity',
  relationships: [{ type: 'member_of', target: user.id }],
});
const role = asset({
  type: 'AWS::IAM::Role',
  nativeId: 'AROACLKWSDQRAOEXAMPLE',
  id: 'arn:aws:iam::123456789012:role/web',
  class: 'identity',
  name: 'web',
});
const instance = asset({
  type: 'AWS::EC2::Instance',
  nativeId: 'i-0123456789abcdef0',
  name: 'web-1',
  net: { eni: ['eni-0123456789abcdef0'], private: ['10.0.0.5'], vpc: 'vpc-0a1b2c3d4e5f60718' },
  ...owned,
});
const inside = eni('eni-0123456789abcdef0', '10.0.0.5', {
  relationships: [{ type: 'attached_to', target: instance.nativeId }],
  net: { vpc: 'vpc-0a1b2c3d4e5f60718', public: ['203.0.113.61'] },
});
const balancer = asset({
  type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  nativeId: 'shop',
  id: 'arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/app/shop/50dc6c495c0c9188',
  class: 'edge',
  name: 'shop',
  ...owned,
});

/** What the samples of logs tell of. */
export const SAMPLED: readonly Asset[] = [bucket, user, key, role, instance, inside, balancer];

export const sampled = (): Assets =>
  assetsOf(run('2026-09-21T00:00:00Z', SAMPLED), run('2026-11-24T23:00:00Z', SAMPLED));
