import { describe, expect, test } from '@jest/globals';
import { classify } from '../../../../functions/asset-inventory/classify/classify.ts';
import { type Rules, rulesIn } from '../../../../functions/asset-inventory/classify/owner.ts';
import rules from '../../../../functions/asset-inventory/classify/rules.json' with { type: 'json' };
import type { PlannedAccount } from '../../../../functions/asset-inventory/run/model.ts';
import type { Unclassified } from '../../../../functions/asset-inventory/state/merge.ts';
import { ConfigError } from '../../../../shared/errors.ts';
import { assetOf } from '../sample.ts';

const own: Rules = {
  ...rulesIn(rules),
  owner: { ...rulesIn(rules).owner, ous: { Root: 'it', 'Root/Prod': 'platform' } },
};

function classified(assets: readonly Unclassified[], account: Partial<PlannedAccount> = {}, by: Rules = own) {
  const accounts = new Map([['123456789012', { id: '123456789012', ...account }]]);
  return classify(assets, () => 'ok', { rules: by, accounts, before: new Map() })[0];
}

describe('whose an asset is', () => {
  const eni = assetOf('AWS::EC2::NetworkInterface', 'eni-1', {
    relationships: [
      { type: 'attached_to', target: 'i-1' },
      { type: 'in_vpc', target: 'vpc-1' },
    ],
  });
  const vpc = assetOf('AWS::EC2::VPC', 'vpc-1', { tags: { Team: 'network' } });

  test('is said by its own tag, whatever its case, in the order of the rule', () => {
    const tags = { TEAM: 'b', Owner: 'a' };
    expect(classified([{ ...eni, tags }]).owner).toEqual({ value: 'a', source: 'tag', rule: 'Owner', confidence: 95 });
  });

  test('is that of the instance that an interface is attached to, before that of the network', () => {
    const instance = assetOf('AWS::EC2::Instance', 'i-1', { tags: { owner: 'web' } });
    expect(classified([eni, vpc, instance]).owner).toMatchObject({
      value: 'web',
      source: 'inherited:AWS::EC2::Instance',
    });
    expect(classified([eni, vpc]).owner).toMatchObject({ value: 'network', source: 'inherited:AWS::EC2::VPC' });
  });

  test('is that of the instance where Systems Manager lists a machine by the same id', () => {
    const instance = assetOf('AWS::EC2::Instance', 'i-1', { tags: { owner: 'web' } });
    const view = assetOf('AWS::SSM::ManagedInstance', 'i-1', {
      relationships: [{ type: 'attached_to', target: 'i-1' }],
    });
    const expected = classified([eni, vpc, instance]).owner;
    expect(expected).toMatchObject({ value: 'web' });
    expect(classified([eni, vpc, instance, view]).owner).toEqual(expected);
    expect(classified([eni, vpc, view, instance]).owner).toEqual(expected);
    expect(classified([view, instance]).owner).toMatchObject({ value: 'web' });
  });

  test('is never that of another type with the same name', () => {
    const instance = assetOf('AWS::EC2::Instance', 'i-1', { relationships: [{ type: 'member_of', target: 'shop' }] });
    const of = (type: string, owner: string) => ({ ...assetOf(type, 'shop', { tags: { owner } }), id: `arn:${type}` });
    const table = of('AWS::DynamoDB::Table', 'data');
    const group = of('AWS::AutoScaling::AutoScalingGroup', 'web');
    for (const all of [
      [instance, table, group],
      [instance, group, table],
    ])
      expect(classified(all).owner).toMatchObject({
        value: 'web',
        source: 'inherited:AWS::AutoScaling::AutoScalingGroup',
      });
    expect(classified([instance, table]).owner).toMatchObject({ source: 'ou' });
    const made = { ...assetOf('AWS::X::Y', 'z', { relationships: [{ type: 'made_from', target: 'shop' }] }) };
    expect(classified([made, table, group]).owner).toMatchObject({ source: 'ou' });
    const database = assetOf('AWS::RDS::DBInstance', 'a', { relationships: [{ type: 'member_of', target: 'shop' }] });
    const cluster = of('AWS::RDS::DBCluster', 'dba');
    expect(classified([database, cluster, of('AWS::RDS::DBInstance', 'x')]).owner).toMatchObject({ value: 'dba' });
  });

  test('is that of the load balancer that an interface was made for', () => {
    const id = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/1a';
    const balancer = { ...assetOf('AWS::ElasticLoadBalancingV2::LoadBalancer', 'x', { tags: { owner: 'shop' } }), id };
    const made = assetOf('AWS::EC2::NetworkInterface', 'eni-2', { security: { description: 'ELB app/web/1a' } });
    expect(classified([made, balancer]).owner).toMatchObject({ value: 'shop' });
  });

  test('is said by the account, else by the nearest organizational unit', () => {
    expect(classified([eni], { tags: { owner: 'acme' } }).owner).toMatchObject({
      value: 'acme',
      source: 'account-tag',
    });
    expect(classified([eni]).owner).toMatchObject({ value: 'platform', source: 'ou', rule: 'Root/Prod' });
  });

  test('is not known where nothing says so', () => {
    expect(classified([{ ...eni, account: { id: '1' } }]).owner).toBeUndefined();
  });
});

describe('environment and criticality', () => {
  test.each([
    [{ tags: { Environment: 'production' } }, 'prod', 'medium'],
    [{ tags: { env: 'DEV' } }, 'dev', 'low'],
    [{ tags: { env: 'dev', Criticality: 'critical' } }, 'dev', 'critical'],
    [{ account: { id: '123456789012', name: 'shop-prod' } }, 'prod', 'medium'],
    [{ account: { id: '123456789012', ouPath: 'Root/Prod' } }, 'prod', 'medium'],
    [{ account: { id: '1', name: 'product-catalogue' } }, undefined, 'low'],
    [{ tags: { env: 'prod' }, type: 'AWS::RDS::DBInstance' }, 'prod', 'high'],
    [{ tags: { env: 'prod' }, security: { public: true } }, 'prod', 'high'],
  ] as const)('of %j', (more, environment, criticality) => {
    const asset = assetOf('AWS::X::Y', 'x', { account: { id: '1' }, ...(more as Partial<Unclassified>) });
    expect(classified([asset])).toMatchObject({ criticality, ...(environment && { environment }) });
    expect(classified([asset]).environment).toBe(environment);
  });
});

test.each([{}, { owner: {} }, { owner: { tags: [], ous: {}, accounts: {} } }, [], 'rules'])(
  'rules that are none are refused: %j',
  (value) => {
    expect(() => rulesIn(value)).toThrow(ConfigError);
  },
);
