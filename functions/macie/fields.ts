/**
 * Macie findings → ECS. Rows: [target, path(s), cast?] over a finding without the places of sensitive data; `derived` is
 * what source.ts made of it.
 * https://docs.aws.amazon.com/macie/latest/APIReference/findings-describe.html
 */
import { JOINED } from '../../shared/transform/joined.ts';
import type { Field } from '../../shared/transform/objects/compile.ts';

const BUCKET = 'resourcesAffected.s3Bucket';
const OBJECT = 'resourcesAffected.s3Object';
const CALL = 'policyDetails.action.apiCallDetails';
const ACTOR = 'policyDetails.actor';
const IDENTITY = `${ACTOR}.userIdentity`;
const CLASSIFIED = 'classificationDetails';
const RESULT = `${CLASSIFIED}.result`;
const CUSTOM = `${RESULT}.customDataIdentifiers`;

const USER_NAMES = [
  `${IDENTITY}.iamUser.userName`,
  `${IDENTITY}.assumedRole.sessionContext.sessionIssuer.userName`,
  `${IDENTITY}.federatedUser.sessionContext.sessionIssuer.userName`,
  `${IDENTITY}.awsService.invokedBy`,
];

/** What it is about. */
export const ASSETS: readonly string[] = ['resourcesAffected.s3Bucket.arn'];

