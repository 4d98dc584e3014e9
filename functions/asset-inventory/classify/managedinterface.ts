/**
 * Finds the resource that a network interface was created for by AWS: the interface's description names it, in a different
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-troubleshooting.html
 */
import type { Relationship } from '../../../shared/asset/model.ts';
import type { Unclassified } from '../state/merge.ts';

/** The resource part of an ARN in the interface's account and region, or a native id. */
type Whose = (
  found: readonly string[],
) => { readonly service: string; readonly resource: string } | { readonly id: string };

const DESCRIPTIONS: readonly (readonly [pattern: RegExp, whose: Whose])[] = [
  [
    /^ELB ((?:app|net|gwy)\/[^/]+\/[0-9a-f]+)$/,
    ([, lb]) => ({ service: 'elasticloadbalancing', resource: `loadbalancer/${lb}` }),
  ],
  [/^ELB ([^/\s]+)$/, ([, name]) => ({ service: 'elasticloadbalancing', resource: `loadbalancer/${name}` })],
  [/^Interface for NAT Gateway (nat-[0-9a-f]+)/, ([, id]) => ({ id })],
  [/^VPC Endpoint (?:GatewayLoadBalancer )?Interface (vpce-[0-9a-f]+)/, ([, id]) => ({ id })],
  [/^EFS mount target for (fs-[0-9a-f]+)/, ([, id]) => ({ id })],
  [
    /^AWS Lambda VPC ENI-(.+)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    ([, name]) => ({ service: 'lambda', resource: `function:${name}` }),
  ],
  [/^Amazon EKS ([\w-]+)$/, ([, name]) => ({ service: 'eks', resource: `cluster/${name}` })],
  [/^aws-K8S-(i-[0-9a-f]+)$/, ([, id]) => ({ id })],
  [/^ElastiCache ([\w-]+)$/, ([, name]) => ({ service: 'elasticache', resource: `cluster:${name}` })],
  [/^ES ([\w-]+)$/, ([, name]) => ({ service: 'es', resource: `domain/${name}` })],
  [/^Network Interface for Transit Gateway Attachment (tgw-attach-[0-9a-f]+)/, ([, id]) => ({ id })],
  [/^Route 53 Resolver: (rslvr-(?:in|out)-[0-9a-f]+)/, ([, id]) => ({ id })],
  [/^ClientVPN Endpoint resource (cvpn-endpoint-[0-9a-f]+)/, ([, id]) => ({ id })],
  [/directory (d-[0-9a-f]+)/, ([, id]) => ({ id })],
  [/^(arn:[^:]+:ecs:\S+:attachment\/\S+)$/, ([, arn]) => ({ id: arn })],
];

/** Undefined: the interface is the account's own, or its description has an unknown form. */
export function managedInterfaceOwner({
  type,
  security,
  partition,
  region,
  account,
}: Unclassified): Relationship | undefined {
  if (type !== 'AWS::EC2::NetworkInterface' || typeof security.description !== 'string') return undefined;
  for (const [pattern, whose] of DESCRIPTIONS) {
    const found = pattern.exec(security.description);
    if (found === null) continue;
    const of = whose(found);
    const target = 'id' in of ? of.id : `arn:${partition}:${of.service}:${region}:${account.id}:${of.resource}`;
    return { type: 'attached_to', target };
  }
  return undefined;
}
