/**
 * Findings of Security Hub → ECS, from its two formats to the same fields. Rows: [target, path(s), cast?] over the finding;
 * `derived` is what asff.ts, ocsf.ts and source.ts made of it. Free-form detail is kept whole in flat_object fields.
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-ocsf.html
 */

import type { Severity } from '../../shared/model.ts';
import { JOINED } from '../../shared/transform/joined.ts';
import type { Field } from '../../shared/transform/objects/compile.ts';

/** Of every document. */
const EVENT: readonly Field[] = [
  ['@timestamp', 'derived.time'],
  ['ecs.version', [], { constant: '9.4.0' }],
  ['event.kind', 'derived.kind'],
  ['event.category[]', 'derived.categories[]'],
  ['event.type[]', 'derived.types[]'],
  ['event.dataset', [], { constant: 'aws.securityhub' }],
  ['cloud.account.id', 'derived.account'],
  ...JOINED,
  ['cloud.region', 'derived.region'],
  ['cloud.service.name', [], { constant: 'securityhub' }],
  ['aws.securityhub.custom_action.name', 'derived.action.name'],
  ['aws.securityhub.custom_action.description', 'derived.action.description'],
];

/** Of every finding. */
const COMMON: readonly Field[] = [
  ...EVENT,
  ['event.outcome', 'derived.outcome'],
  ['event.id', 'derived.id'],
  ['event.severity', 'derived.severity.value', 'int'],
  ['finding.uid', 'derived.uid'],
  ['finding.severity', 'derived.severity.label'],
  ['finding.way', 'derived.way'],
  ['finding.via', 'derived.via'],
  ['observer.vendor', 'derived.product.vendor'],
  ['observer.product', 'derived.product.name'],
  ['rule.id', 'derived.control'],
  ['rule.ruleset', 'derived.ruleset'],
  ['cloud.entity.id', ['derived.resource.arn', 'derived.resource.id']],
  ['cloud.entity.name', 'derived.resource.id'],
  ['cloud.entity.sub_type', 'derived.resource.type'],
  ['cloud.instance.id', 'derived.instance'],
  ['host.id', 'derived.instance'],
  ['source.ip', 'derived.source.ip', 'ip'],
  ['source.address', ['derived.source.ip', 'derived.source.domain']],
  ['source.port', 'derived.source.port', 'int'],
  ['source.domain', 'derived.source.domain', 'lower'],
  ['source.geo', 'derived.source.geo', 'flat'],
  ['source.as', 'derived.source.as', 'flat'],
  ['destination.ip', 'derived.destination.ip', 'ip'],
  ['destination.address', ['derived.destination.ip', 'derived.destination.domain']],
  ['destination.port', 'derived.destination.port', 'int'],
  ['destination.domain', 'derived.destination.domain', 'lower'],
  ['destination.geo', 'derived.destination.geo', 'flat'],
  ['destination.as', 'derived.destination.as', 'flat'],
  ['threat.framework', 'derived.framework'],
  ['threat.tactic.id[]', 'derived.tactics[].id'],
  ['threat.tactic.name[]', 'derived.tactics[].name'],
  ['aws.securityhub.format', 'derived.format'],
  ['aws.securityhub.severity.label', 'derived.severity.label'],
  ['aws.securityhub.workflow.status', 'derived.workflow'],
  ['aws.securityhub.compliance.status', 'derived.status'],
  ['aws.securityhub.compliance.control_id', 'derived.control'],
  ['aws.securityhub.compliance.standards[]', 'derived.standards.ids[]'],
  ['aws.securityhub.compliance.standard_names[]', 'derived.standards.names[]'],
  ['aws.securityhub.resource.id[]', 'derived.resources[].id'],
  ['aws.securityhub.resource.arn[]', 'derived.resources[].arn'],
  ['aws.securityhub.resource.type[]', 'derived.resources[].type'],
  ['aws.securityhub.other', 'derived.other', 'flat'],
];

