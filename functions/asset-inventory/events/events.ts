/**
 * Maps CloudTrail events to the assets that they changed: rows of service, event, type, and the path of the native id. An
 * event only triggers a look-up: AWS is asked for the asset's present state. Events without a row wait for the next run.
 * In: "AWS API Call via CloudTrail" of EventBridge.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
import type { Actor } from '../../../shared/asset/model.ts';
import { epochMs, find, isObject } from '../../../shared/transform/objects/compile.ts';

/** A path below `detail`; `items[]` means each element. */
type Row = readonly [service: string, event: string, type: string, ...paths: readonly string[]];

const Q = 'requestParameters';
const A = 'responseElements';
const INSTANCE = 'AWS::EC2::Instance';
const INTERFACE = 'AWS::EC2::NetworkInterface';
const GROUP = 'AWS::EC2::SecurityGroup';
const BUCKET = 'AWS::S3::Bucket';
const FUNCTION = 'AWS::Lambda::Function';
const KEY = 'AWS::IAM::AccessKey';
const DATABASE = 'AWS::RDS::DBInstance';

const ROWS: readonly Row[] = [
  ['ec2', 'RunInstances', INSTANCE, `${A}.instancesSet.items[].instanceId`],
  ['ec2', 'RunInstances', INTERFACE, `${A}.instancesSet.items[].networkInterfaceSet.items[].networkInterfaceId`],
  ['ec2', 'StartInstances', INSTANCE, `${Q}.instancesSet.items[].instanceId`],
  ['ec2', 'StopInstances', INSTANCE, `${Q}.instancesSet.items[].instanceId`],
  ['ec2', 'TerminateInstances', INSTANCE, `${Q}.instancesSet.items[].instanceId`],
  ['ec2', 'ModifyInstanceAttribute', INSTANCE, `${Q}.instanceId`],
  ['ec2', 'ModifyInstanceMetadataOptions', INSTANCE, `${Q}.ModifyInstanceMetadataOptionsRequest.InstanceId`],
  ['ec2', 'CreateNetworkInterface', INTERFACE, `${A}.networkInterface.networkInterfaceId`],
  ['ec2', 'DeleteNetworkInterface', INTERFACE, `${Q}.networkInterfaceId`],
  ['ec2', 'AttachNetworkInterface', INTERFACE, `${Q}.networkInterfaceId`],
  ['ec2', 'AttachNetworkInterface', INSTANCE, `${Q}.instanceId`],
  ['ec2', 'ModifyNetworkInterfaceAttribute', INTERFACE, `${Q}.networkInterfaceId`],
  ['ec2', 'AssignPrivateIpAddresses', INTERFACE, `${Q}.networkInterfaceId`],
  ['ec2', 'UnassignPrivateIpAddresses', INTERFACE, `${Q}.networkInterfaceId`],
  ['ec2', 'AssignIpv6Addresses', INTERFACE, `${Q}.AssignIpv6AddressesRequest.NetworkInterfaceId`],
  ['ec2', 'AllocateAddress', 'AWS::EC2::EIP', `${A}.allocationId`],
  ['ec2', 'ReleaseAddress', 'AWS::EC2::EIP', `${Q}.allocationId`],
  ['ec2', 'AssociateAddress', 'AWS::EC2::EIP', `${Q}.allocationId`],
  ['ec2', 'AssociateAddress', INTERFACE, `${Q}.networkInterfaceId`],
  ['ec2', 'AssociateAddress', INSTANCE, `${Q}.instanceId`],
  ['ec2', 'CreateSecurityGroup', GROUP, `${A}.groupId`],
  ['ec2', 'DeleteSecurityGroup', GROUP, `${Q}.groupId`],
  ['ec2', 'AuthorizeSecurityGroupIngress', GROUP, `${Q}.groupId`],
  ['ec2', 'AuthorizeSecurityGroupEgress', GROUP, `${Q}.groupId`],
  ['ec2', 'RevokeSecurityGroupIngress', GROUP, `${Q}.groupId`],
  ['ec2', 'RevokeSecurityGroupEgress', GROUP, `${Q}.groupId`],
  ['ec2', 'ModifySecurityGroupRules', GROUP, `${Q}.ModifySecurityGroupRulesRequest.GroupId`],
  ['ec2', 'CreateRoute', 'AWS::EC2::RouteTable', `${Q}.routeTableId`],
  ['ec2', 'DeleteRoute', 'AWS::EC2::RouteTable', `${Q}.routeTableId`],
  ['ec2', 'ReplaceRoute', 'AWS::EC2::RouteTable', `${Q}.routeTableId`],
  ['ec2', 'CreateNetworkAclEntry', 'AWS::EC2::NetworkAcl', `${Q}.networkAclId`],
  ['ec2', 'DeleteNetworkAclEntry', 'AWS::EC2::NetworkAcl', `${Q}.networkAclId`],
  ['s3', 'CreateBucket', BUCKET, `${Q}.bucketName`],
  ['s3', 'DeleteBucket', BUCKET, `${Q}.bucketName`],
  ['s3', 'PutBucketPolicy', BUCKET, `${Q}.bucketName`],
  ['s3', 'DeleteBucketPolicy', BUCKET, `${Q}.bucketName`],
  ['s3', 'PutBucketAcl', BUCKET, `${Q}.bucketName`],
  ['s3', 'PutBucketPublicAccessBlock', BUCKET, `${Q}.bucketName`],
  ['s3', 'DeleteBucketPublicAccessBlock', BUCKET, `${Q}.bucketName`],
  ['lambda', 'CreateFunctionUrlConfig', FUNCTION, `${Q}.functionName`],
  ['lambda', 'UpdateFunctionUrlConfig', FUNCTION, `${Q}.functionName`],
  ['lambda', 'DeleteFunctionUrlConfig', FUNCTION, `${Q}.functionName`],
  ['iam', 'CreateAccessKey', KEY, `${A}.accessKey.accessKeyId`],
  ['iam', 'UpdateAccessKey', KEY, `${Q}.accessKeyId`],
  ['iam', 'DeleteAccessKey', KEY, `${Q}.accessKeyId`],
  ['rds', 'CreateDBInstance', DATABASE, `${Q}.dBInstanceIdentifier`],
  ['rds', 'ModifyDBInstance', DATABASE, `${Q}.dBInstanceIdentifier`],
  ['rds', 'DeleteDBInstance', DATABASE, `${Q}.dBInstanceIdentifier`],
];