export const FIELDS: readonly Field[] = [
  ['@timestamp', 'derived.time', 'instant'],
  ['ecs.version', [], { constant: '9.4.0' }],
  ['message', ['title', 'description']],

  ['event.kind', [], { constant: 'alert' }],
  ['event.category[]', 'derived.categories[]'],
  ['event.type[]', 'derived.types[]'],
  ['event.dataset', [], { constant: 'aws.macie' }],
  ['event.provider', [], { constant: 'macie2' }],
  ['event.id', 'derived.uid'],
  ['event.code', 'type'],
  ['event.action', `${CALL}.api`],
  ['event.reason', 'description'],
  ['event.severity', 'severity.score', 'whole'],
  ['event.created', 'createdAt', 'instant'],
  ['event.start', [`${CALL}.firstSeen`, 'createdAt'], 'instant'],
  ['event.end', [`${CALL}.lastSeen`, 'updatedAt', 'derived.time'], 'instant'],

  ['finding.uid', 'derived.uid'],
  ['finding.severity', 'severity.description', 'severity'],
  ['finding.way', 'derived.way'],
  ['finding.via', 'derived.via'],
  ['observer.vendor', [], { constant: 'AWS' }],
  ['observer.product', [], { constant: 'macie' }],

  ['rule.name', 'type'],
  ['rule.category', 'category'],

  ['cloud.provider', [], { constant: 'aws' }],
  ['cloud.account.id', 'accountId'],
  ...JOINED,
  ['cloud.region', 'region'],
  ['cloud.service.name', [], { constant: 'macie' }],

  ['source.ip', 'derived.source.ip', 'ip'],
  ['source.address', ['derived.source.ip', `${ACTOR}.domainDetails.domainName`]],
  ['source.domain', `${ACTOR}.domainDetails.domainName`, 'lower'],
  ['source.geo', 'derived.source.geo', 'flat'],
  ['source.as', 'derived.source.as', 'flat'],

  ['user.name', USER_NAMES],
  [
    'user.id',
    [
      `${IDENTITY}.iamUser.principalId`,
      `${IDENTITY}.assumedRole.principalId`,
      `${IDENTITY}.federatedUser.principalId`,
      `${IDENTITY}.root.principalId`,
      `${IDENTITY}.awsAccount.principalId`,
    ],
  ],

  ['file.name', 'derived.file'],
  ['file.path', `${OBJECT}.key`],
  ['file.extension', `${OBJECT}.extension`],
  ['file.size', `${OBJECT}.size`, 'int'],
  ['file.mtime', `${OBJECT}.lastModified`, 'instant'],
  ['file.mime_type', `${RESULT}.mimeType`],

  ['related.ip[]', 'derived.source.ip', 'ip'],
  ['related.user[]', USER_NAMES],
  ['related.hosts[]', `${ACTOR}.domainDetails.domainName`, 'lower'],

  ['aws.macie.type', 'type'],
  ['aws.macie.category', 'category'],
  ['aws.macie.severity.value', 'severity.score', 'float'],
  ['aws.macie.severity.label', 'severity.description', 'severity'],
  ['aws.macie.count', 'count', 'int'],
  ['aws.macie.archived', 'archived', 'boolean'],
  ['aws.macie.sample', 'sample', 'boolean'],
  ['aws.macie.bucket.arn', `${BUCKET}.arn`],
  ['aws.macie.bucket.name', `${BUCKET}.name`],
  ['aws.macie.bucket.owner', [`${BUCKET}.owner.displayName`, `${BUCKET}.owner.id`]],
  ['aws.macie.bucket.created', `${BUCKET}.createdAt`, 'instant'],
  ['aws.macie.bucket.encryption', `${BUCKET}.defaultServerSideEncryption.encryptionType`],
  ['aws.macie.bucket.kms_key', `${BUCKET}.defaultServerSideEncryption.kmsMasterKeyId`],
  ['aws.macie.bucket.allows_unencrypted_uploads', `${BUCKET}.allowsUnencryptedObjectUploads`],
  ['aws.macie.bucket.effective_permission', `${BUCKET}.publicAccess.effectivePermission`],
  ['aws.macie.bucket.permissions', `${BUCKET}.publicAccess.permissionConfiguration`, 'flat'],
  ['aws.macie.bucket.tags', `${BUCKET}.tags`, 'flat'],
  ['aws.macie.object.path', `${OBJECT}.path`],
  ['aws.macie.object.version', `${OBJECT}.versionId`],
  ['aws.macie.object.etag', `${OBJECT}.eTag`],
  ['aws.macie.object.storage_class', `${OBJECT}.storageClass`],
  ['aws.macie.object.public', `${OBJECT}.publicAccess`, 'boolean'],
  ['aws.macie.object.encryption', `${OBJECT}.serverSideEncryption.encryptionType`],
  ['aws.macie.object.kms_key', `${OBJECT}.serverSideEncryption.kmsMasterKeyId`],
  ['aws.macie.object.tags', `${OBJECT}.tags`, 'flat'],
  ['aws.macie.job.id', `${CLASSIFIED}.jobId`],
  ['aws.macie.job.arn', `${CLASSIFIED}.jobArn`],
  ['aws.macie.job.origin', `${CLASSIFIED}.originType`],
  ['aws.macie.job.results', `${CLASSIFIED}.detailedResultsLocation`],
  ['aws.macie.job.status', `${RESULT}.status.code`],
  ['aws.macie.job.size', `${RESULT}.sizeClassified`, 'int'],
  ['aws.macie.sensitive.count', 'derived.count', 'int'],
  ['aws.macie.sensitive.has_more', `${RESULT}.additionalOccurrences`, 'boolean'],
  ['aws.macie.sensitive.categories[]', `${RESULT}.sensitiveData[].category`],
  ['aws.macie.sensitive.types[]', [`${RESULT}.sensitiveData[].detections[].type`, `${CUSTOM}.detections[].name`]],
  ['aws.macie.sensitive.detections', `${RESULT}.sensitiveData`, 'flat'],
  ['aws.macie.sensitive.custom', `${CUSTOM}.detections`, 'flat'],
  ['aws.macie.call.service', `${CALL}.apiServiceName`],
  ['aws.macie.actor.type', `${IDENTITY}.type`],
  ['aws.macie.actor.arn', 'derived.actor'],
  ['aws.macie.actor.detail', ACTOR, 'flat'],
  ['aws.macie.other', 'derived.other', 'flat'],
];

/** A caller as Macie itself places it. */
export const PLACE: readonly Field[] = [
  ['geo.city_name', 'ipCity.name'],
  ['geo.country_iso_code', 'ipCountry.code'],
  ['geo.country_name', 'ipCountry.name'],
  ['geo.location', 'ipGeoLocation', 'point'],
  ['as.number', 'ipOwner.asn', 'asn'],
  ['as.organization.name', 'ipOwner.asnOrg'],
];

/** Fields of a finding that rows name; others are kept as `aws.macie.other`. */
export const NAMED: ReadonlySet<string> = new Set([
  ...FIELDS.flatMap(([, paths]) => paths ?? []).map((path) => path.split('.')[0]),
  ...['id', 'partition', 'schemaVersion'], // nothing that isn't told otherwise
]);

/** ECS's category and types by what a finding is about. */
export const KINDS: ReadonlyMap<unknown, readonly [category: string, ...types: string[]]> = new Map([
  ['CLASSIFICATION', ['file', 'info']],
  ['POLICY', ['configuration', 'change']],
]);
