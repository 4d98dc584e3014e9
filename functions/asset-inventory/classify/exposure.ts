/**
 * Whether an asset can be reached from the internet, and the evidence for it. In: assets of one account and region, by the
 * names that declaration.ts lists. Each condition that holds is a reason; one that could not be looked at makes the level
 * `unknown`, unless another condition settles it anyway.
 */
import type { Exposure, Status } from '../../../shared/asset/model.ts';
import { isObject } from '../../../shared/transform/json.ts';
import { isProof, type Unjudged } from '../state/merge.ts';

const NETWORK = {
  group: ['AWS::EC2::SecurityGroup', 'ec2:DescribeSecurityGroups'],
  table: ['AWS::EC2::RouteTable', 'ec2:DescribeRouteTables'],
  acl: ['AWS::EC2::NetworkAcl', 'ec2:DescribeNetworkAcls'],
} as const;

const ANYWHERE = ['0.0.0.0/0', '::/0'];

/** Assets of one account and region, found by what others call them. */
export interface Estate {
  byId(id: string | undefined): Unjudged | undefined;
  /** Of a type, those that stand in a subnet or, where none says so, the VPC's own. */
  ofSubnet(type: string, subnet: string, vpc: string | undefined): Unjudged | undefined;
  /** What has a route to it: a load balancer in front. */
  inFrontOf(asset: Unjudged): readonly Unjudged[];
  readonly accountBlock: Unjudged | undefined;
  isKnown(type: string): boolean;
}

export function estateOf(assets: readonly Unjudged[], statusOf: (type: string) => Status): Estate {
  const alive = assets.filter(({ state }) => state !== 'deleted');
  const byId = new Map(alive.flatMap((asset) => [asset.id, asset.nativeId].map((id) => [id, asset])));
  const bySubnet = new Map<string, Unjudged>();
  const fronts = new Map<string, Unjudged[]>();
  for (const asset of alive) {
    const { type, net, security, relationships } = asset;
    for (const subnet of net.subnets ?? []) bySubnet.set(`${type} ${subnet}`, asset);
    if ((security.main || security.default) && net.vpc) bySubnet.set(`${type} ${net.vpc}`, asset);
    if (security.scheme === undefined) continue;
    for (const { target } of relationships.filter((each) => each.type === 'routes_to')) {
      fronts.set(target, [...(fronts.get(target) ?? []), asset]);
    }
  }
  return {
    byId: (id) => (id === undefined ? undefined : byId.get(id)),
    ofSubnet: (type, subnet, vpc) => bySubnet.get(`${type} ${subnet}`) ?? bySubnet.get(`${type} ${vpc}`),
    inFrontOf: ({ id, nativeId, net }) =>
      [id, nativeId, ...(net.private ?? [])].flatMap((name) => fronts.get(name) ?? []),
    accountBlock: alive.find(({ type }) => type === 'AWS::S3::AccountPublicAccessBlock'),
    isKnown: (type) => isProof(statusOf(type)),
  };
}

/** Undefined: the rule has nothing to say of such an asset. */
type Judge = (asset: Unjudged, estate: Estate) => Exposure | undefined;

export function exposureOf(asset: Unjudged, estate: Estate, before: Exposure | undefined): Exposure {
  const found = JUDGES.map((judge) => judge(asset, estate)).filter((each) => each !== undefined);
  const worst = found.sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level))[0] ?? { level: 'none' };
  if (worst.level !== 'unknown') return worst;
  const was = before?.level === 'unknown' ? before.was : before?.level;
  return was === undefined ? worst : { ...worst, was };
}

/** The worst first. */
const ORDER: readonly Exposure['level'][] = ['internet', 'unknown', 'conditional', 'internal', 'none'];

