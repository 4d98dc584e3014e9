/**
 * A random network, second by second, and what runs of the inventory see of it: nodes start, stop and end, their addresses are
 * used again at once, and elastic addresses, secondary addresses, prefixes and interfaces move from one to another.
 * The runs go through the inventory's own declarations and merge; `holderAt` is the plain truth.
 */
import type { Instance, NetworkInterface } from '@aws-sdk/client-ec2';
import type { Seen } from '../../../functions/asset-inventory/state/record.ts';
import { declarations } from '../../../functions/asset-inventory/types/ec2.ts';
import { random } from '../../bench/flowlogs.data.ts';
import { observing } from '../../functions/asset-inventory/observed.ts';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';
export const VPC = 'vpc-1';

export type Kind = 'primary' | 'secondary' | 'prefix' | 'public' | 'elastic' | 'interface';

/** Held from `from` until before `to`, in epoch seconds. */
interface Span {
  readonly from: number;
  readonly to: number;
}
export interface Holding extends Span {
  readonly kind: Kind;
  /** An address, the first one of a block of 16, or an interface's id. */
  readonly name: string;
  readonly holder: string;
}
interface Node extends Span {
  readonly id: string;
  readonly own: Interface;
}
interface Used extends Span {
  readonly name: string;
}
interface Attached extends Span {
  readonly node: Node;
}
interface Interface extends Span {
  readonly id: string;
  readonly primary: string;
  readonly attached: Attached[];
  readonly secondary: Used[];
  readonly prefixes: Used[];
  readonly public: (Used & { readonly allocation?: string })[];
}
interface Elastic {
  readonly id: string;
  readonly address: string;
  readonly uses: (Span & { readonly by: Interface })[];
}

export interface Network {
  readonly nodes: readonly Node[];
  readonly interfaces: readonly Interface[];
  readonly elastic: readonly Elastic[];
  readonly holdings: readonly Holding[];
}

export interface Size {
  readonly seed: number;
  /** Epoch seconds. */
  readonly start: number;
  readonly seconds: number;
  readonly nodes: number;
  /** Of elastic addresses, secondary addresses, prefixes and interfaces that move, each. */
  readonly moving: number;
}

/** Nothing comes back to where it was sooner than after this. A look in between is then certain if looks are 15 minutes apart. */
const AWAY_S = 16 * 60;

const arn = (what: string): string => `arn:aws:ec2:${REGION}:${ACCOUNT}:${what}`;
const hex = (n: number): string => n.toString(16).padStart(17, '0');
const isAt = ({ from, to }: Span, time: number): boolean => from <= time && time < to;
const overlaps = (a: Span, b: Span): boolean => a.from < b.to && b.from < a.to;

/** Gives back the address that was released last, a minute after its release. */
function pool(name: (n: number) => string) {
  const free: { name: string; from: number }[] = [];
  let made = 0;
  return {
    take(time: number): string {
      const at = free.findLastIndex(({ from }) => from <= time);
      return at < 0 ? name(made++) : free.splice(at, 1)[0].name;
    },
    release: (text: string, time: number) => free.push({ name: text, from: time + 60 }),
  };
}