const ACTION = 'Action.NetworkConnectionAction';
const CALL = 'Action.AwsApiCallAction';
const DNS = 'Action.DnsRequestAction';
const INSTANCE = 'Resources[].Details.AwsEc2Instance';
const KEY = 'Resources[].Details.AwsIamAccessKey';
const CONTAINER = 'Resources[].Details.Container';
const FUNCTION = 'Resources[].Details.AwsLambdaFunction';
const VULNERABILITY = 'derived.vulnerability';
const PROBE = 'Action.PortProbeAction.PortProbeDetails[]';

export const ASFF_FIELDS: readonly Field[] = [
  ...COMMON,
  ['message', ['Title', 'Description']],

  ['event.provider', ['ProductName', 'derived.product.name']],
  ['event.code', ['derived.control', 'Vulnerabilities[].Id', 'Types[]']],
  ['event.action', ['derived.action.name', `${CALL}.Api`, 'Action.ActionType']],
  ['event.reason', 'Description'],
  ['event.created', 'CreatedAt', 'instant'],
  ['event.start', 'FirstObservedAt', 'instant'],
  ['event.end', 'LastObservedAt', 'instant'],
  ['event.url', 'SourceUrl'],
  ['event.reference', 'Remediation.Recommendation.Url'],
  ['event.risk_score', 'Criticality', 'float'],

  ['rule.name', ['GeneratorDetails.Name', 'Title']],
  ['rule.category', 'Types[]'],
  ['rule.reference', 'Remediation.Recommendation.Url'],

  ['cloud.provider', [], { constant: 'aws' }],
  ['cloud.account.name', ['AwsAccountName', 'derived.joined.account.name']],
  ['cloud.machine.type', 'derived.host.Type'],

  ['threat.indicator.type', 'derived.indicator.type'],
  ['threat.indicator.ip', 'derived.indicator.ip', 'ip'],
  ['threat.indicator.url.domain', 'derived.indicator.domain'],
  ['threat.indicator.url.original', 'derived.indicator.url'],
  ['threat.indicator.email.address', 'derived.indicator.email'],
  ['threat.indicator.file.hash.md5', 'derived.indicator.md5'],
  ['threat.indicator.file.hash.sha1', 'derived.indicator.sha1'],
  ['threat.indicator.file.hash.sha256', 'derived.indicator.sha256'],
  ['threat.indicator.file.hash.sha512', 'derived.indicator.sha512'],
  ['threat.indicator.description', 'derived.indicator.category'],
  ['threat.indicator.provider', 'derived.indicator.provider'],
  ['threat.indicator.reference', 'derived.indicator.reference'],
  ['threat.indicator.last_seen', 'derived.indicator.seen', 'instant'],
  ['threat.software.name', ['Malware[].Name', 'Threats[].Name']],

  ['vulnerability.id', `${VULNERABILITY}.Id`],
  ['vulnerability.enumeration', `${VULNERABILITY}.Id`, 'enumeration'],
  ['vulnerability.classification', `${VULNERABILITY}.Cvss[].BaseVector`, 'classification'],
  ['vulnerability.score.base', `${VULNERABILITY}.Cvss[].BaseScore`, 'float'],
  ['vulnerability.score.version', `${VULNERABILITY}.Cvss[].Version`],
  ['vulnerability.severity', [`${VULNERABILITY}.Vendor.VendorSeverity`, 'derived.vulnerability_severity'], 'lower'],
  ['vulnerability.reference', [`${VULNERABILITY}.Vendor.Url`, `${VULNERABILITY}.ReferenceUrls[]`]],
  ['vulnerability.scanner.vendor', 'derived.vulnerability_scanner'],
  ['package.name', `${VULNERABILITY}.VulnerablePackages[].Name`],
  ['package.version', `${VULNERABILITY}.VulnerablePackages[].Version`],
  ['package.architecture', `${VULNERABILITY}.VulnerablePackages[].Architecture`],
  ['package.type', `${VULNERABILITY}.VulnerablePackages[].PackageManager`, 'lower'],
  ['package.path', `${VULNERABILITY}.VulnerablePackages[].FilePath`],

  ['source.mac', 'Network.SourceMac', 'mac'],
  ['network.direction', 'Network.Direction', { table: { IN: 'inbound', OUT: 'outbound' }, strict: true }],
  ['network.transport', ['Network.Protocol', `${ACTION}.Protocol`, `${DNS}.Protocol`], 'lower'],
  ['dns.question.name', `${DNS}.Domain`, 'lower'],

  ['process.name', 'Process.Name'],
  ['process.executable', 'Process.Path'],
  ['process.pid', 'Process.Pid', 'int'],
  ['process.parent.pid', 'Process.ParentPid', 'int'],
  ['process.start', 'Process.LaunchedAt', 'instant'],
  ['process.end', 'Process.TerminatedAt', 'instant'],
  ['file.name', 'Threats[].FilePaths[].FileName'],
  ['file.path', ['Malware[].Path', 'Threats[].FilePaths[].FilePath']],
  ['file.hash.sha256', 'Threats[].FilePaths[].Hash', 'sha256'],

  ['host.ip[]', ['derived.host.IpV4Addresses[]', 'derived.host.IpV6Addresses[]'], 'ip'],
  ['user.name', [`${KEY}.UserName`, `${KEY}.PrincipalName`, 'Resources[].Details.AwsIamUser.UserName']],
  ['user.id', [`${KEY}.PrincipalId`, 'Resources[].Details.AwsIamUser.UserId']],
  ['container.name', `${CONTAINER}.Name`],
  ['container.runtime', `${CONTAINER}.ContainerRuntime`],
  ['container.image.name', `${CONTAINER}.ImageName`],
  ['faas.name', `${FUNCTION}.FunctionName`],
  ['faas.version', `${FUNCTION}.Version`],

  [
    'related.ip[]',
    [
      'derived.source.ip',
      'derived.destination.ip',
      `${INSTANCE}.IpV4Addresses[]`,
      `${INSTANCE}.IpV6Addresses[]`,
      `${PROBE}.LocalIpDetails.IpAddressV4`,
      `${PROBE}.RemoteIpDetails.IpAddressV4`,
      ...['SourceIpV4', 'SourceIpV6', 'DestinationIpV4', 'DestinationIpV6'].map((name) => `Network.${name}`),
      'ThreatIntelIndicators[].Value',
    ],
    'ip',
  ],
  ['related.user[]', [`${KEY}.UserName`, `${KEY}.PrincipalName`, 'Resources[].Details.AwsIamUser.UserName']],
  [
    'related.hosts[]',
    ['derived.instance', 'Network.SourceDomain', 'Network.DestinationDomain', `${DNS}.Domain`],
    'lower',
  ],
  ['related.hash[]', ['Threats[].FilePaths[].Hash', 'derived.hashes[]'], 'lower'],

  ['aws.securityhub.id', 'Id'],
  ['aws.securityhub.schema_version', 'SchemaVersion'],
  ['aws.securityhub.generator_id', 'GeneratorId'],
  ['aws.securityhub.types[]', ['Types[]', 'FindingProviderFields.Types[]']],
  ['aws.securityhub.severity.normalized', 'Severity.Normalized', 'int'],
  ['aws.securityhub.severity.original', ['Severity.Original', 'FindingProviderFields.Severity.Original']],
  ['aws.securityhub.severity.product', 'Severity.Product', 'float'],
  ['aws.securityhub.severity.provider', 'FindingProviderFields.Severity.Label', 'severity'],
  ['aws.securityhub.confidence', 'Confidence', 'int'],
  ['aws.securityhub.criticality', 'Criticality', 'int'],
  ['aws.securityhub.compliance.requirements[]', 'Compliance.RelatedRequirements[]'],
  ['aws.securityhub.compliance.reasons', 'Compliance.StatusReasons', 'flat'],
  ['aws.securityhub.compliance.parameters', 'Compliance.SecurityControlParameters', 'flat'],
  ['aws.securityhub.record_state', 'RecordState'],
  ['aws.securityhub.verification_state', 'VerificationState'],
  ['aws.securityhub.note.text', 'Note.Text'],
  ['aws.securityhub.note.updated_by', 'Note.UpdatedBy'],
  ['aws.securityhub.note.updated_at', 'Note.UpdatedAt', 'instant'],
  ['aws.securityhub.processed_at', 'ProcessedAt', 'instant'],
  ['aws.securityhub.sample', 'Sample', 'boolean'],
  ['aws.securityhub.product.arn', 'ProductArn'],
  ['aws.securityhub.product.version', 'derived.product_version'],
  ['aws.securityhub.product.fields', 'ProductFields', 'flat'],
  ['aws.securityhub.user_defined_fields', 'UserDefinedFields', 'flat'],
  ['aws.securityhub.provider_fields', 'FindingProviderFields', 'flat'],
  ['aws.securityhub.generator', 'GeneratorDetails', 'flat'],
  ['aws.securityhub.resources', 'Resources', 'flat'],
  ['aws.securityhub.vulnerability.ids[]', 'Vulnerabilities[].Id'],
  ['aws.securityhub.vulnerability.packages[]', 'Vulnerabilities[].VulnerablePackages[].Name'],
  ['aws.securityhub.vulnerability.fix_available', `${VULNERABILITY}.FixAvailable`],
  ['aws.securityhub.vulnerability.exploit_available', `${VULNERABILITY}.ExploitAvailable`],
  ['aws.securityhub.vulnerability.epss', `${VULNERABILITY}.EpssScore`, 'float'],
  ['aws.securityhub.vulnerabilities', 'Vulnerabilities', 'flat'],
  ['aws.securityhub.action', 'Action', 'flat'],
  ['aws.securityhub.network', 'Network', 'flat'],
  ['aws.securityhub.network_path', 'NetworkPath', 'flat'],
  ['aws.securityhub.malware', 'Malware', 'flat'],
  ['aws.securityhub.threats', 'Threats', 'flat'],
  ['aws.securityhub.indicators', 'ThreatIntelIndicators', 'flat'],
  ['aws.securityhub.patch_summary', 'PatchSummary', 'flat'],
  ['aws.securityhub.detection', 'Detection', 'flat'],
  ['aws.securityhub.related[]', 'RelatedFindings[].Id'],
  ['aws.securityhub.remediation.text', 'Remediation.Recommendation.Text'],
  ['aws.securityhub.remediation.url', 'Remediation.Recommendation.Url'],
];

