/** Of the dashboard assets: an estate of the demo's three accounts, made up. */
import { most, one, type Row } from './table.ts';

const TYPES: readonly (readonly [string, string, number])[] = [
  ['EC2::Instance', 'web', 14],
  ['EC2::NetworkInterface', 'eni', 31],
  ['S3::Bucket', 'orders', 12],
  ['IAM::Role', 'deploy', 26],
  ['IAM::User', 'dev', 7],
  ['RDS::DBInstance', 'db', 4],
  ['ElasticLoadBalancingV2::LoadBalancer', 'shop', 3],
  ['Lambda::Function', 'report', 18],
  ['EC2::SecurityGroup', 'sg', 22],
];
const ACCOUNTS = ['shop', 'data', 'network'];
const OWNERS = ['team-shop@example.com', 'team-data@example.com', 'platform@example.com', 'nobody'];
const REGIONS = ['ap-northeast-2', 'us-east-1'];

const estate = TYPES.flatMap(([type, name, count]) =>
  Array.from({ length: count }, (_, at) => ({
    type,
    name: `${name}-${at + 1}`,
    owner: OWNERS[(at * 3 + count) % OWNERS.length],
    exposure: exposureOf(type, at),
    account: ACCOUNTS[at % ACCOUNTS.length],
    region: type.startsWith('IAM') ? 'global' : REGIONS[at % 5 === 4 ? 1 : 0],
    ports: 'tcp/443',
  })),
);

function exposureOf(type: string, at: number): string {
  if (/LoadBalancer/.test(type)) return 'internet';
  if (/Instance$|Bucket/.test(type) && at % 6 === 1) return 'internet';
  if (/IAM|SecurityGroup/.test(type)) return 'none';
  return at % 9 === 5 ? 'conditional' : 'internal';
}

export const internetFacing = estate.filter(({ exposure }) => exposure === 'internet');

const KINDS = ['created', 'changed', 'exposure_changed', 'deleted', 'owner_changed'];
const WHAT = ['', 'security.imdsv2', 'exposure.level', '', 'tags.owner'];
const START = Date.UTC(2026, 10, 23, 12);
const changes = Array.from({ length: 34 }, (_, at) => ({
  time: START + at * 2_700_000,
  type: TYPES[at % TYPES.length][0],
  name: `${TYPES[at % TYPES.length][1]}-${(at % 7) + 1}`,
  kind: KINDS[(at * at) % KINDS.length],
  what: WHAT[(at * at) % KINDS.length],
  who: at % 3 === 0 ? 'not known' : 'arn:aws:iam::111122223333:user/alice',
}));

function changesOverTime(): Row[] {
  const hours = 2 * 3_600_000;
  return Array.from({ length: 13 }, (_, at) => {
    const from = START + at * hours;
    const here = changes.filter(({ time }) => time >= from && time < from + hours);
    const split = KINDS.map((kind) => [kind, here.filter((each) => each.kind === kind).length]);
    return { _time: new Date(from).toISOString(), ...Object.fromEntries(split) };
  });
}

const counted = (by: 'type' | 'exposure', limit: number): Row[] => {
  const values = [...new Set(estate.map((each) => each[by]))];
  return most(
    values.map((value) => ({ [by]: value, count: estate.filter((each) => each[by] === value).length })),
    'count',
    limit,
  );
};

export const assetRows = (): Record<string, Row[]> => ({
  total: one(estate.length),
  exposed: one(internetFacing.length),
  ownerless: one(estate.filter(({ owner }) => owner === 'nobody').length),
  changed: one(changes.length),
  types: counted('type', 12),
  exposure: counted('exposure', 5),
  time: changesOverTime(),
  facing: internetFacing.slice(0, 8).map(({ exposure: _, ...rest }) => rest),
  newest: changes
    .toReversed()
    .slice(0, 8)
    .map(({ time, ...rest }) => ({ time: new Date(time).toISOString().slice(0, 16).replace('T', ' '), ...rest })),
});
