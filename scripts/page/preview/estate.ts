/** What the company of the incident owns, as the inventory would tell of it: made up, for pictures. */
import { changeLine, coverageLine, stateLine } from '../../../functions/asset-inventory/publish/feed.ts';
import type { Asset, Change, Coverage } from '../../../shared/asset/model.ts';
import { assetOf } from '../../detections/proof/world.ts';
import { ACCOUNTS, bastion, database, EXPORTS, type Host, idle, REGION, web } from '../../incident/scenario.ts';

type Members = Readonly<Record<string, unknown>>;

const NAMES = Object.fromEntries(Object.entries(ACCOUNTS).map(([name, id]) => [id, name]));
const account = (id: string) => ({ id, name: NAMES[id] });

const host = ({ name, account: id, instance, ip, publicIp, vpc }: Host, more: Members): readonly [string, Members] => [
  instance,
  {
    id: `arn:aws:ec2:${REGION}:${id}:instance/${instance}`,
    ...{ name, type: 'AWS::EC2::Instance', account: account(id), region: REGION, private: ip, public: publicIp, vpc },
    ...more,
  },
];

const KINDS: readonly (readonly [type: string, prefix: string, count: number])[] = [
  ['AWS::S3::Bucket', 'media', 7],
  ['AWS::IAM::Role', 'deploy', 9],
  ['AWS::IAM::User', 'dev', 4],
  ['AWS::Lambda::Function', 'report', 6],
  ['AWS::RDS::DBInstance', 'orders', 2],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'shop', 2],
];
const OWNERS = ['team-shop@example.com', 'team-data@example.com', 'platform@example.com', undefined];
const ENVIRONMENTS = ['prod', 'prod', 'staging', 'dev'];
const CRITICALITIES = ['high', 'medium', 'critical', 'low'];

const CLASSES: Readonly<Record<string, string>> = {
  S3: 'storage',
  IAM: 'identity',
  RDS: 'database',
  ElasticLoadBalancingV2: 'edge',
};
const classOf = (type: string): string => CLASSES[type.split('::')[1]] ?? 'compute';

const exposureOf = (type: string, at: number): string => {
  if (type.includes('LoadBalancer')) return 'internet';
  if (type.includes('Bucket')) return at === 2 ? 'internet' : 'internal';
  return type.includes('IAM') ? 'none' : 'internal';
};

const others = KINDS.flatMap(([type, prefix, count]) =>
  Array.from({ length: count }, (_, at): readonly [string, Members] => {
    const name = `${prefix}-${at + 1}`;
    return [
      `${type}/${name}`,
      {
        ...{ id: `arn:aws:test:${REGION}:${ACCOUNTS.shop}:${type.split('::')[1].toLowerCase()}/${name}`, name, type },
        account: account(Object.values(ACCOUNTS)[at % 3]),
        region: type.includes('IAM') ? 'global' : REGION,
        class: classOf(type),
        owner: OWNERS[at % 4],
        environment: ENVIRONMENTS[(at + count) % 4],
        criticality: CRITICALITIES[(at * 3 + count) % 4],
        exposure: exposureOf(type, at),
      },
    ];
  }),
);

const SHOP = { owner: 'team-shop@example.com', environment: 'prod', criticality: 'high' };

/** By name, as a detection's test gives them. */
export const ESTATE: Readonly<Record<string, Members>> = Object.fromEntries([
  host(web, { ...SHOP, exposure: 'internet' }),
  host(bastion, { ...SHOP, exposure: 'internet' }),
  ...idle.map((each) => host(each, { ...SHOP, owner: undefined, exposure: 'internal' })),
  host(database, {
    owner: 'team-data@example.com',
    environment: 'prod',
    criticality: 'critical',
    exposure: 'internal',
  }),
  [
    EXPORTS,
    {
      ...{ id: `arn:aws:s3:::${EXPORTS}`, name: EXPORTS, type: 'AWS::S3::Bucket', account: account(ACCOUNTS.data) },
      ...{ region: REGION, owner: 'team-data@example.com', environment: 'prod', exposure: 'internal' },
    },
  ],
  ...others,
  ...[1, 2, 3].map((at) => [
    `AKIAEXAMPLE00000000${at}`,
    {
      ...{ type: 'AWS::IAM::AccessKey', account: account(ACCOUNTS.shop), region: 'global', owner: OWNERS[at % 3] },
      createdAt: new Date(Date.UTC(2025 - at, at * 3, 4)).toISOString(),
    },
  ]),
]);