const INFO = 'finding_info';
const EVIDENCE = 'evidences[]';
const CONNECTION = `${EVIDENCE}.connection_info`;

export const OCSF_FIELDS: readonly Field[] = [
  ...COMMON,
  ['message', [`${INFO}.title`, 'message']],

  ['event.provider', ['metadata.product.name', 'derived.product.name']],
  ['event.code', ['derived.control', 'vulnerabilities[].cve.uid', `${INFO}.types[]`]],
  ['event.action', ['derived.action.name', `${EVIDENCE}.api.operation`]],
  ['event.reason', ['status_detail', `${INFO}.desc`]],
  ['event.created', [`${INFO}.created_time`, `${INFO}.created_time_dt`], 'instant'],
  ['event.start', [`${INFO}.first_seen_time`, `${INFO}.first_seen_time_dt`], 'instant'],
  ['event.end', [`${INFO}.last_seen_time`, `${INFO}.last_seen_time_dt`], 'instant'],
  ['event.url', `${INFO}.src_url`],
  ['event.reference', ['remediation.references[]', `${VULNERABILITY}.remediation.references[]`]],
  ['event.risk_score', 'risk_score', 'float'],

  ['rule.name', [`${INFO}.analytic.name`, `${INFO}.title`]],
  ['rule.category', `${INFO}.types[]`],
  ['rule.reference', 'remediation.references[]'],

  ['cloud.provider', 'cloud.provider', 'lower'],
  ['cloud.account.name', ['cloud.account.name', 'derived.joined.account.name']],

  ['threat.technique.id[]', `${INFO}.attacks[].technique.uid`],
  ['threat.technique.name[]', `${INFO}.attacks[].technique.name`],
  ['threat.software.name', 'malware[].name'],

  ['vulnerability.id', [`${VULNERABILITY}.cve.uid`, `${VULNERABILITY}.advisory.uid`]],
  ['vulnerability.enumeration', `${VULNERABILITY}.cve.uid`, 'enumeration'],
  ['vulnerability.classification', `${VULNERABILITY}.cve.cvss[].vector_string`, 'classification'],
  ['vulnerability.description', [`${VULNERABILITY}.cve.desc`, `${VULNERABILITY}.desc`]],
  ['vulnerability.score.base', `${VULNERABILITY}.cve.cvss[].base_score`, 'float'],
  ['vulnerability.score.version', `${VULNERABILITY}.cve.cvss[].version`],
  ['vulnerability.severity', [`${VULNERABILITY}.severity`, 'derived.vulnerability_severity'], 'lower'],
  ['vulnerability.reference', [`${VULNERABILITY}.references[]`, `${VULNERABILITY}.cve.references[]`]],
  ['vulnerability.scanner.vendor', 'derived.vulnerability_scanner'],
  ['package.name', `${VULNERABILITY}.affected_packages[].name`],
  ['package.version', `${VULNERABILITY}.affected_packages[].version`],
  ['package.architecture', `${VULNERABILITY}.affected_packages[].architecture`],
  ['package.type', `${VULNERABILITY}.affected_packages[].package_manager`, 'lower'],
  ['package.path', `${VULNERABILITY}.affected_packages[].path`],

  ['network.direction', `${CONNECTION}.direction`, 'lower'],
  ['network.transport', `${CONNECTION}.protocol_name`, 'lower'],
  ['dns.question.name', `${EVIDENCE}.query.hostname`, 'lower'],

  ['process.name', `${EVIDENCE}.process.name`],
  ['process.executable', `${EVIDENCE}.process.file.path`],
  ['process.command_line', `${EVIDENCE}.process.cmd_line`],
  ['process.pid', `${EVIDENCE}.process.pid`, 'int'],
  ['process.parent.pid', `${EVIDENCE}.process.parent_process.pid`, 'int'],
  ['process.start', `${EVIDENCE}.process.created_time`, 'instant'],
  ['file.name', `${EVIDENCE}.file.name`],
  ['file.path', `${EVIDENCE}.file.path`],
  ['file.hash.sha256', `${EVIDENCE}.file.hashes[].value`, 'sha256'],

  ['user.name', [`${EVIDENCE}.actor.user.name`, 'resources[].data.user_name', 'resources[].user.name']],
  ['user.id', [`${EVIDENCE}.actor.user.uid`, 'resources[].data.principal_id', 'resources[].user.uid']],

  [
    'related.ip[]',
    ['derived.source.ip', 'derived.destination.ip', `${EVIDENCE}.src_endpoint.ip`, `${EVIDENCE}.dst_endpoint.ip`],
    'ip',
  ],
  ['related.user[]', [`${EVIDENCE}.actor.user.name`, 'resources[].data.user_name', 'resources[].user.name']],
  ['related.hosts[]', ['derived.instance', `${EVIDENCE}.query.hostname`], 'lower'],
  ['related.hash[]', [`${EVIDENCE}.file.hashes[].value`, `${EVIDENCE}.process.file.hashes[].value`], 'lower'],

  ['aws.securityhub.id', `${INFO}.uid`],
  ['aws.securityhub.schema_version', 'metadata.version'],
  ['aws.securityhub.generator_id', [`${INFO}.analytic.uid`, 'metadata.event_code']],
  ['aws.securityhub.types[]', `${INFO}.types[]`],
  ['aws.securityhub.severity.provider', 'vendor_attributes.severity', 'severity'],
  ['aws.securityhub.confidence', 'confidence_score', 'int'],
  ['aws.securityhub.compliance.requirements[]', ['compliance.requirements[]', 'derived.requirements[]']],
  ['aws.securityhub.compliance.reasons', ['compliance.status_details', 'compliance.status_detail'], 'flat'],
  ['aws.securityhub.compliance.assessments', 'compliance.assessments', 'flat'],
  ['aws.securityhub.record_state', 'derived.record_state'],
  ['aws.securityhub.note.text', 'comment'],
  ['aws.securityhub.product.arn', 'metadata.product.uid'],
  ['aws.securityhub.product.version', 'metadata.product.version'],
  ['aws.securityhub.resources', 'resources', 'flat'],
  ['aws.securityhub.vulnerability.ids[]', 'vulnerabilities[].cve.uid'],
  ['aws.securityhub.vulnerability.packages[]', 'vulnerabilities[].affected_packages[].name'],
  ['aws.securityhub.vulnerability.fix_available', `${VULNERABILITY}.is_fix_available`, 'yes'],
  ['aws.securityhub.vulnerability.exploit_available', `${VULNERABILITY}.is_exploit_available`, 'yes'],
  ['aws.securityhub.vulnerability.epss', `${VULNERABILITY}.cve.epss.score`, 'float'],
  ['aws.securityhub.vulnerabilities', 'vulnerabilities', 'flat'],
  ['aws.securityhub.malware', 'malware', 'flat'],
  ['aws.securityhub.related[]', `${INFO}.related_events[].uid`],
  ['aws.securityhub.remediation.text', ['remediation.desc', `${VULNERABILITY}.remediation.desc`]],
  ['aws.securityhub.remediation.url', ['remediation.references[]', `${VULNERABILITY}.remediation.references[]`]],
  ['aws.securityhub.ocsf.class', 'class_name'],
  ['aws.securityhub.ocsf.class_uid', 'class_uid', 'int'],
  ['aws.securityhub.ocsf.activity', 'activity_name'],
  ['aws.securityhub.ocsf.uid', 'metadata.uid'],
  ['aws.securityhub.ocsf.finding_info', INFO, 'flat'],
  ['aws.securityhub.ocsf.evidences', 'evidences', 'flat'],
  ['aws.securityhub.ocsf.unmapped', 'unmapped', 'flat'],
];

