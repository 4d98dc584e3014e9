/**
 * Decides whether an asset can be reached from the internet, with the evidence. In: assets of one account and region, with the
 * names that declaration.ts lists. Each condition that holds is a reason. A condition that could not be read makes the level
 * `unknown`, unless another condition decides anyway.
 */
import { isIP } from 'node:net';
import { type Exposure, isViewOfInstance, type Relationship, type Status } from '../../../shared/asset/model.ts';
import { referencesIn } from '../../../shared/asset/reference.ts';
import { isObject } from '../../../shared/transform/objects/compile.ts';
import { isProof, type Unclassified } from '../state/merge.ts';

const NETWORK = {
  group: ['AWS::EC2::SecurityGroup', 'ec2:DescribeSecurityGroups'],
  table: ['AWS::EC2::RouteTable', 'ec2:DescribeRouteTables'],
  acl: ['AWS::EC2::NetworkAcl', 'ec2:DescribeNetworkAcls'],
} as const;

const ANYWHERE = ['0.0.0.0/0', '::/0'];

/** Assets of one account and region, indexed by the names that others refer to them by. */
export interface Fleet {
  /** By ARN, or by the native id of a type. */
  byId(id: string, type: string): Unclassified | undefined;
  /** The asset that a relationship leads to. */
  target(from: Unclassified, relationship: Relationship): Unclassified | undefined;
  /** Assets of a type that are attached to a subnet or, where none is, the VPC's default. */
  ofSubnet(type: string, subnet: string, vpc: string | undefined): Unclassified | undefined;
  /** Assets that route to it: a load balancer in front. */
  inFrontOf(asset: Unclassified): readonly Unclassified[];
  readonly accountBlock: Unclassified | undefined;
  isKnown(type: string): boolean;
}

export function fleetOf(assets: readonly Unclassified[], statusOf: (type: string) => Status): Fleet {
  const alive = assets.filter(({ state }) => state !== 'deleted');
  const references = referencesIn(alive.filter((asset) => !isViewOfInstance(asset)));
  const bySubnet = new Map<string, Unclassified>();
  const fronts = new Map<string, Unclassified[]>();
  for (const asset of alive) {
    const { type, net, security, relationships } = asset;
    for (const subnet of net.subnets ?? []) bySubnet.set(`${type} ${subnet}`, asset);
    if ((security.main || security.default) && net.vpc) bySubnet.set(`${type} ${net.vpc}`, asset);
    if (security.scheme === undefined) continue;
    for (const { target } of relationships.filter((each) => each.type === 'routes_to')) {
      const name = isIP(target) ? `${net.vpc} ${target}` : target;
      fronts.set(name, [...(fronts.get(name) ?? []), asset]);
    }
  }
  return {
    byId: references.find,
    target: references.target,
    ofSubnet: (type, subnet, vpc) => bySubnet.get(`${type} ${subnet}`) ?? bySubnet.get(`${type} ${vpc}`),
    inFrontOf: ({ id, nativeId, net }) =>
      [id, nativeId, ...(net.private ?? []).map((ip) => `${net.vpc} ${ip}`)].flatMap((name) => fronts.get(name) ?? []),
    accountBlock: alive.find(({ type }) => type === 'AWS::S3::AccountPublicAccessBlock'),
    isKnown: (type) => isProof(statusOf(type)),
  };
}

/** Undefined: the rule does not apply to the asset. */
type Judge = (asset: Unclassified, fleet: Fleet) => Exposure | undefined;

export function exposureOf(asset: Unclassified, fleet: Fleet, before: Exposure | undefined): Exposure {
  const found = JUDGES.map((classify) => classify(asset, fleet)).filter((each) => each !== undefined);
  const worst = found.sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level))[0] ?? { level: 'none' };
  if (worst.level !== 'unknown') return worst;
  const was = before?.level === 'unknown' ? before.was : before?.level;
  return was === undefined ? worst : { ...worst, was };
}

/** From worst to best. */
const ORDER: readonly Exposure['level'][] = ['internet', 'unknown', 'conditional', 'internal', 'none'];

