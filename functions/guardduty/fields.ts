/**
 * GuardDuty findings → ECS. Rows: [target, path(s), cast?] over the finding in EventBridge's spelling; `derived` is what
 * source.ts made of it. Free-form detail is kept whole in flat_object fields.
 * https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html
 */
import { JOINED } from '../../shared/transform/joined.ts';
import type { Field } from '../../shared/transform/objects/compile.ts';

const ACTION = 'service.action';
const INTERFACE = 'resource.instanceDetails.networkInterfaces[]';
const POD = 'resource.kubernetesDetails.kubernetesWorkloadDetails';
const TASK = 'resource.ecsClusterDetails.taskDetails';
const PROCESS = 'service.runtimeDetails.process';
const CONTEXT = 'service.runtimeDetails.context';
const SCANNED = 'service.ebsVolumeScanDetails.scanDetections.threatDetectedByName.threatNames[]';
const THREAT = 'service.malwareScanDetails.threats[]';
const OBJECT = 'resource.s3BucketDetails[].s3ObjectDetails[]';
const SEQUENCE = 'service.detection.sequence';

const FILE_HASHES = [
  `${SCANNED}.filePaths[].hash`,
  `${THREAT}.itemDetails[].hash`,
  `${THREAT}.hash`,
  `${THREAT}.itemPaths[].hash`,
  `${OBJECT}.hash`,
];

/** What it is about, the most exact ones first. */
export const ASSETS: readonly string[] = [
  'resource.instanceDetails.networkInterfaces[].networkInterfaceId',
  'resource.instanceDetails.instanceId',
  'resource.accessKeyDetails.accessKeyId',
  'resource.s3BucketDetails[].arn',
  'resource.eksClusterDetails.arn',
  'resource.ecsClusterDetails.arn',
  'resource.lambdaDetails.functionArn',
  'resource.rdsDbInstanceDetails.dbInstanceArn',
  'resource.rdsLimitlessDbDetails.dbShardGroupArn',
  'resource.ebsSnapshotDetails.snapshotArn',
  'resource.ec2ImageDetails.imageArn',
];