/** Over `detail` of an event with an insight's results, with `derived`. */
export const INSIGHT_FIELDS: readonly Field[] = [
  ...EVENT,
  ['message', 'insightName'],
  ['event.id', 'derived.id'],
  ['event.action', 'derived.action.name'],
  ['cloud.provider', [], { constant: 'aws' }],
  ['observer.vendor', [], { constant: 'AWS' }],
  ['observer.product', [], { constant: 'securityhub' }],
  ['aws.securityhub.insight.name', 'insightName'],
  ['aws.securityhub.insight.arn', 'insightArn'],
  ['aws.securityhub.insight.result_type', 'resultType'],
  ['aws.securityhub.insight.count', 'number of results', 'int'],
  ['aws.securityhub.insight.values[]', 'derived.values[]'],
  ['aws.securityhub.insight.results', 'insightResults', 'flat'],
];

/** A remote end as a finding itself places it. */
export const ASFF_PLACE: readonly Field[] = [
  ['geo.city_name', 'City.CityName'],
  ['geo.country_iso_code', 'Country.CountryCode'],
  ['geo.country_name', 'Country.CountryName'],
  ['as.number', 'Organization.Asn', 'int'],
  ['as.organization.name', 'Organization.AsnOrg'],
];
export const OCSF_PLACE: readonly Field[] = [
  ['geo.city_name', 'location.city'],
  ['geo.country_iso_code', 'location.country'],
  ['as.number', 'autonomous_system.number', 'int'],
  ['as.organization.name', 'autonomous_system.name'],
];

