/**
 * Log sources, as Sigma names them: where their events are in both products, and what their fields are called there.
 * A row is data. Raw names are AWS's own, those of the record (of a finding: of the finding, not of the event around it).
 */
import { CHANGE_FIELDS, COVERAGE_FIELDS, STATE_FIELDS } from '../../functions/asset-inventory/fields.ts';
import { FIELDS as CLOUDTRAIL } from '../../functions/cloudtrail/fields.ts';
import { FIELDS as DNS } from '../../functions/dns/fields.ts';
import { FIELDS as FLOWLOGS, NAMES } from '../../functions/flowlogs/fields.ts';
import { FIELDS as GUARDDUTY } from '../../functions/guardduty/fields.ts';
import { FIELDS as INSPECTOR } from '../../functions/inspector/fields.ts';
import { FIELDS as INTEGRITY } from '../../functions/integrity/fields.ts';
import { FIELDS as MACIE } from '../../functions/macie/fields.ts';
import { FIELDS as NETWORKFIREWALL } from '../../functions/networkfirewall/fields.ts';
import { FIELDS as S3ACCESS } from '../../functions/s3access/fields.ts';
import { ASFF_FIELDS } from '../../functions/securityhub/fields.ts';
import { FIELDS as WAF } from '../../functions/waf/fields.ts';
import type { SourceName } from '../../shared/sources.ts';
import { ENRICHED_ASSET } from './enriched.ts';
import type { Row } from './fieldmap.ts';

export interface Renamed {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
}

export interface Place {
  readonly product: string;
  readonly service: string;
  /** The source whose Lambda brings it. */
  readonly source: SourceName;
  readonly index: string;
  /** Name of the index template. */
  readonly template: string;
  /** What distinguishes its documents from others in the same index. */
  readonly filter?: object;
  readonly rows: readonly Row[];
  /** Raw names of what a source computes. */
  readonly others?: Readonly<Record<string, string>>;
  /** Fields that are ours and not AWS's, by their beginnings. */
  readonly enriched: readonly string[];
  /** Raw fields that distinguish two alerts: every record has them. */
  readonly per: readonly string[];
  /** Raw fields that an alert shows beside the rule's own. */
  readonly fields: readonly string[];
  /** A field whose CIDR blocks are asked for in another one. */
  readonly address?: Readonly<Record<string, string>>;
  /** Raw names that are compared with other fields in a field of their own. */
  readonly comparable?: Readonly<Record<string, string>>;
  /** Raw names whose values end in a dot that nobody writes. */
  readonly dotted?: readonly string[];
  readonly splunk: {
    readonly sourcetype: string;
    /** The macro of the app that says in which index they are: `bongsu_index_<name>`. */
    readonly index: 'cloudtrail' | 'network' | 'waf' | 'findings' | 'assets';
    /** Raw names that are called otherwise, since CIM's names are theirs: the name, and values that differ. */
    readonly names?: Readonly<Record<string, string | Renamed>>;
    /** What stands in a column without a value. */
    readonly absent?: string;
    /** Of the record in Splunk's event: `detail.`. */
    readonly prefix?: string;
    /** Raw paths of lists: Splunk names what is in them `path{}`. */
    readonly lists?: readonly string[];
    /** Where Splunk finds the id of an asset: by the prefix of enriched fields. */
    readonly assets?: Readonly<Record<string, string>>;
    /** The raw field with the address that `source.geo` and `source.as` are about. */
    readonly address?: string;
  };
}

const FINDINGS = { index: 'aws-findings-history-*', template: 'aws-findings-history' } as const;
const CHANGES = { index: 'aws-assets-changes-*', template: 'aws-assets-changes', source: 'asset-inventory' } as const;
const dataset = (name: string) => ({ term: { 'event.dataset': name } });
const action = (name: string) => ({ term: { 'event.action': name } });

/** Columns that no row names are kept under their own name. */
const unnamed = (rows: readonly Row[], names: ReadonlySet<string>): Row[] => {
  const named = new Set(rows.flatMap(([, paths]) => paths ?? []));
  return [...names]
    .filter((name) => !named.has(name))
    .map((name) => [`aws.vpcflow.${name.replaceAll('-', '_')}`, name]);
};

const PRINCIPAL = "'userIdentity.sessionContext.sessionIssuer.arn', 'userIdentity.arn'";
const PERMISSIONS = 'requestParameters.ipPermissions.items';

