/**
 * Made-up CloudTrail records, the same for the same seed: about 1.3 kB each, of the services, identities and sizes that an
 * account's trail has.
 */
import { random } from './flowlogs.data.ts';

const ACCOUNT = '123456789012';
const REGION = 'ap-northeast-2';
const AGENTS = [
  'APN/1.0 HashiCorp/1.0 Terraform/1.13.3 (+https://www.terraform.io) terraform-provider-aws/6.14.1 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.24.6 md/GOOS#linux md/GOARCH#amd64',
  'aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.1.0 md/arch#x86_64 lang/python#3.13.7 md/pyimpl#CPython cfg/retry-mode#standard md/prompt#off md/command#ec2.describe-instances',
  'Boto3/1.40.41 md/Botocore#1.40.41 ua/2.1 os/linux#5.10.240 md/arch#x86_64 lang/python#3.12.11 md/pyimpl#CPython exec-env/AWS_Lambda_python3.12 cfg/retry-mode#legacy Botocore/1.40.41',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
];
const READS = [
  ['ec2', 'DescribeInstances'],
  ['ec2', 'DescribeVolumes'],
  ['ec2', 'DescribeRouteTables'],
  ['ec2', 'DescribeNetworkInterfaces'],
  ['rds', 'DescribeDBInstances'],
  ['iam', 'GetRole'],
  ['iam', 'ListAttachedRolePolicies'],
  ['ssm', 'DescribeParameters'],
  ['lambda', 'ListVersionsByFunction20150331'],
  ['autoscaling', 'DescribeAutoScalingGroups'],
] as const;
const ROLES = ['terraform', 'web', 'batch', 'AWSReservedSSO_ReadOnly_0123456789abcdef', 'inventory'];
const USERS = ['alice', 'bob', 'carol', 'dave'];
const ERRORS = [
  ['AccessDenied', 'User is not authorized to perform this operation because no identity-based policy allows it'],
  ['Client.InvalidInstanceID.NotFound', "The instance ID 'i-0123456789abcdef0' does not exist"],
  ['NoSuchBucketPolicy', 'The bucket policy does not exist'],
] as const;

type Members = Readonly<Record<string, unknown>>;