export const FIELDS: readonly Field[] = [
  ['@timestamp', 'derived.time', 'instant'],
  ['ecs.version', [], { constant: '9.4.0' }],
  ['message', ['title', 'description']],

  ['event.kind', [], { constant: 'alert' }],
  ['event.category[]', 'derived.categories[]'],
  ['event.type[]', 'derived.types[]'],
  ['event.dataset', [], { constant: 'aws.guardduty' }],
  ['event.provider', 'service.serviceName'],
  ['event.id', 'id'],
  ['event.code', 'type'],
  [
    'event.action',
    [`${ACTION}.awsApiCallAction.api`, `${ACTION}.kubernetesApiCallAction.verb`, `${ACTION}.actionType`],
  ],
  ['event.reason', 'description'],
  ['event.severity', 'severity', 'whole'],
  ['event.created', 'createdAt', 'instant'],
  ['event.start', 'service.eventFirstSeen', 'instant'],
  ['event.end', 'service.eventLastSeen', 'instant'],

  ['finding.uid', 'derived.uid'],
  ['finding.severity', 'severity', 'severity'],
  ['finding.way', 'derived.way'],
  ['finding.via', 'derived.via'],
  ['observer.vendor', [], { constant: 'AWS' }],
  ['observer.product', [], { constant: 'guardduty' }],

  ['rule.name', 'type'],
  ['rule.category', 'derived.type.purpose'],

  ['threat.framework', 'derived.framework'],
  ['threat.tactic.id[]', 'derived.tactics[].id'],
  ['threat.tactic.name[]', 'derived.tactics[].name'],

  ['cloud.provider', [], { constant: 'aws' }],
  ['cloud.account.id', 'accountId'],
  ...JOINED,
  ['cloud.region', 'region'],
  ['cloud.service.name', [], { constant: 'guardduty' }],
  ['cloud.availability_zone', 'resource.instanceDetails.availabilityZone'],
  ['cloud.instance.id', 'resource.instanceDetails.instanceId'],
  ['cloud.machine.type', 'resource.instanceDetails.instanceType'],

  ['source.ip', 'derived.source.ip', 'ip'],
  ['source.address', ['derived.source.ip', 'derived.source.domain']],
  ['source.port', 'derived.source.port', 'int'],
  ['source.domain', 'derived.source.domain'],
  ['source.geo', 'derived.source.geo', 'flat'],
  ['source.as', 'derived.source.as', 'flat'],
  ['destination.ip', 'derived.destination.ip', 'ip'],
  ['destination.address', 'derived.destination.ip'],
  ['destination.port', 'derived.destination.port', 'int'],
  ['destination.geo', 'derived.destination.geo', 'flat'],
  ['destination.as', 'derived.destination.as', 'flat'],

  ['network.direction', `${ACTION}.networkConnectionAction.connectionDirection`, 'lower'],
  ['network.transport', [`${ACTION}.networkConnectionAction.protocol`, `${ACTION}.dnsRequestAction.protocol`], 'lower'],
  ['network.protocol', `${ACTION}.actionType`, { table: { DNS_REQUEST: 'dns' }, strict: true }],

  ['dns.question.name', `${ACTION}.dnsRequestAction.domain`, 'domain'],
  ['dns.question.registered_domain', `${ACTION}.dnsRequestAction.domainWithSuffix`, 'domain'],

  ['url.path', `${ACTION}.kubernetesApiCallAction.requestUri`],
  ['http.response.status_code', `${ACTION}.kubernetesApiCallAction.statusCode`, 'int'],
  ['user_agent.original', [`${ACTION}.awsApiCallAction.userAgent`, `${ACTION}.kubernetesApiCallAction.userAgent`]],

  [
    'user.name',
    [
      'resource.accessKeyDetails.userName',
      'resource.kubernetesDetails.kubernetesUserDetails.username',
      'resource.rdsDbUserDetails.user',
    ],
  ],
  ['user.id', ['resource.accessKeyDetails.principalId', 'resource.kubernetesDetails.kubernetesUserDetails.uid']],
  ['user.roles[]', 'resource.kubernetesDetails.kubernetesUserDetails.groups[]'],

  ['host.id', 'resource.instanceDetails.instanceId'],
  ['host.name', [`${INTERFACE}.privateDnsName`, 'resource.instanceDetails.instanceId']],
  ['host.ip[]', [`${INTERFACE}.privateIpAddress`, `${INTERFACE}.ipv6Addresses[]`, `${INTERFACE}.publicIp`], 'ip'],

  ['container.id', ['resource.containerDetails.id', `${POD}.containers[].id`, `${TASK}.containers[].id`]],
  ['container.name', ['resource.containerDetails.name', `${POD}.containers[].name`, `${TASK}.containers[].name`]],
  [
    'container.image.name',
    ['resource.containerDetails.image', `${POD}.containers[].image`, `${TASK}.containers[].image`],
  ],

  [
    'orchestrator.type',
    'resource.resourceType',
    { table: { EKSCluster: 'kubernetes', ECSCluster: 'ecs' }, strict: true },
  ],
  ['orchestrator.cluster.name', ['resource.eksClusterDetails.name', 'resource.ecsClusterDetails.name']],
  ['orchestrator.cluster.id', ['resource.eksClusterDetails.arn', 'resource.ecsClusterDetails.arn']],
  ['orchestrator.namespace', [`${POD}.namespace`, `${ACTION}.kubernetesApiCallAction.namespace`]],
  ['orchestrator.resource.id', [`${POD}.uid`, `${TASK}.arn`]],
  ['orchestrator.resource.name', `${POD}.name`],
  ['orchestrator.resource.type', `${POD}.type`],

  ['faas.id', 'resource.lambdaDetails.functionArn'],
  ['faas.name', 'resource.lambdaDetails.functionName'],
  ['faas.version', 'resource.lambdaDetails.functionVersion'],

  ['process.name', `${PROCESS}.name`],
  ['process.executable', `${PROCESS}.executablePath`],
  ['process.hash.sha256', `${PROCESS}.executableSha256`, 'sha256'],
  ['process.pid', `${PROCESS}.pid`, 'int'],
  ['process.entity_id', `${PROCESS}.uuid`],
  ['process.parent.entity_id', `${PROCESS}.parentUuid`],
  ['process.start', `${PROCESS}.startTime`, 'instant'],
  ['process.working_directory', `${PROCESS}.pwd`],
  ['process.user.id', `${PROCESS}.userId`],
  ['process.user.name', `${PROCESS}.user`],
  ['process.command_line', `${CONTEXT}.commandLineExample`],

  ['file.name', `${SCANNED}.filePaths[].fileName`],
  [
    'file.path',
    [
      `${SCANNED}.filePaths[].filePath`,
      `${THREAT}.itemDetails[].itemPath`,
      `${OBJECT}.key`,
      `${CONTEXT}.threatFilePath`,
      `${CONTEXT}.scriptPath`,
    ],
  ],
  ['file.hash.sha256', FILE_HASHES, 'sha256'],

  [
    'related.ip[]',
    [
      'derived.source.ip',
      'derived.destination.ip',
      `${INTERFACE}.privateIpAddress`,
      `${INTERFACE}.privateIpAddresses[].privateIpAddress`,
      `${INTERFACE}.ipv6Addresses[]`,
      `${INTERFACE}.publicIp`,
      `${ACTION}.portProbeAction.portProbeDetails[].localIpDetails.ipAddressV4`,
      `${ACTION}.portProbeAction.portProbeDetails[].remoteIpDetails.ipAddressV4`,
      `${ACTION}.portProbeAction.portProbeDetails[].remoteIpDetails.ipAddressV6`,
      ...[
        'networkConnectionAction',
        'dnsRequestAction',
        'awsApiCallAction',
        'kubernetesApiCallAction',
        'rdsLoginAttemptAction',
      ].flatMap((name) => ['ipAddressV4', 'ipAddressV6'].map((ip) => `${ACTION}.${name}.remoteIpDetails.${ip}`)),
      `${ACTION}.kubernetesApiCallAction.sourceIPs[]`,
      `${SEQUENCE}.endpoints[].ip`,
      `${SEQUENCE}.resources[].data.ec2NetworkInterface.privateIpAddresses[].privateIpAddress`,
      `${SEQUENCE}.resources[].data.ec2NetworkInterface.ipv6Addresses[]`,
      `${SEQUENCE}.resources[].data.ec2NetworkInterface.publicIp`,
    ],
    'ip',
  ],
  [
    'related.user[]',
    [
      'resource.accessKeyDetails.userName',
      'resource.kubernetesDetails.kubernetesUserDetails.username',
      'resource.kubernetesDetails.kubernetesUserDetails.impersonatedUser.username',
      'resource.rdsDbUserDetails.user',
      `${ACTION}.rdsLoginAttemptAction.loginAttributes[].user`,
      `${ACTION}.rdsLoginAttemptAction.LoginAttributes[].user`,
      `${PROCESS}.user`,
      `${SEQUENCE}.actors[].user.name`,
      `${SEQUENCE}.resources[].data.accessKey.userName`,
    ],
  ],
  [
    'related.hosts[]',
    [
      'resource.instanceDetails.instanceId',
      `${INTERFACE}.privateDnsName`,
      `${INTERFACE}.publicDnsName`,
      `${ACTION}.dnsRequestAction.domain`,
      `${ACTION}.awsApiCallAction.domainDetails.domain`,
      `${SEQUENCE}.endpoints[].domain`,
    ],
    'domain',
  ],
  [
    'related.hash[]',
    [
      `${PROCESS}.executableSha256`,
      `${CONTEXT}.moduleSha256`,
      'service.evidence.threatIntelligenceDetails[].threatFileSha256',
      ...FILE_HASHES,
      `${SEQUENCE}.actors[].process.sha256`,
    ],
    'lower',
  ],

  ['aws.guardduty.id', 'id'],
  ['aws.guardduty.arn', 'arn'],
  ['aws.guardduty.partition', 'partition'],
  ['aws.guardduty.schema_version', 'schemaVersion'],
  ['aws.guardduty.type', 'type'],
  ['aws.guardduty.threat.purpose', 'derived.type.purpose'],
  ['aws.guardduty.threat.resource', 'derived.type.resource'],
  ['aws.guardduty.threat.family', 'derived.type.family'],
  ['aws.guardduty.threat.mechanism', 'derived.type.mechanism'],
  ['aws.guardduty.threat.artifact', 'derived.type.artifact'],
  ['aws.guardduty.severity.value', 'severity', 'float'],
  ['aws.guardduty.severity.label', 'severity', 'severity'],
  ['aws.guardduty.confidence', 'confidence', 'float'],
  ['aws.guardduty.count', 'service.count', 'int'],
  ['aws.guardduty.archived', 'service.archived', 'boolean'],
  ['aws.guardduty.sample', 'derived.sample', 'boolean'],
  ['aws.guardduty.detector_id', 'service.detectorId'],
  ['aws.guardduty.feature', 'service.featureName'],
  ['aws.guardduty.action_type', `${ACTION}.actionType`],
  ['aws.guardduty.attack_sequence_arn', 'associatedAttackSequenceArn'],
  ['aws.guardduty.resource_type', 'resource.resourceType'],
  ['aws.guardduty.resource_role', 'service.resourceRole'],
  [
    'aws.guardduty.resource_ids[]',
    [
      'resource.instanceDetails.instanceId',
      'resource.accessKeyDetails.accessKeyId',
      'resource.s3BucketDetails[].arn',
      'resource.eksClusterDetails.arn',
      'resource.ecsClusterDetails.arn',
      'resource.lambdaDetails.functionArn',
      'resource.rdsDbInstanceDetails.dbInstanceArn',
      'resource.rdsLimitlessDbDetails.dbShardGroupArn',
      'resource.ebsSnapshotDetails.snapshotArn',
      'resource.ec2ImageDetails.imageArn',
      'resource.recoveryPointDetails.recoveryPointArn',
      `${SEQUENCE}.resources[].uid`,
    ],
  ],
  ['aws.guardduty.threat_lists[]', 'service.evidence.threatIntelligenceDetails[].threatListName'],
  [
    'aws.guardduty.threat_names[]',
    ['service.evidence.threatIntelligenceDetails[].threatNames[]', `${SCANNED}.name`, `${THREAT}.name`],
  ],
  ['aws.guardduty.resource', 'resource', 'flat'],
  ['aws.guardduty.service', 'service', 'flat'],
  ['aws.guardduty.other', 'derived.other', 'flat'],
];