/** Sigma's names for values of Windows events → documents, whether Winlogbeat's modules moved them or not. */
const EVENTLOG: Readonly<Record<string, string>> = {
  EventID: 'winlog.event_id',
  Channel: 'winlog.channel',
  Computer: 'host.name',
  EventRecordID: 'winlog.record_id',
  Image: 'process.executable',
  CommandLine: 'process.command_line',
  IpAddress: 'source.ip',
  ServiceName: 'service.name',
  TargetObject: 'registry.path',
  ...Object.fromEntries(
    [
      'Details',
      'GrantedAccess',
      'ImagePath',
      'PreAuthType',
      'SourceImage',
      'Status',
      'SubjectUserName',
      'TargetImage',
      'TargetUserName',
      'TaskContent',
      'TaskName',
      'TicketEncryptionType',
      'Type',
    ].map((name) => [name, `winlog.event_data.${name}`]),
  ),
};

export const PLACES: readonly Place[] = [
  {
    product: 'aws',
    service: 'cloudtrail',
    source: 'cloudtrail',
    index: 'aws-cloudtrail-*',
    template: 'aws-cloudtrail',
    rows: CLOUDTRAIL,
    others: { 'resources.ARN': 'aws.cloudtrail.resources.arn', 'resources.type': 'aws.cloudtrail.resources.type' },
    enriched: ['asset.', 'user.asset.', 'source.asset.', 'source.geo.', 'source.as.', 'threat.'],
    per: ['eventID', 'recipientAccountId', 'awsRegion', 'eventName'],
    fields: ['eventName', 'errorCode', 'userIdentity.arn', 'sourceIPAddress', 'userAgent', 'awsRegion'],
    address: { sourceIPAddress: 'source.ip' },
    comparable: { 'requestParameters.userName': 'user.target.name' },
    splunk: {
      sourcetype: 'aws:cloudtrail',
      index: 'cloudtrail',
      lists: [
        'resources',
        PERMISSIONS,
        `${PERMISSIONS}.ipRanges.items`,
        `${PERMISSIONS}.ipv6Ranges.items`,
        'requestParameters.layers',
        'requestParameters.containerDefinitions',
        'requestParameters.containerDefinitions.command',
        'requestParameters.createVolumePermission.add.items',
        'requestParameters.launchPermission.add.items',
        'requestParameters.valuesToAdd',
        'requestParameters.instancesSet.items',
        'requestParameters.delete.objects',
        'requestParameters.dBSnapshotAttribute.attributeValues',
        'requestParameters.tagging.tagSet',
        'requestParameters.userGroups',
        'requestParameters.eventSelectors',
        'requestParameters.accessControlPolicy.AccessControlList.Grant',
        'requestParameters.bucketPolicy.Statement',
        'requestParameters.targets',
      ],
      assets: {
        asset: `coalesce(mvindex('resources{}.ARN', 0), ${PRINCIPAL})`,
        'user.asset': `coalesce(${PRINCIPAL})`,
        'source.asset': 'sourceIPAddress',
      },
      address: 'sourceIPAddress',
    },
  },
  {
    product: 'aws',
    service: 'vpcflow',
    source: 'flowlogs',
    index: 'aws-flowlogs-*',
    template: 'aws-flowlogs',
    rows: [...FLOWLOGS, ...unnamed(FLOWLOGS, NAMES)],
    enriched: [
      'source.asset.',
      'destination.asset.',
      'source.geo.',
      'source.as.',
      'destination.geo.',
      'destination.as.',
      'threat.',
    ],
    per: ['account-id', 'srcaddr', 'dstaddr'],
    fields: ['srcaddr', 'srcport', 'dstaddr', 'dstport', 'protocol', 'action', 'bytes'],
    splunk: {
      sourcetype: 'aws:cloudwatchlogs:vpcflow',
      index: 'network',
      names: {
        srcaddr: 'src_ip',
        dstaddr: 'dest_ip',
        srcport: 'src_port',
        dstport: 'dest_port',
        action: 'vpcflow_action',
        protocol: 'protocol_number',
        'account-id': 'vendor_account',
        'flow-direction': { name: 'direction', values: { ingress: 'inbound', egress: 'outbound' } },
        'vpc-id': 'vpc_id',
        'interface-id': 'interface_id',
      },
      assets: { 'source.asset': 'src_ip', 'destination.asset': 'dest_ip' },
      address: 'src_ip',
    },
  },
  {
    product: 'aws',
    service: 'route53resolver',
    source: 'dns',
    index: 'aws-dns-*',
    template: 'aws-dns',
    rows: DNS,
    others: { srcaddr: 'source.ip' },
    enriched: ['source.asset.', 'threat.'],
    per: ['account_id', 'vpc_id', 'srcaddr', 'query_name'],
    fields: ['query_name', 'query_type', 'rcode', 'srcaddr', 'srcids.instance', 'firewall_rule_action'],
    dotted: ['query_name'],
    splunk: {
      sourcetype: 'aws:route53',
      index: 'network',
      names: { query_type: 'record_type' },
      assets: { 'source.asset': 'srcaddr' },
    },
  },
  {
    product: 'aws',
    service: 'waf',
    source: 'waf',
    index: 'aws-waf-*',
    template: 'aws-waf',
    rows: WAF,
    others: {
      webaclId: 'aws.waf.web_acl.arn',
      'httpRequest.clientIp': 'source.ip',
      'labels.name': 'aws.waf.labels',
    },
    enriched: ['source.geo.', 'source.as.', 'asset.', 'threat.'],
    per: ['webaclId', 'httpRequest.clientIp', 'terminatingRuleId'],
    fields: ['action', 'terminatingRuleId', 'httpRequest.clientIp', 'httpRequest.uri', 'httpRequest.httpMethod'],
    splunk: {
      sourcetype: 'aws:waf',
      index: 'waf',
      names: { action: { name: 'action', values: { block: 'blocked', allow: 'allowed' } } },
      lists: ['labels', 'httpRequest.headers'],
      address: 'httpRequest.clientIp',
    },
  },
  {
    product: 'aws',
    service: 'networkfirewall',
    source: 'networkfirewall',
    index: 'aws-networkfirewall-*',
    template: 'aws-networkfirewall',
    rows: NETWORKFIREWALL,
    others: {
      'event.event_type': 'aws.networkfirewall.event_type',
      'event.alert.severity': 'aws.networkfirewall.alert_severity',
      'event.alert.action': 'event.action',
      'event.src_ip': 'source.ip',
      'event.dest_ip': 'destination.ip',
      'event.tls.sni': 'tls.client.server_name',
      'event.dns.query.rrname': 'dns.question.name',
    },
    enriched: ['source.asset.', 'destination.asset.', 'source.geo.', 'source.as.', 'threat.'],
    per: ['firewall_name', 'event.src_ip', 'event.dest_ip'],
    fields: ['event.alert.signature', 'event.alert.action', 'event.src_ip', 'event.dest_ip', 'event.dest_port'],
    splunk: {
      sourcetype: 'aws:networkfirewall',
      index: 'network',
      lists: ['event.dns.query'],
      assets: { 'source.asset': "'event.src_ip'", 'destination.asset': "'event.dest_ip'" },
      address: 'event.src_ip',
    },
  },
  {
    product: 'aws',
    service: 's3access',
    source: 's3access',
    index: 'aws-s3access-*',
    template: 'aws-s3access',
    rows: S3ACCESS,
    others: {
      remote_ip: 'source.ip',
      requester: 'user.id',
      host_header: 'url.domain',
      status: 'http.response.status_code',
    },
    enriched: ['source.geo.', 'source.as.', 'asset.', 'source.asset.', 'threat.'],
    per: ['bucket', 'remote_ip', 'operation'],
    fields: ['bucket', 'key', 'operation', 'requester', 'remote_ip', 'status', 'error_code', 'user_agent'],
    splunk: {
      sourcetype: 'aws:s3:accesslogs',
      index: 'network',
      absent: '-',
      names: {
        status: 'http_status',
        referer: 'referrer',
        authentication_type: 'auth_type',
        object_size: 'object_bytes',
        total_time: 'total_time_ms',
        turn_around_time: 'turn_around_ms',
      },
      assets: { 'source.asset': 'remote_ip' },
      address: 'remote_ip',
    },
  },
  {
    product: 'aws',
    service: 'guardduty',
    source: 'guardduty',
    ...FINDINGS,
    filter: dataset('aws.guardduty'),
    rows: GUARDDUTY,
    others: {
      title: 'message',
      severity: 'aws.guardduty.severity.value',
      id: 'event.id',
      accountId: 'cloud.account.id',
    },
    enriched: ENRICHED_ASSET,
    per: ['id', 'accountId', 'region', 'type'],
    fields: ['type', 'severity', 'title', 'resource.resourceType', 'service.count'],
    splunk: {
      sourcetype: 'aws:cloudwatch:guardduty',
      index: 'findings',
      prefix: 'detail.',
      lists: ['resource.s3BucketDetails', 'resource.instanceDetails.networkInterfaces'],
      assets: { asset: "'detail.resource.instanceDetails.instanceId'" },
    },
  },
  {
    product: 'aws',
    service: 'securityhub',
    source: 'securityhub',
    ...FINDINGS,
    filter: dataset('aws.securityhub'),
    rows: ASFF_FIELDS,
    others: {
      Title: 'message',
      'Severity.Label': 'aws.securityhub.severity.label',
      'Workflow.Status': 'aws.securityhub.workflow.status',
      'Compliance.Status': 'aws.securityhub.compliance.status',
      'Compliance.SecurityControlId': 'aws.securityhub.compliance.control_id',
      'Resources.Id': 'aws.securityhub.resource.id',
      'Resources.Type': 'aws.securityhub.resource.type',
      AwsAccountId: 'cloud.account.id',
      Region: 'cloud.region',
      ProductName: 'event.provider',
    },
    enriched: ENRICHED_ASSET,
    per: ['Id', 'AwsAccountId'],
    fields: ['Title', 'Severity.Label', 'ProductName', 'Resources.Id', 'Workflow.Status'],
    splunk: {
      sourcetype: 'aws:securityhub:finding',
      index: 'findings',
      lists: ['Resources', 'Types'],
      assets: { asset: "'Resources{}.Id'" },
    },
  },
  {
    product: 'aws',
    service: 'inspector',
    source: 'inspector',
    ...FINDINGS,
    filter: dataset('aws.inspector'),
    rows: INSPECTOR,
    others: { title: 'message', awsAccountId: 'cloud.account.id', inspectorScore: 'aws.inspector.score.value' },
    enriched: ENRICHED_ASSET,
    per: ['findingArn', 'awsAccountId'],
    fields: ['title', 'severity', 'inspectorScore', 'exploitAvailable', 'fixAvailable', 'resources.id'],
    splunk: {
      sourcetype: 'aws:inspector:v2:findings',
      index: 'findings',
      prefix: 'detail.',
      lists: ['resources'],
      assets: { asset: "'detail.resources{}.id'" },
    },
  },
  {
    product: 'aws',
    service: 'macie',
    source: 'macie',
    ...FINDINGS,
    filter: dataset('aws.macie'),
    rows: MACIE,
    others: { title: 'message', id: 'event.id', accountId: 'cloud.account.id' },
    enriched: ENRICHED_ASSET,
    per: ['id', 'accountId', 'region'],
    fields: [
      'type',
      'severity.description',
      'title',
      'resourcesAffected.s3Bucket.name',
      'resourcesAffected.s3Object.key',
    ],
    splunk: {
      sourcetype: 'aws:macie:finding',
      index: 'findings',
      prefix: 'detail.',
      assets: { asset: "'detail.resourcesAffected.s3Bucket.arn'" },
    },
  },
  {
    product: 'bongsu',
    service: 'asset',
    ...CHANGES,
    filter: { term: { 'event.kind': 'state' } },
    rows: STATE_FIELDS,
    enriched: [],
    per: ['asset.id'],
    fields: ['asset.id', 'asset.type', 'asset.name', 'asset.owner.value', 'asset.environment', 'asset.exposure.level'],
    splunk: { sourcetype: 'bongsu:asset', index: 'assets', lists: ['asset.exposure.ports', 'asset.exposure.reasons'] },
  },
  {
    product: 'bongsu',
    service: 'asset_change',
    ...CHANGES,
    filter: { bool: { must_not: [action('coverage'), { term: { 'event.kind': 'state' } }] } },
    rows: CHANGE_FIELDS,
    others: { 'change.kind': 'event.action' },
    enriched: [],
    per: ['change.id', 'change.asset.id'],
    fields: ['change.kind', 'change.asset.type', 'change.asset.name', 'change.asset.owner', 'change.actor.arn'],
    splunk: { sourcetype: 'bongsu:asset:change', index: 'assets', lists: ['change.diff', 'change.exposure.to.ports'] },
  },
  {
    product: 'bongsu',
    service: 'asset_coverage',
    ...CHANGES,
    filter: action('coverage'),
    rows: COVERAGE_FIELDS,
    enriched: [],
    per: ['row.scope'],
    fields: ['row.scope', 'row.status', 'row.code', 'row.message', 'row.missing'],
    splunk: { sourcetype: 'bongsu:asset:coverage', index: 'assets', lists: ['row.missing'] },
  },
  {
    product: 'bongsu',
    service: 'integrity',
    source: 'integrity',
    index: 'aws-integrity-*',
    template: 'aws-integrity',
    rows: INTEGRITY,
    others: { kind: 'event.action', message: 'message' },
    enriched: [],
    per: ['id', 'account'],
    fields: ['kind', 'message', 'trail', 'bucket', 'key', 'account', 'region'],
    splunk: { sourcetype: 'bongsu:integrity', index: 'findings' },
  },
  {
    product: 'windows',
    service: 'eventlog',
    source: 'endpoint',
    index: 'endpoint-windows.*',
    template: 'endpoint',
    rows: [],
    others: EVENTLOG,
    enriched: ['asset.', 'source.asset.', 'source.geo.', 'source.as.', 'threat.'],
    per: ['Computer', 'Channel', 'EventRecordID'],
    fields: ['Channel', 'EventID', 'Computer'],
    splunk: {
      sourcetype: 'XmlWinEventLog',
      index: 'network',
      assets: { asset: 'Computer', 'source.asset': 'IpAddress' },
      address: 'IpAddress',
    },
  },
];