/** By address: a public address, an open security group, a route from the internet, and a network ACL that allows it. */
const byAddress: Judge = (asset, fleet) => {
  const { net, security, type } = asset;
  const isNetwork =
    type.startsWith('AWS::EC2::') && !['AWS::EC2::Instance', 'AWS::EC2::NetworkInterface'].includes(type);
  const subnets = net.subnets ?? [];
  if (isNetwork || subnets.length === 0) return undefined;
  const publicly =
    security.publiclyAccessible === true || security.scheme === 'internet-facing'
      ? ['publicly accessible']
      : [...(net.public ?? []).map((ip) => `public_ip ${ip}`), ...(net.v6 ?? []).map((ip) => `ipv6 ${ip}`)];
  const behind = () => behindFront(asset, fleet);
  if (publicly.length === 0) return behind() ?? { level: 'internal' };
  const missing: string[] = [];
  const check = ([kind, action]: readonly [string, string]) => {
    if (!fleet.isKnown(kind)) missing.push(action);
  };

  const rules = openRules(asset, fleet, check);
  const routes = subnets.flatMap((subnet) => routeFrom(subnet, net.vpc, fleet, check));
  const ports = rules
    .map(({ port }) => port)
    .filter((port) => subnets.some((subnet) => letsPass(subnet, net.vpc, port, fleet, check)));
  const isOpen = ports.length > 0 && routes.length > 0;
  if (!isOpen && missing.length === 0) return behind() ?? { level: 'internal', reasons: publicly };
  if (missing.length > 0 && (rules.length > 0 || missing.includes(NETWORK.group[1])))
    return { level: 'unknown', reasons: publicly, missing: sorted(missing) };
  if (!isOpen) return behind() ?? { level: 'internal', reasons: publicly };
  const reasons = [
    ...publicly,
    ...rules.filter(({ port }) => ports.includes(port)).map(({ reason }) => reason),
    ...routes,
  ];
  return { level: 'internet', ports: sorted(ports), reasons: sorted(reasons) };
};

const sorted = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort();

type UnitPosition = (of: readonly [string, string]) => void;

const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** Security group rules open to anyone. A network load balancer may have no group: then its listeners are open. */
function openRules({ net, security }: Unclassified, fleet: Fleet, check: UnitPosition) {
  const groups = net.sg ?? [];
  if (groups.length === 0 && security.scheme !== undefined)
    return listOf(security.listeners).map((port) => ({ port, reason: `listener ${port}` }));
  check(NETWORK.group);
  return groups.flatMap((id) =>
    listOf(fleet.byId(id, NETWORK.group[0])?.security.ingress)
      .map((rule) => rule.split(' '))
      .filter(([, peer]) => ANYWHERE.includes(peer))
      .map(([port, peer]) => ({ port, reason: `sg:${id} ${port} ${peer}` })),
  );
}

function routeFrom(subnet: string, vpc: string | undefined, fleet: Fleet, check: UnitPosition): string[] {
  check(NETWORK.table);
  const table = fleet.ofSubnet(NETWORK.table[0], subnet, vpc);
  return listOf(table?.security.routes)
    .map((route) => route.split(' '))
    .filter(([to, by, state]) => ANYWHERE.includes(to) && by.startsWith('igw-') && state === undefined)
    .map(([to, by]) => `route:${table?.nativeId} ${to} ${by}`);
}

/** The first ACL entry, by number, that matches everyone and some of these ports decides. */
function letsPass(subnet: string, vpc: string | undefined, port: string, fleet: Fleet, check: UnitPosition): boolean {
  check(NETWORK.acl);
  const acl = fleet.ofSubnet(NETWORK.acl[0], subnet, vpc);
  if (acl === undefined) return fleet.isKnown(NETWORK.acl[0]) === false; // a subnet always has an ACL
  const entries = listOf(acl.security.entries)
    .map((entry) => entry.split(' '))
    .filter(([way, , , , peer]) => way === 'in' && ANYWHERE.includes(peer))
    .sort(([, a], [, b]) => Number(a) - Number(b));
  const allowed = entries.find(([, , action, ports]) => action === 'allow' && overlaps(ports, port));
  if (allowed === undefined) return false;
  const denied = entries.find(([, , action, ports]) => action === 'deny' && covers(ports, port));
  return denied === undefined || Number(denied[1]) > Number(allowed[1]);
}

/** In: `tcp/443`, `tcp/1000-2000`, `icmp`, `all`. */
function rangeOf(ports: string): readonly [protocol: string, from: number, to: number] {
  const [protocol, range = '0-65535'] = ports.split('/');
  const [from, to = from] = range.split('-');
  return [protocol, Number(from), Number(to)];
}

function overlaps(a: string, b: string): boolean {
  const [[protocol, from, to], [other, first, last]] = [rangeOf(a), rangeOf(b)];
  return (protocol === 'all' || other === 'all' || protocol === other) && from <= last && first <= to;
}

function covers(a: string, b: string): boolean {
  const [[protocol, from, to], [other, first, last]] = [rangeOf(a), rangeOf(b)];
  return (protocol === 'all' || protocol === other) && from <= first && last <= to;
}

