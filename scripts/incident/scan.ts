/**
 * What Prowler's scan of the night before had found, in the file that it puts into the bucket.
 * https://docs.prowler.com/user-guide/cli/tutorials/reporting
 */

import { type LogObject, parts } from './object.ts';
import { ACCOUNTS, EXPORTS, REGION } from './scenario.ts';

interface Check {
  readonly code: string;
  readonly account: string;
  readonly isPassed: boolean;
  readonly severity: readonly [name: string, id: number];
  readonly title: string;
  readonly type: string;
  readonly resource: string;
  readonly compliance: object;
}

const { shop, data } = ACCOUNTS;

const CHECKS: readonly Check[] = [
  {
    code: 'iam_user_mfa_enabled_console_access',
    account: shop,
    isPassed: false,
    severity: ['High', 4],
    title: 'IAM user with a password has a second factor',
    type: 'AwsIamUser',
    resource: `arn:aws:iam::${shop}:user/deploy`,
    compliance: { 'CIS-3.0': ['1.10'], 'KISA-ISMS-P-2023': ['2.5.3'] },
  },
  {
    code: 's3_bucket_default_encryption',
    account: data,
    isPassed: true,
    severity: ['Medium', 3],
    title: 'S3 bucket encrypts what is put into it',
    type: 'AwsS3Bucket',
    resource: `arn:aws:s3:::${EXPORTS}`,
    compliance: { 'CIS-3.0': ['2.1.1'] },
  },
  {
    code: 'iam_role_cross_account_readonlyaccess_policy',
    account: data,
    isPassed: false,
    severity: ['High', 4],
    title: 'IAM role lets no other account read everything',
    type: 'AwsIamRole',
    resource: `arn:aws:iam::${data}:role/orders-admin`,
    compliance: { 'CIS-3.0': ['1.16'] },
  },
];

/** In: epoch seconds of the story's first moment. */
export function scanObjects(start: number): readonly LogObject[] {
  const [year, month, day] = parts(start);
  const findings = CHECKS.map((check) => finding(check, start + 10));
  return [
    {
      key: `${year}/${month}/${day}/${shop}.ocsf.json`,
      body: Buffer.from(JSON.stringify(findings, undefined, 2)),
      source: 'securityhub',
      records: findings.length,
      broken: 0,
      heldBack: 0,
    },
  ];
}

const finding = ({ code, account, isPassed, severity, title, type, resource, compliance }: Check, time: number) => ({
  message: `${title}: ${isPassed ? 'yes' : 'no'}.`,
  activity_id: 1,
  class_uid: 2004,
  category_uid: 2,
  type_uid: 200401,
  finding_info: {
    uid: `prowler-aws-${code}-${account}-${REGION}-${resource.split(/[/:]/).at(-1)}`,
    title,
    desc: title,
    created_time: time,
    types: ['Software and Configuration Checks/AWS Security Best Practices'],
  },
  time,
  severity: severity[0],
  severity_id: severity[1],
  status: 'New',
  status_id: 1,
  status_code: isPassed ? 'PASS' : 'FAIL',
  resources: [{ uid: resource, name: resource.split(/[/:]/).at(-1), type, region: REGION, cloud_partition: 'aws' }],
  metadata: {
    event_code: code,
    product: { name: 'Prowler', uid: 'prowler', vendor_name: 'Prowler', version: '5.46.0' },
    version: '1.5.0',
  },
  unmapped: { compliance },
  cloud: { account: { uid: account, type: 'AWS Account', type_id: 10 }, provider: 'aws', region: REGION },
});
