/**
 * The incident as CloudTrail saw it: passwords tried at the console, a role taken in another account, objects read, a trail that
 * was to be stopped; and the ordinary calls of the company's own services.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
import { gzipSync } from 'node:zlib';
import { type LogObject, parts } from './object.ts';
import type { Rng } from './random.ts';
import { ACCOUNTS, ACTS, bastion, database, EXPORTS, GUESSER, REGION, web } from './scenario.ts';

interface Stage {
  readonly start: number;
  readonly rng: Rng;
}

interface Call {
  readonly at: number;
  readonly account: string;
  readonly service: string;
  readonly name: string;
  readonly from: string;
  readonly who: object;
  readonly more?: object;
}

/** In: epoch seconds of the story's first moment. */
export function trailObjects(start: number, rng: Rng): readonly LogObject[] {
  const stage = { start, rng };
  return [
    object(stage, ACCOUNTS.shop, [...signIns(), ...leap(), ...services(stage)], 1),
    object(stage, ACCOUNTS.data, theft(stage), 0),
  ];
}

const user = (name: string) => ({
  type: 'IAMUser',
  principalId: `AIDA${name.toUpperCase().padEnd(16, 'X')}`,
  arn: `arn:aws:iam::${ACCOUNTS.shop}:user/${name}`,
  accountId: ACCOUNTS.shop,
  userName: name,
});

const role = (account: string, name: string, session: string) => ({
  type: 'AssumedRole',
  principalId: `AROAEXAMPLE000000000:${session}`,
  arn: `arn:aws:sts::${account}:assumed-role/${name}/${session}`,
  accountId: account,
  accessKeyId: 'ASIAEXAMPLE000000000',
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      principalId: 'AROAEXAMPLE000000000',
      arn: `arn:aws:iam::${account}:role/${name}`,
      accountId: account,
      userName: name,
    },
    attributes: { mfaAuthenticated: 'false' },
  },
});

/** Nine wrong passwords, then the right one. */
const signIns = (): Call[] =>
  Array.from({ length: 10 }, (_, i) => ({
    at: ACTS.guess + i * 40,
    account: ACCOUNTS.shop,
    service: 'signin.amazonaws.com',
    name: 'ConsoleLogin',
    from: GUESSER,
    who: user('deploy'),
    more: {
      eventType: 'AwsConsoleSignIn',
      ...(i < 9 && { errorMessage: 'Failed authentication' }),
      responseElements: { ConsoleLogin: i < 9 ? 'Failure' : 'Success' },
      additionalEventData: { LoginTo: 'https://console.aws.amazon.com/console/home', MFAUsed: 'No' },
    },
  }));

/** From the bastion into the data account; an attempt to stop the trail is denied. */
function leap(): Call[] {
  const common = {
    account: ACCOUNTS.shop,
    from: bastion.publicIp!,
    who: role(ACCOUNTS.shop, 'bastion', bastion.instance),
  };
  return [
    { ...common, at: ACTS.shell + 30, service: 'sts.amazonaws.com', name: 'GetCallerIdentity' },
    {
      ...common,
      at: ACTS.shell + 60,
      service: 'sts.amazonaws.com',
      name: 'AssumeRole',
      more: {
        requestParameters: { roleArn: `arn:aws:iam::${ACCOUNTS.data}:role/orders-admin`, roleSessionName: 'backup' },
        responseElements: {
          assumedRoleUser: { arn: `arn:aws:sts::${ACCOUNTS.data}:assumed-role/orders-admin/backup` },
        },
      },
    },
    {
      ...common,
      at: ACTS.shell + 90,
      service: 'cloudtrail.amazonaws.com',
      name: 'StopLogging',
      more: {
        readOnly: false,
        errorCode: 'AccessDenied',
        errorMessage: 'User is not authorized to perform: cloudtrail:StopLogging',
      },
    },
  ];
}

