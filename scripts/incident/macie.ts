/**
 * The incident as Macie saw it: the orders' exports hold card numbers, and someone shares their bucket.
 * https://docs.aws.amazon.com/macie/latest/user/findings-publish-event-schemas.html
 */

import { envelope, type FindingEvent, iso, type Setting, uuid } from './event.ts';
import { ACTS, database, EXPORTS, GUESSER, REGION } from './scenario.ts';

interface Finding {
  readonly type: string;
  readonly category: string;
  readonly severity: object;
  readonly title: string;
  readonly description: string;
  readonly at: number;
  readonly object?: object;
  readonly detail: object;
}

export function macieEvents(setting: Setting): readonly FindingEvent[] {
  return [sensitive, shared(setting.start)].map((finding) => ({
    source: 'macie',
    event: eventOf(setting, finding),
    records: 1,
    heldBack: 0,
  }));
}

const KEY = '2026/orders-001.csv';

const sensitive: Finding = {
  type: 'SensitiveData:S3Object/Financial',
  category: 'CLASSIFICATION',
  severity: { score: 3, description: 'High' },
  title: 'The S3 object contains financial information',
  description: 'The object contains financial information such as credit card numbers.',
  at: 240,
  object: {
    bucketArn: `arn:aws:s3:::${EXPORTS}`,
    key: KEY,
    path: `${EXPORTS}/${KEY}`,
    extension: 'csv',
    size: 640_112,
    storageClass: 'STANDARD',
    publicAccess: false,
  },
  detail: {
    classificationDetails: {
      jobId: '3ce05dbb7ec5505def334104bexample',
      originType: 'SENSITIVE_DATA_DISCOVERY_JOB',
      result: {
        status: { code: 'COMPLETE' },
        sizeClassified: 640_112,
        mimeType: 'text/csv',
        additionalOccurrences: true,
        sensitiveData: [
          {
            category: 'FINANCIAL_INFORMATION',
            totalCount: 412,
            detections: [
              {
                type: 'CREDIT_CARD_NUMBER',
                count: 412,
                // a column named after its content, which must not reach a log
                occurrences: { cells: [{ row: 2, column: 4, columnName: 'card of A. Customer' }] },
              },
            ],
          },
        ],
      },
    },
  },
};

const shared = (start: number): Finding => ({
  type: 'Policy:IAMUser/S3BucketSharedExternally',
  category: 'POLICY',
  severity: { score: 3, description: 'High' },
  title: 'The S3 bucket is shared with an account that is not of the organization',
  description: 'A policy of the bucket was changed so that an account outside of the organization can read it.',
  at: ACTS.theft + 500,
  detail: {
    policyDetails: {
      action: {
        actionType: 'AWS_API_CALL',
        apiCallDetails: {
          api: 'PutBucketPolicy',
          apiServiceName: 's3.amazonaws.com',
          firstSeen: iso(start, ACTS.theft + 440),
          lastSeen: iso(start, ACTS.theft + 440),
        },
      },
      actor: {
        userIdentity: {
          type: 'AssumedRole',
          assumedRole: {
            principalId: 'AROAEXAMPLE000000000:backup',
            arn: `arn:aws:sts::${database.account}:assumed-role/orders-admin/backup`,
            accountId: database.account,
          },
          iamUser: null,
        },
        ipAddressDetails: { ipAddressV4: GUESSER, ipOwner: { asn: '64496', asnOrg: 'Example Hosting' } },
      },
    },
  },
});

function eventOf(setting: Setting, { at, object, detail, ...finding }: Finding) {
  const { start, rng } = setting;
  const { account } = database;
  return envelope(setting, {
    source: 'aws.macie',
    type: 'Macie Finding',
    account,
    at,
    detail: {
      schemaVersion: '1.0',
      id: uuid(rng),
      accountId: account,
      partition: 'aws',
      region: REGION,
      ...finding,
      createdAt: iso(start, at - 30),
      updatedAt: iso(start, at - 30),
      count: 1,
      resourcesAffected: {
        s3Bucket: { arn: `arn:aws:s3:::${EXPORTS}`, name: EXPORTS, owner: { id: account }, tags: [] },
        s3Object: object ?? null,
      },
      classificationDetails: null,
      policyDetails: null,
      ...detail,
      sample: false,
      archived: false,
    },
  });
}