/** Event names for the EventBridge rule. */
export const EVENT_NAMES: readonly string[] = [...new Set(ROWS.map(([, name]) => name))].sort();

/** Of one event. A request for more is rare, and the next run finds the rest. */
const MAX_ASSETS = 200;

/** The assets that an event names. */
export interface Hint {
  readonly account: string;
  readonly region: string;
  readonly assets: readonly { readonly type: string; readonly nativeId: string }[];
  readonly actor: Actor;
  /** Assets beyond the first 200: they wait for the next run. */
  readonly left: number;
}

/**
 * Undefined: the event failed, only reads, or has no row. Only AWS can send what has a source `aws.…`, and the account and region of
 * an event are AWS's; what stands in `detail` alone, anybody could have sent.
 */
export function hintIn(event: unknown): Hint | undefined {
  const detail = isObject(event) && isOfAws(event) ? event.detail : undefined;
  if (!isObject(detail) || detail.readOnly === true || detail.errorCode !== undefined) return undefined;
  const service = String(detail.eventSource).replace('.amazonaws.com', '');
  const assets = ROWS.filter(([of, name]) => of === service && name === detail.eventName).flatMap(
    ([, , type, ...paths]) => paths.flatMap((path) => textsAt(detail, path)).map((nativeId) => ({ type, nativeId })),
  );
  const time = epochMs(detail.eventTime);
  if (assets.length === 0 || time === undefined) return undefined;
  const ip = textAt(detail, 'sourceIPAddress');
  return {
    account: textAt(event, 'account') ?? '',
    region: textAt(event, 'region') ?? '',
    assets: assets.slice(0, MAX_ASSETS),
    left: Math.max(0, assets.length - MAX_ASSETS),
    actor: {
      arn: textAt(detail, 'userIdentity.arn') ?? textAt(detail, 'userIdentity.invokedBy') ?? '',
      eventId: textAt(detail, 'eventID') ?? '',
      eventName: String(detail.eventName),
      time: new Date(time).toISOString(),
      ...(ip !== undefined && { sourceIp: ip }),
    },
  };
}

const isOfAws = (event: Readonly<Record<string, unknown>>): boolean =>
  event['detail-type'] === 'AWS API Call via CloudTrail' && String(event.source).startsWith('aws.');

function textAt(value: unknown, path: string): string | undefined {
  const found = find(value, path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

function textsAt(value: unknown, path: string): readonly string[] {
  const [first, ...rest] = path.split('[].');
  if (rest.length === 0) return textAt(value, first) === undefined ? [] : [textAt(value, first)!];
  const list = find(value, first);
  return (Array.isArray(list) ? list : []).flatMap((each) => textsAt(each, rest.join('[].')));
}