/** By its address: a public one, a group that lets anybody in, a route from the internet, and a network ACL that lets it pass. */
const byAddress: Judge = (asset, estate) => {
  const { net, security, type } = asset;
  const isNetwork =
    type.startsWith('AWS::EC2::') && !['AWS::EC2::Instance', 'AWS::EC2::NetworkInterface'].includes(type);
  const subnets = net.subnets ?? [];
  if (isNetwork || subnets.length === 0) return undefined;
  const publicly =
    security.publiclyAccessible === true || security.scheme === 'internet-facing'
      ? ['publicly accessible']
      : [...(net.public ?? []).map((ip) => `public_ip ${ip}`), ...(net.v6 ?? []).map((ip) => `ipv6 ${ip}`)];
  const behind = () => behindFront(asset, estate);
  if (publicly.length === 0) return behind() ?? { level: 'internal' };
  const missing: string[] = [];
  const look = ([kind, action]: readonly [string, string]) => {
    if (!estate.isKnown(kind)) missing.push(action);
  };

  const rules = openRules(asset, estate, look);
  const routes = subnets.flatMap((subnet) => routeFrom(subnet, net.vpc, estate, look));
  const ports = rules
    .map(({ port }) => port)
    .filter((port) => subnets.some((subnet) => letsPass(subnet, net.vpc, port, estate, look)));
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

type Look = (of: readonly [string, string]) => void;

const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** Rules that let in whoever comes. A network load balancer may have no group: then its listeners are open. */
function openRules({ net, security }: Unjudged, estate: Estate, look: Look) {
  const groups = net.sg ?? [];
  if (groups.length === 0 && security.scheme !== undefined)
    return listOf(security.listeners).map((port) => ({ port, reason: `listener ${port}` }));
  look(NETWORK.group);
  return groups.flatMap((id) =>
    listOf(estate.byId(id)?.security.ingress)
      .map((rule) => rule.split(' '))
      .filter(([, peer]) => ANYWHERE.includes(peer))
      .map(([port, peer]) => ({ port, reason: `sg:${id} ${port} ${peer}` })),
  );
}

function routeFrom(subnet: string, vpc: string | undefined, estate: Estate, look: Look): string[] {
  look(NETWORK.table);
  const table = estate.ofSubnet(NETWORK.table[0], subnet, vpc);
  return listOf(table?.security.routes)
    .map((route) => route.split(' '))
    .filter(([to, by, state]) => ANYWHERE.includes(to) && by.startsWith('igw-') && state === undefined)
    .map(([to, by]) => `route:${table?.nativeId} ${to} ${by}`);
}

/** The first entry, by its number, that is for anybody and for some of these ports decides. */
function letsPass(subnet: string, vpc: string | undefined, port: string, estate: Estate, look: Look): boolean {
  look(NETWORK.acl);
  const acl = estate.ofSubnet(NETWORK.acl[0], subnet, vpc);
  if (acl === undefined) return estate.isKnown(NETWORK.acl[0]) === false; // a subnet always has one
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

/** It has no way in of its own, but something with one sends on to it. */
function behindFront(asset: Unjudged, estate: Estate): Exposure | undefined {
  const fronts = estate.inFrontOf(asset).filter(({ security }) => security.scheme === 'internet-facing');
  if (fronts.length === 0) return undefined;
  return {
    level: 'conditional',
    ports: sorted(fronts.flatMap(({ security }) => listOf(security.listeners))),
    reasons: sorted(fronts.map(({ id }) => `behind ${id}`)),
  };
}

/** S3: what anybody may read by policy or ACL, unless the bucket's or the account's block is in the way. */
const byBucket: Judge = (asset, estate) => {
  if (asset.type !== 'AWS::S3::Bucket') return undefined;
  const block = estate.accountBlock;
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

/** By a policy that names nobody, or AWS's own word that it is public. */
const byPolicy: Judge = ({ type, security, gaps }) => {
  if (type === 'AWS::S3::Bucket') return undefined;
  if (security.policyPublic === true || security.public === true) return { level: 'internet', reasons: ['public'] };
  const openness = opennessOf(security.policy);
  if (openness !== undefined) return { level: openness, reasons: ['policy for anybody'] };
  const missing = gaps.filter((gap) => /Polic(y|ies)|Attribute/.test(gap)).map(actionOf);
  return missing.length > 0 ? { level: 'unknown', missing: sorted(missing) } : undefined;
};

/** A statement that allows everybody something; with a condition it depends on that. */
function opennessOf(text: unknown): 'internet' | 'conditional' | undefined {
  if (typeof text !== 'string') return undefined;
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    return undefined; // no policy of AWS, whatever it is
  }
  const statements = isObject(policy) ? [policy.Statement].flat() : [];
  const open = statements.filter(isObject).filter((each) => each.Effect === 'Allow' && isAnybody(each.Principal));
  if (open.length === 0) return undefined;
  return open.some(({ Condition }) => Condition === undefined) ? 'internet' : 'conditional';
}

const isAnybody = (principal: unknown): boolean =>
  principal === '*' || (isObject(principal) && [principal.AWS].flat().includes('*'));

/** Of what AWS itself has on the internet. */
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