/** What GuardDuty says of its own work: over `detail`, with `derived`. */
export const EVENT_FIELDS: readonly Field[] = [
  ['@timestamp', 'derived.time', 'instant'],
  ['ecs.version', [], { constant: '9.4.0' }],
  ['message', 'derived.message'],
  ['event.kind', 'derived.kind'],
  ['event.category[]', 'derived.categories[]'],
  ['event.type[]', [], { constant: ['info'] }],
  ['event.dataset', [], { constant: 'aws.guardduty' }],
  ['event.id', 'derived.id'],
  ['event.code', 'derived.type'],
  ['event.action', ['scanResultDetails.scanResultStatus', 'scanStatus'], 'lower'],
  ['cloud.provider', [], { constant: 'aws' }],
  ['cloud.account.id', 'derived.account'],
  ...JOINED,
  ['cloud.region', 'derived.region'],
  ['cloud.service.name', [], { constant: 'guardduty' }],
  ['observer.vendor', [], { constant: 'AWS' }],
  ['observer.product', [], { constant: 'guardduty' }],
  ['finding.way', 'derived.way'],
  ['finding.via', 'derived.via'],
  ['file.name', 'derived.file'],
  ['file.path', 's3ObjectDetails.objectKey'],
  ['aws.guardduty.resource_type', 'resourceType'],
  ['aws.guardduty.resource_ids[]', ['derived.bucket', 'derived.resources[]']],
  ['aws.guardduty.threat_names[]', 'scanResultDetails.threats[].name'],
  ['aws.guardduty.event', 'derived.detail', 'flat'],
];

