/**
 * Route 53: hosted zones and the records in them. Once an account.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html
 */
import {
  GetHostedZoneCommand,
  type HostedZone,
  ListHostedZonesCommand,
  ListQueryLoggingConfigsCommand,
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandInput,
  ListTagsForResourceCommand,
  type QueryLoggingConfig,
  type ResourceRecordSet,
  Route53Client,
  type Tag,
  type VPC,
} from '@aws-sdk/client-route-53';
import { type At, type Declaration, declare, type Listed } from '../discovery/declaration.ts';
import { nested } from '../discovery/list.ts';
import { lastOf, relations, service } from '../discovery/service.ts';

const route53 = service(Route53Client);
const DNS = { class: 'dns', scope: 'global', pack: 'edge' } as const;
const ZONES = 'route53:ListHostedZones';

interface ToldZone extends HostedZone {
  readonly vpcs?: readonly VPC[] | undefined;
  readonly logs?: readonly QueryLoggingConfig[] | undefined;
  readonly tags?: readonly Tag[] | undefined;
}

/** Zones are listed as `/hostedzone/Z1`. */
const idOf = ({ Id }: HostedZone): string => lastOf(Id) ?? '';

const zone = declare<ToldZone>({
  type: 'AWS::Route53::HostedZone',
  ...DNS,
  ...route53.pages({
    action: ZONES,
    page: (Marker) => new ListHostedZonesCommand({ Marker, MaxItems: 100 }),
    read: ({ HostedZones, NextMarker }) => ({ records: HostedZones, next: NextMarker }),
  }),
  details: [
    route53.detail({
      action: 'route53:GetHostedZone',
      fills: ['relationships'],
      when: ({ Config }) => Config?.PrivateZone === true,
      call: (each) => new GetHostedZoneCommand({ Id: idOf(each) }),
      read: ({ VPCs }) => ({ vpcs: VPCs }),
    }),
    route53.detail({
      action: 'route53:ListQueryLoggingConfigs',
      fills: ['security.queryLogging'],
      when: ({ Config }) => Config?.PrivateZone !== true,
      call: (each) => new ListQueryLoggingConfigsCommand({ HostedZoneId: idOf(each) }),
      read: ({ QueryLoggingConfigs = [] }) => ({ logs: QueryLoggingConfigs }),
    }),
    route53.detail({
      action: 'route53:ListTagsForResource',
      fills: ['tags'],
      call: (each) => new ListTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId: idOf(each) }),
      read: ({ ResourceTagSet }) => ({ tags: ResourceTagSet?.Tags }),
    }),
  ],
  asset(each, at) {
    const id = idOf(each);
    return {
      id: at.arn('route53', `hostedzone/${id}`, '', ''),
      nativeId: id,
      name: each.Name,
      tags: each.tags,
      net: { dns: [withoutDot(each.Name)] },
      security: { private: each.Config?.PrivateZone, queryLogging: each.logs && each.logs.length > 0 },
      relationships: [
        ...relations(
          'attached_to',
          each.vpcs?.map(({ VPCId }) => VPCId),
        ),
        ...relations(
          'logs_to',
          each.logs?.map(({ CloudWatchLogsLogGroupArn }) => CloudWatchLogsLogGroupArn),
        ),
      ],
    };
  },
});

const withoutDot = (name: string | undefined): string | undefined => name?.replace(/\.$/, '');

interface ToldRecord extends ResourceRecordSet {
  readonly zone: string;
}

async function zoneIds(at: At, Marker: string | undefined): Promise<Listed<string>> {
  const page = await route53.call(at, ZONES, new ListHostedZonesCommand({ Marker, MaxItems: 100 }));
  return { records: (page.HostedZones ?? []).map(idOf), next: page.NextMarker };
}

type From = Pick<ListResourceRecordSetsCommandInput, 'StartRecordName' | 'StartRecordType' | 'StartRecordIdentifier'>;

/** Three values say where a list of records goes on. */
async function recordsOf(at: At, zone: string, cursor: string | undefined): Promise<Listed<ToldRecord>> {
  const from: From = cursor === undefined ? {} : JSON.parse(cursor);
  const command = new ListResourceRecordSetsCommand({ HostedZoneId: zone, MaxItems: 300, ...from });
  const page = await route53.call(at, 'route53:ListResourceRecordSets', command);
  const next: From = {
    StartRecordName: page.NextRecordName,
    StartRecordType: page.NextRecordType,
    StartRecordIdentifier: page.NextRecordIdentifier,
  };
  return {
    records: (page.ResourceRecordSets ?? []).map((record) => ({ ...record, zone })),
    next: page.IsTruncated ? JSON.stringify(next) : undefined,
  };
}

const record = declare<ToldRecord>({
  type: 'AWS::Route53::RecordSet',
  ...DNS,
  actions: ['route53:ListResourceRecordSets', ZONES],
  list: (at, cursor) =>
    nested(
      cursor,
      (next) => zoneIds(at, next),
      (id, next) => recordsOf(at, id, next),
    ),
  asset(each, at) {
    const { zone, Name = '', Type = '', SetIdentifier, AliasTarget } = each;
    const values = (each.ResourceRecords ?? []).map(({ Value }) => Value);
    const target = withoutDot(AliasTarget?.DNSName);
    const isName = Type === 'CNAME';
    const path = [zone, withoutDot(Name), Type, SetIdentifier].filter((part) => part !== undefined).join('/');
    return {
      id: at.arn('route53', `recordset/${path}`, '', ''),
      idSynthetic: true,
      nativeId: path,
      name: withoutDot(Name),
      net: { dns: [withoutDot(Name)] },
      security: {
        kind: Type,
        ttl: each.TTL,
        alias: target,
        // TXT may hold what services ask for as a proof of ownership
        values: /^(A|AAAA|CNAME|NS|MX|SRV|CAA|PTR)$/.test(Type) ? values : undefined,
      },
      relationships: [
        { type: 'member_of', target: at.arn('route53', `hostedzone/${zone}`, '', '') },
        { type: 'resolves_to', target },
        ...relations('resolves_to', isName ? values.map(withoutDot) : /^A+$/.test(Type) ? values : []),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [zone, record];