/** With the evidence of its exposure. */
function exposed(asset: Asset): Asset {
  if (asset.exposure.level !== 'internet') return asset;
  const port = asset.name.startsWith('bastion') ? 'tcp/22' : 'tcp/443';
  const reasons = [`sg:sg-0a1b2c3d4e5f60001 ${port} 0.0.0.0/0`, 'route:rtb-0a1b2c3d 0.0.0.0/0 igw-0a1b2c3d'];
  const missing = asset.type.includes('Bucket') ? { missing: ['s3:GetBucketPolicyStatus'] } : {};
  return { ...asset, exposure: { level: 'internet', ports: [port], reasons, ...missing } };
}

const CHANGES: readonly Change['kind'][] = ['created', 'changed', 'exposure_changed', 'owner_changed', 'deleted'];

const ACTOR = { arn: `arn:aws:iam::${ACCOUNTS.shop}:user/alice`, eventName: 'ModifyInstanceAttribute' };

const changeOf = (asset: Asset, at: number, time: Date): Change => ({
  id: `change-${at}`,
  kind: CHANGES[at % CHANGES.length],
  asset: {
    ...{ id: asset.id, type: asset.type, nativeId: asset.nativeId, name: asset.name, region: asset.region },
    account: asset.account,
    ...(asset.owner !== undefined && { owner: asset.owner.value }),
  },
  diff: [{ path: 'exposure.level', from: 'internal', to: asset.exposure.level }],
  ...(CHANGES[at % CHANGES.length] === 'exposure_changed' && {
    exposure: { from: { level: 'internal' as const }, to: asset.exposure },
  }),
  window: { notBefore: new Date(time.getTime() - 600_000).toISOString(), notAfter: time.toISOString() },
  scope: `${asset.account.id}/${asset.region}/${asset.type}`,
  run: 'run',
  ...(at % 3 === 0 && { actor: { ...ACTOR, eventId: `event-${at}`, time: time.toISOString() } }),
});

const CALLS = ['iam:ListRoles', 's3:GetBucketPolicyStatus', 'lambda:ListFunctions', 'rds:DescribeDBInstances'];

const coverageOf = (asset: Asset, at: number): Coverage => ({
  ...{ scope: `${asset.account.id}/${asset.region}/${asset.type}`, account: asset.account.id, region: asset.region },
  ...{ type: asset.type, calls: 1, pages: 1, items: 1, retries: 0, throttles: 0, ms: 12 },
  ...(at % 6 === 5
    ? { status: 'denied', code: 'UnauthorizedOperation', missing: [CALLS[Math.floor(at / 6) % CALLS.length]] }
    : { status: 'ok' }),
});

/** Lines of the inventory's feed: states and, over the incident's hour, changes and coverage. */
export function feed(end: Date): { readonly current: readonly object[]; readonly changes: readonly object[] } {
  const all = Object.entries(ESTATE).map(([name, given]) => exposed(assetOf(name, given)));
  const time = (at: number) => new Date(end.getTime() - ((at * 37) % 58) * 60_000);
  return {
    current: all.map((asset, at) => stateLine(asset, time(at).toISOString(), 'run')),
    changes: all.flatMap((asset, at) => [
      changeLine(changeOf(asset, at, time(at))),
      coverageLine(coverageOf(asset, at), time(at).toISOString(), 'run'),
    ]),
  };
}
