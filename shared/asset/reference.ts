/**
 * Resolves what a relationship names. An ARN or an id of AWS (`i-…`, `vpc-…`) names one asset. A plain name does not: a group
 * and a table may both be called `shop`. So a relationship that names its target by a plain name says here which type it means;
 * of other names only those resolve that a single asset has.
 */
import type { Asset, Relationship } from './model.ts';

/** By the asset's type and the kind of relationship. */
const MEANT: Readonly<Record<string, string>> = {
  'AWS::EC2::Instance member_of': 'AWS::AutoScaling::AutoScalingGroup',
  'AWS::ElastiCache::CacheCluster member_of': 'AWS::ElastiCache::ReplicationGroup',
  'AWS::ElastiCache::ReplicationGroup routes_to': 'AWS::ElastiCache::CacheCluster',
  'AWS::ElasticBeanstalk::Environment member_of': 'AWS::ElasticBeanstalk::Application',
  'AWS::ElasticLoadBalancing::LoadBalancer logs_to': 'AWS::S3::Bucket',
  'AWS::ElasticLoadBalancingV2::LoadBalancer logs_to': 'AWS::S3::Bucket',
  'AWS::Lightsail::StaticIp attached_to': 'AWS::Lightsail::Instance',
  'AWS::RDS::DBClusterSnapshot made_from': 'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance member_of': 'AWS::RDS::DBCluster',
  'AWS::RDS::DBSnapshot made_from': 'AWS::RDS::DBInstance',
  'AWS::Redshift::Cluster logs_to': 'AWS::S3::Bucket',
  'AWS::RedshiftServerless::Workgroup member_of': 'AWS::RedshiftServerless::Namespace',
};

/** Types that are found by their name. Called, not computed at load: whoever reads a table alone does without. */
const typesByName = (): ReadonlySet<string> =>
  new Set([...Object.values(MEANT), 'AWS::EC2::NetworkInterface', 'AWS::EC2::SecurityGroup']);

type Named = Pick<Asset, 'id' | 'nativeId' | 'type'>;

export interface References<A extends Named> {
  /** The asset that a relationship of `from` leads to. */
  target(from: Named, relationship: Relationship, scope?: string): A | undefined;
  /** The asset of a type of `typesByName`, or of any type if a single one has the name. */
  find(name: string, type?: string, scope?: string): A | undefined;
}

/** `scopeOf`: assets of different scopes may have the same native id; ids are unique everywhere. */
export function referencesIn<A extends Named>(
  assets: readonly A[],
  scopeOf: (asset: A) => string = () => '',
): References<A> {
  const byId = new Map<string, A>();
  /** Undefined: several assets have the name. */
  const byName = new Map<string, A | undefined>();
  const byType = typesByName();
  for (const asset of assets) {
    if (byId.has(asset.id)) continue; // another account sees it too
    byId.set(asset.id, asset);
    const name = `${scopeOf(asset)} ${asset.nativeId}`;
    byName.set(name, byName.has(name) ? undefined : asset);
    if (byType.has(asset.type)) byName.set(`${asset.type} ${name}`, asset);
  }
  const find = (name: string, type?: string, scope = ''): A | undefined => {
    const exact = byId.get(name);
    if (exact !== undefined) return exact;
    const found = byName.get(`${scope} ${name}`);
    if (type === undefined || found?.type === type) return found;
    return byName.get(`${type} ${scope} ${name}`);
  };
  return {
    find,
    target: (from, { type, target }, scope) => find(target, MEANT[`${from.type} ${type}`], scope),
  };
}
