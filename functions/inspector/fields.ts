/**
 * Inspector → ECS. Rows: [target, path(s), cast?] over a finding in EventBridge's spelling, which is the API's too, and over
 * the other events of Inspector; `derived` is what source.ts made of them.
 * https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html
 */
import { JOINED } from '../../shared/transform/joined.ts';
import type { Field } from '../../shared/transform/objects/compile.ts';

const PACKAGE = 'packageVulnerabilityDetails';
const CODE = 'codeVulnerabilityDetails';
const NETWORK = 'networkReachabilityDetails';
const ADJUSTED = 'inspectorScoreDetails.adjustedCvss';
const INSTANCE = 'resources[].details.awsEc2Instance';
const IMAGE = 'resources[].details.awsEcrContainerImage';
const FUNCTION = 'resources[].details.awsLambdaFunction';

const COMMON: readonly Field[] = [
  ['@timestamp', 'derived.time', 'instant'],
  ['ecs.version', [], { constant: '9.4.0' }],
  ['event.dataset', [], { constant: 'aws.inspector' }],
  ['event.provider', [], { constant: 'inspector2' }],
  ['observer.vendor', [], { constant: 'AWS' }],
  ['observer.product', [], { constant: 'inspector' }],
  ['cloud.provider', 'derived.provider'],
  ['cloud.account.id', 'derived.account'],
  ...JOINED,
  ['cloud.region', 'derived.region'],
  ['cloud.service.name', [], { constant: 'inspector' }],
];

export const FIELDS: readonly Field[] = [
  ...COMMON,
  ['message', ['title', 'description']],

  ['event.kind', [], { constant: 'alert' }],
  ['event.category[]', 'derived.categories[]'],
  ['event.type[]', [], { constant: ['info'] }],
  ['event.id', 'derived.uid'],
  ['event.code', 'type'],
  ['event.reason', 'description'],
  ['event.severity', 'inspectorScore', 'whole'],
  ['event.created', 'firstObservedAt', 'instant'],
  ['event.start', 'firstObservedAt', 'instant'],
  ['event.end', 'lastObservedAt', 'instant'],
  ['event.reference', [`${PACKAGE}.sourceUrl`, `${CODE}.referenceUrls[]`, 'remediation.recommendation.Url']],

  ['finding.uid', 'derived.uid'],
  ['finding.severity', 'severity', 'severity'],
  ['finding.way', 'derived.way'],
  ['finding.via', 'derived.via'],

  ['rule.id', `${CODE}.ruleId`],
  ['rule.name', `${CODE}.detectorName`],

  ['vulnerability.id', [`${PACKAGE}.vulnerabilityId`, `${CODE}.cwes[]`]],
  ['vulnerability.enumeration', 'derived.enumeration'],
  ['vulnerability.classification', 'derived.classification'],
  ['vulnerability.category[]', [`${INSTANCE}.platform`, `${IMAGE}.platform`, `${FUNCTION}.runtime`]],
  ['vulnerability.description', 'description'],
  ['vulnerability.reference', [`${PACKAGE}.sourceUrl`, `${PACKAGE}.referenceUrls[]`, `${CODE}.referenceUrls[]`]],
  ['vulnerability.scanner.vendor', [], { constant: 'AWS' }],
  ['vulnerability.score.base', 'derived.cvss.baseScore', 'float'],
  ['vulnerability.score.environmental', 'inspectorScore', 'float'],
  ['vulnerability.score.version', 'derived.cvss.version'],
  ['vulnerability.severity', 'severity', 'severity'],

  // of a finding about one package; more than one stand in aws.inspector.packages
  ['package.name', 'derived.package.name'],
  ['package.version', 'derived.package.version'],
  ['package.architecture', 'derived.package.arch'],
  ['package.type', 'derived.package.packageManager', 'lower'],
  ['package.path', 'derived.package.filePath'],

  ['file.name', `${CODE}.filePath.fileName`],
  ['file.path', [`${CODE}.filePath.filePath`, 'derived.package.filePath']],

  ['network.transport', `${NETWORK}.protocol`, 'lower'],
  ['destination.port', 'derived.port', 'int'],

  ['cloud.instance.id', 'derived.instance'],
  ['cloud.machine.type', `${INSTANCE}.type`],
  ['host.id', 'derived.instance'],
  ['host.name', 'derived.instance'],
  ['host.ip[]', [`${INSTANCE}.ipV4Addresses[]`, `${INSTANCE}.ipV6Addresses[]`], 'ip'],

  ['container.image.name', `${IMAGE}.repositoryName`],
  ['container.image.tag[]', `${IMAGE}.imageTags[]`],
  ['container.image.hash.all[]', `${IMAGE}.imageHash`],

  ['faas.id', 'derived.function'],
  ['faas.name', `${FUNCTION}.functionName`],
  ['faas.version', `${FUNCTION}.version`],

  ['related.ip[]', [`${INSTANCE}.ipV4Addresses[]`, `${INSTANCE}.ipV6Addresses[]`], 'ip'],
  ['related.hosts[]', 'derived.instance'],
  ['related.hash[]', [`${IMAGE}.imageHash`, `${FUNCTION}.codeSha256`]],

  ['aws.inspector.arn', 'findingArn'],
  ['aws.inspector.type', 'type'],
  ['aws.inspector.status', 'status'],
  ['aws.inspector.severity', 'severity', 'lower'],
  ['aws.inspector.score.value', 'inspectorScore', 'float'],
  ['aws.inspector.score.source', `${ADJUSTED}.scoreSource`],
  ['aws.inspector.score.vector', `${ADJUSTED}.scoringVector`],
  ['aws.inspector.score.adjustments', `${ADJUSTED}.adjustments`, 'flat'],
  ['aws.inspector.cvss', `${PACKAGE}.cvss`, 'flat'],
  ['aws.inspector.epss', 'epss.score', 'float'],
  ['aws.inspector.exploit.available', 'exploitAvailable'],
  ['aws.inspector.exploit.last_known_at', 'exploitabilityDetails.lastKnownExploitAt', 'instant'],
  ['aws.inspector.fix_available', 'fixAvailable'],
  ['aws.inspector.recommendation.text', 'remediation.recommendation.text'],
  ['aws.inspector.recommendation.url', 'remediation.recommendation.Url'],
  ['aws.inspector.vulnerability.source', `${PACKAGE}.source`],
  ['aws.inspector.vulnerability.related[]', `${PACKAGE}.relatedVulnerabilities[]`],
  ['aws.inspector.vulnerability.references[]', [`${PACKAGE}.referenceUrls[]`, `${CODE}.referenceUrls[]`]],
  ['aws.inspector.vulnerability.vendor.severity', `${PACKAGE}.vendorSeverity`],
  ['aws.inspector.vulnerability.vendor.created', `${PACKAGE}.vendorCreatedAt`, 'instant'],
  ['aws.inspector.vulnerability.vendor.updated', `${PACKAGE}.vendorUpdatedAt`, 'instant'],
  ['aws.inspector.vulnerability.cwes[]', `${CODE}.cwes[]`],
  ['aws.inspector.packages', `${PACKAGE}.vulnerablePackages`, 'flat'],
  ['aws.inspector.package_names[]', `${PACKAGE}.vulnerablePackages[].name`],
  ['aws.inspector.code', CODE, 'flat'],
  ['aws.inspector.network.port.begin', `${NETWORK}.openPortRange.begin`, 'int'],
  ['aws.inspector.network.port.end', `${NETWORK}.openPortRange.end`, 'int'],
  ['aws.inspector.network.path', `${NETWORK}.networkPath`, 'flat'],
  ['aws.inspector.resource_ids[]', 'resources[].id'],
  ['aws.inspector.resource_types[]', 'resources[].type'],
  ['aws.inspector.resources', 'resources', 'flat'],
  ['aws.inspector.other', 'derived.other', 'flat'],
];