/** Not reachable itself, but behind something that is. */
function behindFront(asset: Unclassified, fleet: Fleet): Exposure | undefined {
  const fronts = fleet.inFrontOf(asset).filter(({ security }) => security.scheme === 'internet-facing');
  if (fronts.length === 0) return undefined;
  return {
    level: 'conditional',
    ports: sorted(fronts.flatMap(({ security }) => listOf(security.listeners))),
    reasons: sorted(fronts.map(({ id }) => `behind ${id}`)),
  };
}

/** S3: public by policy or ACL, unless a public access block of the bucket or the account prevents it. */
const byBucket: Judge = (asset, fleet) => {
  if (asset.type !== 'AWS::S3::Bucket') return undefined;
  const block = fleet.accountBlock;
  const isSet = (name: string) => asset.security[name] === true || block?.security[name] === true;
  if (isSet('restrictPublicBuckets') && isSet('ignorePublicAcls')) return { level: 'none', reasons: ['blocked'] };
  const reasons = [
    ...(asset.security.policyPublic === true && !isSet('restrictPublicBuckets') ? ['policy for anybody'] : []),
    ...(isSet('ignorePublicAcls')
      ? []
      : listOf(asset.security.acl)
          .filter(isForAnybody)
          .map((acl) => `acl ${acl}`)),
  ];
  const missing = asset.gaps.filter((gap) => /PolicyStatus|Acl/.test(gap)).map(actionOf);
  if (reasons.length > 0) {
    missing.push(...asset.gaps.filter((gap) => /PublicAccessBlock/.test(gap)).map(actionOf));
    if (block === undefined || block.gaps.length > 0) missing.push('s3:GetAccountPublicAccessBlock');
  }
  if (missing.length > 0) return { level: 'unknown', missing: sorted(missing), ...(reasons.length > 0 && { reasons }) };
  return reasons.length > 0 ? { level: 'internet', reasons: sorted(reasons) } : { level: 'none' };
};

const actionOf = (gap: string): string => gap.split(' ')[0];

const isForAnybody = (grant: string): boolean => /groups\/global\/(AllUsers|AuthenticatedUsers)$/.test(grant);

/** By a resource policy with a wildcard principal, or because AWS reports public access. */
const byPolicy: Judge = ({ type, security, gaps }) => {
  if (type === 'AWS::S3::Bucket') return undefined;
  if (security.policyPublic === true || security.public === true) return { level: 'internet', reasons: ['public'] };
  const openness = opennessOf(security.policy);
  if (openness !== undefined) return { level: openness, reasons: ['policy for anybody'] };
  const missing = gaps.filter((gap) => /Polic(y|ies)|Attribute/.test(gap)).map(actionOf);
  return missing.length > 0 ? { level: 'unknown', missing: sorted(missing) } : undefined;
};

/** A statement that allows everyone something; with a condition the exposure depends on the condition. */
function opennessOf(text: unknown): 'internet' | 'conditional' | undefined {
  if (typeof text !== 'string') return undefined;
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    return undefined; // not a resource policy
  }
  const statements = isObject(policy) ? [policy.Statement].flat() : [];
  const open = statements.filter(isObject).filter((each) => each.Effect === 'Allow' && isAnybody(each.Principal));
  if (open.length === 0) return undefined;
  return open.some(({ Condition }) => Condition === undefined) ? 'internet' : 'conditional';
}

const isAnybody = (principal: unknown): boolean =>
  principal === '*' || (isObject(principal) && [principal.AWS].flat().includes('*'));

/** For services whose endpoints AWS puts on the internet. */
const byEndpoint: Judge = ({ type, security, net }) => {
  if (security.urlAuth === 'NONE')
    return { level: 'internet', ports: ['tcp/443'], reasons: ['function url without auth'] };
  if (security.urlAuth !== undefined)
    return { level: 'conditional', ports: ['tcp/443'], reasons: ['function url with auth'] };
  if (security.endpoint === 'private' || security.endpoint === 'vpc') return { level: 'internal' };
  if (security.endpoint !== 'public') return undefined;
  const cidrs = listOf(security.publicCidrs);
  const isOpen = cidrs.length === 0 || cidrs.some((cidr) => ANYWHERE.includes(cidr));
  const reasons = isOpen
    ? [`public endpoint ${net.dns?.[0] ?? type}`]
    : cidrs.map((cidr) => `public endpoint for ${cidr}`);
  return { level: isOpen ? 'internet' : 'conditional', ports: ['tcp/443'], reasons: sorted(reasons) };
};

const JUDGES: readonly Judge[] = [byAddress, byBucket, byPolicy, byEndpoint];