/** Ordinary activity: calls by AWS services and by the web server. */
function services({ rng }: Stage): Call[] {
  return Array.from({ length: 120 }, (_, i) => {
    const at = rng.below(ACTS.end);
    const account = ACCOUNTS.shop;
    if (i % 3 === 0) {
      const from = 'autoscaling.amazonaws.com';
      return {
        at,
        account,
        from,
        service: 'ec2.amazonaws.com',
        name: 'DescribeInstances',
        who: { type: 'AWSService', invokedBy: from },
      };
    }
    if (i % 3 === 1) {
      const more = {
        requestParameters: { encryptionContext: { 'aws:s3:arn': 'arn:aws:s3:::shop-assets' } },
        eventType: 'AwsApiCall',
      };
      return {
        at,
        account,
        from: 'AWS Internal',
        service: 'kms.amazonaws.com',
        name: 'Decrypt',
        who: role(account, 'web', web.instance),
        more,
      };
    }
    const more = { readOnly: true, requestParameters: { path: `/shop/${rng.hex(6)}`, withDecryption: true } };
    return {
      at,
      account,
      from: web.publicIp!,
      service: 'ssm.amazonaws.com',
      name: 'GetParameter',
      who: role(account, 'web', web.instance),
      more,
    };
  });
}

/** The orders' exports are listed and read, one after another. */
function theft({ rng }: Stage): Call[] {
  const common = { account: ACCOUNTS.data, from: database.ip, who: role(ACCOUNTS.data, 'orders-admin', 'backup') };
  const read = (i: number): Call => ({
    ...common,
    at: ACTS.theft + i * 12,
    service: 's3.amazonaws.com',
    name: i === 0 ? 'ListObjects' : 'GetObject',
    more: {
      eventCategory: 'Data',
      managementEvent: false,
      readOnly: true,
      requestParameters: {
        bucketName: EXPORTS,
        ...(i > 0 && { key: `2026/orders-${String(i).padStart(3, '0')}.csv` }),
      },
      additionalEventData: { bytesTransferredOut: i === 0 ? 9000 : rng.between(400_000, 900_000) },
      resources: [{ type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${EXPORTS}`, accountId: ACCOUNTS.data }],
    },
  });
  return Array.from({ length: 61 }, (_, i) => read(i));
}

function object({ start, rng }: Stage, account: string, calls: readonly Call[], broken: number): LogObject {
  const Records: object[] = calls.toSorted((a, b) => a.at - b.at).map((call) => record(call, start, rng));
  for (let i = 0; i < broken; i++)
    Records.splice(rng.below(Records.length), 0, { ...Records[0], eventTime: 'yesterday' });
  const [year, month, day, hour, minute] = parts(start + ACTS.end);
  const file = `${account}_CloudTrail_${REGION}_${year}${month}${day}T${hour}${minute}Z_${rng.hex(16)}.json.gz`;
  return {
    key: `AWSLogs/o-exampleorg/${account}/CloudTrail/${REGION}/${year}/${month}/${day}/${file}`,
    body: gzipSync(JSON.stringify({ Records })),
    source: 'cloudtrail',
    records: Records.length,
    broken,
    heldBack: 0,
  };
}

function record({ at, account, service, name, from, who, more }: Call, start: number, rng: Rng): object {
  return {
    eventVersion: '1.11',
    userIdentity: who,
    eventTime: new Date((start + at) * 1000).toISOString().replace('.000Z', 'Z'),
    eventSource: service,
    eventName: name,
    awsRegion: REGION,
    sourceIPAddress: from,
    userAgent: 'aws-cli/2.31.0',
    requestParameters: null,
    responseElements: null,
    requestID: `${rng.hex(8)}-${rng.hex(4)}-${rng.hex(4)}-${rng.hex(4)}-${rng.hex(12)}`,
    eventID: `${rng.hex(8)}-${rng.hex(4)}-4${rng.hex(3)}-a${rng.hex(3)}-${rng.hex(12)}`,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
    ...more,
  };
}