/** Records without a newline. */
export function* cloudtrail(records: number, seed = 1): Generator<string> {
  const next = random(seed);
  const below = (n: number) => Math.floor(next() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)];
  const hex = (digits: number) => Array.from({ length: digits }, () => below(16).toString(16)).join('');
  const uuid = () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
  const callers = Array.from(
    { length: 3000 },
    () => `${below(190) + 11}.${below(256)}.${below(256)}.${below(254) + 1}`,
  );

  const user = (): Members => {
    const name = pick(USERS);
    return {
      type: 'IAMUser',
      principalId: `AIDA${hex(17).toUpperCase()}`,
      arn: `arn:aws:iam::${ACCOUNT}:user/${name}`,
      accountId: ACCOUNT,
      accessKeyId: `AKIA${hex(16).toUpperCase()}`,
      userName: name,
    };
  };
  const role = (): Members => {
    const name = pick(ROLES);
    const session = next() < 0.5 ? `i-0${hex(16)}` : `${pick(USERS)}@example.com`;
    const id = `AROA${hex(17).toUpperCase()}`;
    return {
      type: 'AssumedRole',
      principalId: `${id}:${session}`,
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/${session}`,
      accountId: ACCOUNT,
      accessKeyId: `ASIA${hex(16).toUpperCase()}`,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: id,
          arn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
          accountId: ACCOUNT,
          userName: name,
        },
        attributes: { creationDate: '2026-11-24T02:00:00Z', mfaAuthenticated: 'false' },
      },
    };
  };

  const read = (): Members => {
    const [service, eventName] = pick(READS);
    return call(service, eventName, true, {
      requestParameters: {
        maxResults: below(1000),
        filterSet: { items: [{ name: 'tag:Name', valueSet: { items: [{ value: hex(12) }] } }] },
      },
    });
  };
  const change = (): Members =>
    call('iam', 'PutRolePolicy', false, {
      requestParameters: {
        roleName: pick(ROLES),
        policyName: `policy-${hex(6)}`,
        policyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: `arn:aws:s3:::${hex(12)}/*` },
          ],
        }),
      },
    });
  const decrypt = (): Members =>
    call('kms', 'Decrypt', true, {
      sourceIPAddress: 'secretsmanager.amazonaws.com',
      userAgent: 'secretsmanager.amazonaws.com',
      requestParameters: {
        encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        encryptionContext: {
          SecretARN: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${hex(8)}`,
          SecretVersionId: uuid(),
        },
      },
      resources: [{ accountId: ACCOUNT, type: 'AWS::KMS::Key', ARN: `arn:aws:kms:${REGION}:${ACCOUNT}:key/${uuid()}` }],
    });
  const assume = (): Members =>
    call('sts', 'AssumeRole', true, {
      userIdentity: { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' },
      sourceIPAddress: 'ec2.amazonaws.com',
      userAgent: 'ec2.amazonaws.com',
      requestParameters: { roleArn: `arn:aws:iam::${ACCOUNT}:role/${pick(ROLES)}`, roleSessionName: `i-0${hex(16)}` },
      responseElements: {
        credentials: {
          accessKeyId: `ASIA${hex(16).toUpperCase()}`,
          sessionToken: hex(900),
          expiration: 'Nov 24, 2026, 9:00:00 AM',
        },
      },
      sharedEventID: uuid(),
    });
  const start = (): Members =>
    call('ec2', 'RunInstances', false, {
      requestParameters: {
        instancesSet: { items: [{ imageId: `ami-0${hex(16)}`, minCount: 1, maxCount: 1 }] },
        instanceType: 'm7g.large',
      },
      responseElements: {
        instancesSet: {
          items: Array.from({ length: 2 }, () => ({
            instanceId: `i-0${hex(16)}`,
            instanceState: { code: 0, name: 'pending' },
            privateDnsName: `ip-10-0-${below(256)}-${below(256)}.${REGION}.compute.internal`,
            networkInterfaceSet: {
              items: [{ networkInterfaceId: `eni-0${hex(16)}`, privateIpAddressesSet: { item: [{ primary: true }] } }],
            },
            tagSet: {
              items: [
                { key: 'Name', value: hex(10) },
                { key: 'team', value: '봉수' },
              ],
            },
          })),
        },
      },
    });
  const access = (): Members => {
    const bucket = `logs-${hex(6)}`;
    const host = `${bucket}.s3.${REGION}.amazonaws.com`;
    const key = `${hex(8)}/${hex(16)}.json.gz`;
    return call('s3', pick(['GetObject', 'GetObject', 'PutObject']), true, {
      requestParameters: { bucketName: bucket, Host: host, key },
      additionalEventData: {
        SignatureVersion: 'SigV4',
        CipherSuite: 'TLS_AES_128_GCM_SHA256',
        bytesTransferredIn: 0,
        AuthenticationMethod: 'AuthHeader',
        'x-amz-id-2': hex(76),
        bytesTransferredOut: below(1_000_000),
      },
      resources: [
        { type: 'AWS::S3::Object', ARN: `arn:aws:s3:::${bucket}/${key}` },
        { accountId: ACCOUNT, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${bucket}` },
      ],
      managementEvent: false,
      eventCategory: 'Data',
    });
  };

  let second = 0;
  function call(service: string, eventName: string, readOnly: boolean, more: Members): Members {
    const [errorCode, errorMessage] = next() < 0.08 ? pick(ERRORS) : [];
    const {
      responseElements = null,
      additionalEventData,
      resources,
      managementEvent = true,
      eventCategory = 'Management',
    } = more;
    return {
      eventVersion: '1.11',
      userIdentity: more.userIdentity ?? (next() < 0.3 ? user() : role()),
      eventTime: new Date(1_795_500_000_000 + second * 1000).toISOString().replace('.000', ''),
      eventSource: `${service}.amazonaws.com`,
      eventName,
      awsRegion: REGION,
      sourceIPAddress: more.sourceIPAddress ?? pick(callers),
      userAgent: more.userAgent ?? pick(AGENTS),
      errorCode,
      errorMessage,
      requestParameters: more.requestParameters,
      responseElements,
      additionalEventData,
      requestID: uuid(),
      eventID: uuid(),
      readOnly,
      resources,
      eventType: 'AwsApiCall',
      managementEvent,
      recipientAccountId: ACCOUNT,
      sharedEventID: more.sharedEventID,
      eventCategory,
      tlsDetails:
        more.sourceIPAddress === undefined
          ? {
              tlsVersion: 'TLSv1.3',
              cipherSuite: 'TLS_AES_128_GCM_SHA256',
              clientProvidedHostHeader: `${service}.${REGION}.amazonaws.com`,
            }
          : undefined,
    };
  }

  const kinds = [...Array(11).fill(read), decrypt, decrypt, assume, access, access, access, change, start, read];
  for (let i = 0; i < records; i++) {
    second = Math.floor(i / 50);
    yield JSON.stringify(pick(kinds)());
  }
}