const namesIn = (fields: readonly Field[]): readonly string[] =>
  fields.flatMap(([, paths]) => paths ?? []).map((path) => path.split('.')[0].replace('[]', ''));

/** Fields of a finding that rows or asff.ts name; others are kept as `aws.securityhub.other`. */
export const ASFF_NAMED: ReadonlySet<string> = new Set([
  ...namesIn(ASFF_FIELDS),
  ...['UpdatedAt', 'AwsAccountId', 'Region', 'Workflow', 'WorkflowState', 'CompanyName'],
]);
/** Those of a finding in OCSF, which names its class, its times and its status more than once. */
export const OCSF_NAMED: ReadonlySet<string> = new Set([
  ...namesIn(OCSF_FIELDS),
  ...['activity_id', 'category_name', 'category_uid', 'class_uid', 'type_name', 'type_uid'],
  ...['severity', 'severity_id', 'status', 'status_id', 'status_code', 'time', 'time_dt'],
]);

/** ECS's category and type of a finding by the blocks that it has. */
export const BLOCKS: readonly (readonly [name: string, category: string, type: string])[] = [
  ['Compliance', 'configuration', 'info'],
  ['Vulnerabilities', 'vulnerability', 'info'],
  ['PatchSummary', 'vulnerability', 'info'],
  ['Malware', 'malware', 'info'],
  ['Threats', 'malware', 'info'],
  ['Network', 'network', 'connection'],
  ['NetworkPath', 'network', 'info'],
  ['Process', 'process', 'info'],
  ['ThreatIntelIndicators', 'threat', 'indicator'],
];