export function network({ seed, start, seconds, nodes: count, moving }: Size): Network {
  const next = random(seed);
  const between = (from: number, to: number) => Math.floor(from + next() * (to - from));
  const end = start + seconds;
  const inside = pool((n) => `10.0.${n >> 8}.${n & 255}`);
  const outside = pool((n) => `203.0.113.${n}`);
  const interfaces: Interface[] = [];
  const born = (primary: string, span: Span): Interface => {
    const made = { ...span, id: `eni-${hex(interfaces.length + 1)}`, primary };
    const all = { attached: [], secondary: [], prefixes: [], public: [] };
    interfaces.push({ ...made, ...all });
    return interfaces.at(-1)!;
  };
  const nodes: Node[] = [];
  const ends: { time: number; run: () => void }[] = [];
  for (const from of Array.from({ length: count }, () => between(start - 3600, end)).sort((a, b) => a - b)) {
    for (const each of ends.splice(0).sort((a, b) => a.time - b.time)) each.time <= from ? each.run() : ends.push(each);
    const to = from + Math.floor(300 + -Math.log(1 - next()) * 5 * 3600);
    const primary = inside.take(from);
    const own = born(primary, { from, to });
    const node: Node = { id: `i-${hex(nodes.length + 1)}`, from, to, own };
    own.attached.push({ node, from, to });
    nodes.push(node);
    ends.push({ time: to, run: () => inside.release(primary, to) });
    if (next() < 0.5) continue;
    // a stopped node has another public address when it starts again
    const stop = next() < 0.3 ? between(from + 120, to) : to;
    const first = outside.take(from);
    own.public.push({ name: first, from, to: stop });
    ends.push({ time: stop, run: () => outside.release(first, stop) });
  }
  const isPrivate = ({ own }: Node) => own.public.length === 0;
  /** Goes from node to node. */
  const move = (of: (node: Node) => Span[], use: (node: Node, span: Span) => void) => {
    const last = new Map<Node, number>();
    let at = start + between(0, 7200);
    while (at < end) {
      const to = at + between(120, next() < 0.5 ? 3600 : 8 * 3600);
      const span = { from: at, to };
      const fit = nodes.filter(
        (node) =>
          node.from <= at &&
          to < node.to &&
          isPrivate(node) &&
          !of(node).some((each) => overlaps(each, span)) &&
          (last.get(node) ?? 0) + AWAY_S < at,
      );
      if (fit.length > 0) {
        const node = fit[between(0, fit.length)];
        use(node, span);
        last.set(node, to);
        at = to;
      }
      at += next() < 0.5 ? between(1, 20) : between(60, 3600);
    }
  };
  const elastic: Elastic[] = [];
  const both = (node: Node): Span[] => elastic.flatMap(({ uses }) => uses.filter(({ by }) => by === node.own));
  for (let n = 0; n < moving; n++) {
    const eip: Elastic = { id: `eipalloc-${hex(n + 1)}`, address: `198.51.100.${n}`, uses: [] };
    elastic.push(eip);
    move(both, (node, span) => eip.uses.push({ ...span, by: node.own }));
    move(
      () => [],
      (node, span) => node.own.secondary.push({ name: `10.0.200.${n}`, ...span }),
    );
    move(
      () => [],
      (node, span) => node.own.prefixes.push({ name: `10.0.${210 + (n >> 4)}.${(n & 15) * 16}`, ...span }),
    );
    const card = born(`10.0.220.${n}`, { from: start - 3600, to: end + 86_400 });
    move(
      () => [],
      (node, span) => card.attached.push({ node, ...span }),
    );
  }
  for (const { id, address, uses } of elastic)
    for (const { by, ...span } of uses) by.public.push({ name: address, allocation: id, ...span });
  return {
    nodes,
    interfaces,
    elastic,
    holdings: holdingsOf(interfaces, elastic, { from: start - 3600, to: end + 86_400 }),
  };
}

/** Who is meant: the node that the interface is attached to, else the interface. */
function holdingsOf(interfaces: readonly Interface[], elastic: readonly Elastic[], all: Span): readonly Holding[] {
  const holdings: Holding[] = [];
  const add = (kind: Kind, name: string, of: Interface, span: Span) => {
    const parts = of.attached.filter((each) => overlaps(each, span)).sort((a, b) => a.from - b.from);
    let at = span.from;
    for (const { node, from, to } of parts) {
      if (at < from) holdings.push({ kind, name, holder: arn(`network-interface/${of.id}`), from: at, to: from });
      at = Math.min(to, span.to);
      holdings.push({ kind, name, holder: arn(`instance/${node.id}`), from: Math.max(from, span.from), to: at });
    }
    if (at < span.to) holdings.push({ kind, name, holder: arn(`network-interface/${of.id}`), from: at, to: span.to });
  };
  for (const each of interfaces) {
    add('interface', each.id, each, each);
    add('primary', each.primary, each, each);
    for (const used of each.secondary) add('secondary', used.name, each, used);
    for (const used of each.prefixes) add('prefix', used.name, each, used);
    for (const used of each.public) add(used.allocation ? 'elastic' : 'public', used.name, each, used);
  }
  for (const { id, address, uses } of elastic) {
    let at = all.from;
    for (const { from, to } of [...uses.toSorted((a, b) => a.from - b.from), { from: all.to, to: all.to }]) {
      if (at < from)
        holdings.push({ kind: 'elastic', name: address, holder: arn(`elastic-ip/${id}`), from: at, to: from });
      at = to;
    }
  }
  return holdings;
}