/** A remote end as GuardDuty itself places it. */
export const PLACE: readonly Field[] = [
  ['geo.city_name', 'city.cityName'],
  ['geo.country_iso_code', 'country.countryCode'],
  ['geo.country_name', 'country.countryName'],
  ['geo.location', 'geoLocation', 'point'],
  ['as.number', 'organization.asn', 'int'],
  ['as.organization.name', 'organization.asnOrg'],
];

/** Fields of a finding that rows name; others are kept as `aws.guardduty.other`. */
export const NAMED: ReadonlySet<string> = new Set([
  ...FIELDS.flatMap(([, paths]) => paths ?? []).map((path) => path.split('.')[0]),
  'updatedAt',
]);

/** ECS category and type of a finding by its action and by the detail that it has. */
export const ACTIONS: ReadonlyMap<unknown, readonly [category: string, type: string]> = new Map([
  ['AWS_API_CALL', ['api', 'info']],
  ['DNS_REQUEST', ['network', 'protocol']],
  ['KUBERNETES_API_CALL', ['api', 'info']],
  ['NETWORK_CONNECTION', ['network', 'connection']],
  ['PORT_PROBE', ['network', 'connection']],
  ['RDS_LOGIN_ATTEMPT', ['authentication', 'info']],
]);
export const DETAILS: ReadonlyMap<string, readonly [category: string, type: string]> = new Map([
  ['ebsVolumeScanDetails', ['malware', 'info']],
  ['malwareScanDetails', ['malware', 'info']],
  ['runtimeDetails', ['process', 'info']],
]);

/** Fields of `service.action` with what happened, by the type of action. */
export const NETWORK_ACTIONS = ['networkConnectionAction', 'portProbeAction', 'dnsRequestAction'] as const;
export const CALL_ACTIONS = ['awsApiCallAction', 'kubernetesApiCallAction', 'rdsLoginAttemptAction'] as const;

/**
 * The API spells fields as EventBridge does, but with a capital first letter. Exceptions: `<where>.<member>` → name.
 * https://docs.aws.amazon.com/guardduty/latest/APIReference/API_GetFindings.html
 */
export const RESPELLED: ReadonlyMap<string, string> = new Map([
  ['account.Name', 'account'],
  ['kubernetesApiCallAction.SourceIps', 'sourceIPs'],
  ['kubernetesWorkload.KubernetesResourcesTypes', 'type'],
  ['location.Latitude', 'lat'],
  ['location.Longitude', 'lon'],
  ['productCodes.Code', 'productCodeId'],
  ['productCodes.ProductType', 'productCodeType'],
  ['taskDetails.TaskCreatedAt', 'createdAt'],
]);

/** Fields whose keys are data, not names, and how many levels of them. */
export const KEYED_BY_DATA: ReadonlyMap<string, number> = new Map([
  ['affectedResources', 1],
  ['behavior', 2],
  ['profiles', 2],
]);