/**
 * The same by the beginning of its types.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html#Types
 */
export const CATEGORIES: readonly (readonly [namespace: string, category: string, type: string])[] = [
  ['Software and Configuration Checks/Vulnerabilities', 'vulnerability', 'info'],
  ['Software and Configuration Checks/', 'configuration', 'info'],
  ['TTPs', 'intrusion_detection', 'info'],
  ['Effects', 'intrusion_detection', 'info'],
  ['Unusual Behaviors', 'intrusion_detection', 'info'],
  ['Sensitive Data Identifications', 'file', 'info'],
];

/** The same by the class of a finding in OCSF; a class that is not here has its types alone. */
export const CLASSES: ReadonlyMap<unknown, readonly [category: string, type: string]> = new Map([
  [2002, ['vulnerability', 'info']],
  [2003, ['configuration', 'info']],
  [2004, ['intrusion_detection', 'info']],
  [2006, ['file', 'info']],
]);

/** Threat intelligence of ASFF: what ECS calls its type, and which row takes its value. */
export const INDICATORS: ReadonlyMap<unknown, readonly [type: string, row: string]> = new Map([
  ['DOMAIN', ['domain-name', 'domain']],
  ['EMAIL_ADDRESS', ['email-addr', 'email']],
  ['HASH_MD5', ['file', 'md5']],
  ['HASH_SHA1', ['file', 'sha1']],
  ['HASH_SHA256', ['file', 'sha256']],
  ['HASH_SHA512', ['file', 'sha512']],
  ['IPV4_ADDRESS', ['ipv4-addr', 'ip']],
  ['IPV6_ADDRESS', ['ipv6-addr', 'ip']],
  ['MUTEX', ['mutex', 'name']],
  ['PROCESS', ['process', 'name']],
  ['URL', ['url', 'url']],
]);

/** Words of OCSF in those of ASFF. https://schema.ocsf.io/classes/compliance_finding */
export const STATUSES: ReadonlyMap<unknown, string> = new Map([
  ['pass', 'PASSED'],
  ['warning', 'WARNING'],
  ['fail', 'FAILED'],
  // of OCSF 1.0 and 1.1
  ['passed', 'PASSED'],
  ['failed', 'FAILED'],
  ['manual', 'NOT_AVAILABLE'],
]);
export const WORKFLOWS: ReadonlyMap<unknown, string> = new Map([
  [1, 'new'],
  [2, 'notified'],
  [3, 'suppressed'],
  [4, 'resolved'],
  [5, 'archived'],
]);
/** https://schema.ocsf.io/classes/base_event, severity_id; 6 is fatal. */
export const SEVERITIES: ReadonlyMap<unknown, Severity> = new Map([
  [1, 'informational'],
  [2, 'low'],
  [3, 'medium'],
  [4, 'high'],
  [5, 'critical'],
  [6, 'critical'],
]);