const date = (seconds: number): Date => new Date(seconds * 1000);

/** As `DescribeNetworkInterfaces` answers at a time. */
function describedInterface(each: Interface, time: number): NetworkInterface {
  const attached = each.attached.find((span) => isAt(span, time));
  const open = each.public.find((span) => isAt(span, time));
  const Association = open && { PublicIp: open.name, ...(open.allocation && { AllocationId: open.allocation }) };
  const others = each.secondary.filter((span) => isAt(span, time)).map(({ name }) => ({ PrivateIpAddress: name }));
  return {
    NetworkInterfaceId: each.id,
    OwnerId: ACCOUNT,
    VpcId: VPC,
    PrivateIpAddress: each.primary,
    PrivateIpAddresses: [{ PrivateIpAddress: each.primary, Primary: true, Association }, ...others],
    Ipv4Prefixes: each.prefixes.filter((span) => isAt(span, time)).map(({ name }) => ({ Ipv4Prefix: `${name}/28` })),
    Association,
    Status: attached ? 'in-use' : 'available',
    ...(attached && { Attachment: { InstanceId: attached.node.id, AttachTime: date(attached.from) } }),
  };
}

/** As `DescribeInstances` answers at a time. */
function describedInstance(node: Node, { interfaces }: Network, time: number): Instance & { OwnerId: string } {
  const own = interfaces.filter(({ attached }) => attached.some((each) => each.node === node && isAt(each, time)));
  const NetworkInterfaces = own.map((each) => describedInterface(each, time)) as Instance['NetworkInterfaces'];
  const open = node.own.public.find((span) => isAt(span, time));
  return {
    InstanceId: node.id,
    OwnerId: ACCOUNT,
    VpcId: VPC,
    PrivateIpAddress: node.own.primary,
    ...(open && { PublicIpAddress: open.name }),
    NetworkInterfaces,
    State: { Name: 'running' },
  };
}

const observed = observing(declarations, ACCOUNT, REGION);

export interface Look extends Span {
  readonly type: string;
  readonly seen: readonly Seen[];
}

/** What a run that starts at `time` sees: each record is read at some second of its look. */
export function looksAt(network: Network, time: number, next: () => number): readonly Look[] {
  const look = <T extends Span>(
    type: string,
    all: readonly T[],
    first: number,
    last: number,
    read: (of: T, at: number) => unknown,
  ) => {
    const moment = () => Math.floor(time + first + next() * (last - first + 1));
    const seen = all.map((each) => [each, moment()] as const).filter(([each, at]) => isAt(each, at));
    return {
      type,
      from: time + first,
      to: time + last,
      seen: seen.map(([each, at]) => observed(type, read(each, at))),
    };
  };
  const { nodes, interfaces, elastic } = network;
  const always = elastic.map((each) => ({ ...each, from: 0, to: Number.POSITIVE_INFINITY }));
  return [
    look('AWS::EC2::EIP', always, 3, 20, ({ id, address, uses }, at) => {
      const by = uses.find((each) => isAt(each, at))?.by;
      const inside = by && { NetworkInterfaceId: by.id, PrivateIpAddress: by.primary, AssociationId: `eipassoc-${id}` };
      return { AllocationId: id, PublicIp: address, ...inside };
    }),
    look('AWS::EC2::NetworkInterface', interfaces, 5, 35, describedInterface),
    look('AWS::EC2::Instance', nodes, 30, 60, (node, at) => describedInstance(node, network, at)),
  ];
}
