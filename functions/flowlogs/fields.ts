/**
 * VPC and transit gateway flow logs → ECS. Rows: [target, column(s), cast?]. Every column that no row names is kept as
 * `aws.vpcflow.<name>`, so a version of the log that is not known yet loses nothing.
 * What repeats another field is left out, since it would be a third of what a document costs: `network.bytes`,
 * `network.packets`, `event.end`, `network.community_id`. `flowlogsFields` brings each back: docs/explanation/sizing.md
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html#flow-log-records
 */

import { PROTOCOLS } from '../../shared/table/protocols.ts';
import { TCP_FLAGS } from '../../shared/table/tcpflags.ts';
import type { Field } from '../../shared/transform/rows.ts';

// ECS's allowed event.type values for category network
const STATUS = { OK: 'connection', NODATA: 'info', SKIPDATA: 'info' };
const ACTION = { ACCEPT: 'allowed', REJECT: 'denied' };

export const FIELDS: readonly Field[] = [
  ['@timestamp', ['end', 'start'], 'seconds'],
  ['ecs.version', [], { constant: '9.4.0' }],
  ['event.kind', [], { constant: 'event' }],
  ['event.category', [], { constant: ['network'] }],
  ['event.type', ['log-status', 'action'], { tables: [STATUS, ACTION] }],
  ['event.dataset', [], { constant: 'aws.vpcflow' }],
  ['event.action', 'action', { table: { ACCEPT: 'accept', REJECT: 'reject' } }],
  ['event.outcome', 'action', { table: { ACCEPT: 'success', REJECT: 'failure' }, strict: true }],
  ['event.reason', 'reject-reason'],
  ['event.start', 'start', 'seconds'],

  ['cloud.provider', [], { constant: 'aws' }],
  ['cloud.account.id', 'account-id', { table: { unknown: null } }],
  ['cloud.region', 'region'],
  ['cloud.availability_zone', 'az-id'],
  ['cloud.instance.id', 'instance-id'],

  ['source.ip', 'srcaddr', 'geo'],
  ['source.port', 'srcport', 'port'],
  ['source.bytes', 'bytes', 'int'],
  ['source.packets', 'packets', 'int'],
  ['destination.ip', 'dstaddr', 'geo'],
  ['destination.port', 'dstport', 'port'],

  ['network.iana_number', 'protocol'],
  ['network.transport', 'protocol', { table: PROTOCOLS, strict: true }],
  ['network.type', ['srcaddr'], 'family'],
  ['network.direction', 'flow-direction'],

  ['related.ip', ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'], 'ips'],

  ['aws.vpcflow.version', 'version'],
  ['aws.vpcflow.log_status', 'log-status'],
  ['aws.vpcflow.type', 'type'],
  ['aws.vpcflow.pkt_srcaddr', ['pkt-srcaddr', 'srcaddr'], 'differing'],
  ['aws.vpcflow.pkt_dstaddr', ['pkt-dstaddr', 'dstaddr'], 'differing'],
  ['aws.vpcflow.tcp_flags', 'tcp-flags', 'int'],
  ['aws.vpcflow.tcp_flags_array', 'tcp-flags', { table: TCP_FLAGS, strict: true }],
  ['aws.vpcflow.traffic_path', 'traffic-path', 'int'],
  ['aws.vpcflow.packets_lost_no_route', 'packets-lost-no-route', 'int'],
  ['aws.vpcflow.packets_lost_blackhole', 'packets-lost-blackhole', 'int'],
  ['aws.vpcflow.packets_lost_mtu_exceeded', 'packets-lost-mtu-exceeded', 'int'],
  ['aws.vpcflow.packets_lost_ttl_expired', 'packets-lost-ttl-expired', 'int'],
];

const VERSIONS: Readonly<Record<string, string>> = {
  v2: 'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
  v3: 'vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr',
  v4: 'region az-id sublocation-type sublocation-id',
  v5: 'pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path',
  v7: 'ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id',
  v8: 'reject-reason',
  v10: 'resource-id encryption-status',
  tgw: 'resource-type tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired',
};

/** The columns that AWS has named so far: a line of mostly these is a header. */
export const NAMES: ReadonlySet<string> = new Set(Object.values(VERSIONS).flatMap((names) => names.split(' ')));

/** The default format of VPC flow logs. */
export const DEFAULT_FORMAT: readonly string[] = VERSIONS.v2.split(' ');

/** The format of transit gateway flow logs, in AWS's order. https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html */
export const TGW_FORMAT: readonly string[] = [
  'version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id',
  'tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id',
  'tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type',
  'packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region',
  'flow-direction pkt-src-aws-service pkt-dst-aws-service',
].flatMap((names) => names.split(' '));