/** Fields of a finding that rows name; others are kept as `aws.inspector.other`. */
export const NAMED: ReadonlySet<string> = new Set([
  ...FIELDS.flatMap(([, paths]) => paths ?? []).map((path) => path.split('.')[0].replace('[]', '')),
  ...['awsAccountId', 'provider', 'updatedAt'], // read by source.ts
]);

/** ECS's categories of a finding by its type. */
export const CATEGORIES: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['NETWORK_REACHABILITY', ['vulnerability', 'network']],
]);

/** What Inspector says of its own work: over `detail`, with `derived`. */
export const EVENT_FIELDS: readonly Field[] = [
  ...COMMON,
  ['message', 'derived.message'],

  ['event.kind', 'derived.kind'],
  ['event.category[]', [], { constant: ['vulnerability'] }],
  ['event.type[]', [], { constant: ['info'] }],
  ['event.id', 'derived.id'],
  ['event.code', 'derived.type'],
  ['event.action', ['scan-status', 'scanStatus.statusCodeValue', 'scanStatus.statusCode'], 'lower'],
  ['event.reason', 'scanStatus.reason'],

  ['cloud.instance.id', 'derived.instance'],
  ['host.id', 'derived.instance'],
  ['host.name', 'derived.instance'],
  ['container.image.tag[]', 'image-tags[]'],
  ['container.image.hash.all[]', 'image-digest'],
  ['related.hosts[]', 'derived.instance'],
  ['related.hash[]', 'image-digest'],

  ['aws.inspector.resource_ids[]', ['derived.resources[]', 'repository-name', 'instance-id']],
  ['aws.inspector.scan.type', 'scanType'],
  ['aws.inspector.scan.status', ['scan-status', 'scanStatus.statusCodeValue', 'scanStatus.statusCode']],
  ['aws.inspector.scan.reason', 'scanStatus.reason'],
  ['aws.inspector.scan.findings.critical', 'finding-severity-counts.CRITICAL', 'int'],
  ['aws.inspector.scan.findings.high', 'finding-severity-counts.HIGH', 'int'],
  ['aws.inspector.scan.findings.medium', 'finding-severity-counts.MEDIUM', 'int'],
  ['aws.inspector.scan.findings.total', 'finding-severity-counts.TOTAL', 'int'],
  ['aws.inspector.scan.detail', 'derived.detail', 'flat'],
];
