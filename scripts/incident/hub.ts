/**
 * The incident as Security Hub saw it: controls that had failed before, an exposure that follows from them, what GuardDuty reported
 * once more, and what the team did about it.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-v2-cwe-event-formats.html
 */

import { type Envelope, envelope, type FindingEvent, iso, type Setting, uuid } from './event.ts';
import { ACCOUNTS, ACTS, bastion, REGION } from './scenario.ts';

const { shop: account } = ACCOUNTS;
const IMPORTED = 'Security Hub Findings - Imported';
const PORT = `arn:aws:ec2:${REGION}:${account}:security-group/sg-${bastion.eni.slice(4)}`;
const INSTANCE = `arn:aws:ec2:${REGION}:${account}:instance/${bastion.instance}`;

/** In: GuardDuty's own events, of which the attack sequences come here too. */
export function hubEvents(setting: Setting, guardduty: readonly FindingEvent[]): readonly FindingEvent[] {
  const { start } = setting;
  const open = control(setting);
  const copies = guardduty
    .map(({ event }) => event)
    .filter(isSequence)
    .map(copyOf);
  const end = ACTS.end - 20;
  const event = (
    type: string,
    at: number,
    findings: readonly object[],
    more: object = {},
    heldBack = 0,
  ): FindingEvent => ({
    source: 'securityhub',
    event: envelope(setting, { source: 'aws.securityhub', type, account, at, detail: { ...more, findings } }),
    records: findings.length,
    heldBack,
  });
  return [
    event(IMPORTED, 60, [open]),
    event(IMPORTED, 90, [scanned(setting)]),
    event('Findings Imported V2', 620, [exposure(setting)]),
    event(IMPORTED, ACTS.shell + 900, [{ ...open, ...notified(start, ACTS.shell + 880) }]),
    ...copies.map((copy) => event(IMPORTED, end - 10, [copy], {}, 1)),
    event('Security Hub Findings - Custom Action', end, copies, {
      actionName: 'Page CERT',
      actionDescription: 'Calls whoever is on duty',
    }),
  ];
}

const asff = (start: number, at: number) => ({
  SchemaVersion: '2018-10-08',
  AwsAccountId: account,
  Region: REGION,
  FirstObservedAt: iso(start, -86_400),
  CreatedAt: iso(start, -86_400),
  UpdatedAt: iso(start, at),
  RecordState: 'ACTIVE',
  Workflow: { Status: 'NEW' },
});

const CONTROL = 'security-control/EC2.53';

const control = ({ start, rng }: Setting) => ({
  ...asff(start, 30),
  Id: `arn:aws:securityhub:${REGION}:${account}:${CONTROL}/finding/${uuid(rng)}`,
  ProductArn: `arn:aws:securityhub:${REGION}::product/aws/securityhub`,
  ProductName: 'Security Hub',
  CompanyName: 'AWS',
  GeneratorId: CONTROL,
  Types: ['Software and Configuration Checks/Industry and Regulatory Standards'],
  Severity: { Label: 'HIGH', Normalized: 70, Original: 'HIGH' },
  Title: 'EC2 security groups should not allow ingress from 0.0.0.0/0 to remote server administration ports',
  Description: 'This control checks whether a security group lets everybody in to port 22 or 3389.',
  Compliance: {
    Status: 'FAILED',
    SecurityControlId: 'EC2.53',
    RelatedRequirements: ['CIS AWS Foundations Benchmark v3.0.0/5.2'],
    AssociatedStandards: [{ StandardsId: 'standards/cis-aws-foundations-benchmark/v/3.0.0' }],
  },
  Resources: [{ Type: 'AwsEc2SecurityGroup', Id: PORT, Partition: 'aws', Region: REGION }],
});

/** Someone on the team changed its workflow: another state with the same time of update. */
const notified = (start: number, at: number) => ({
  Workflow: { Status: 'NOTIFIED' },
  Note: { Text: 'The bastion is being isolated.', UpdatedBy: 'soc', UpdatedAt: iso(start, at) },
});

/** Prowler, through its integration. */
const scanned = ({ start, rng }: Setting) => ({
  ...asff(start, 45),
  Id: `prowler-ec2_instance_imdsv2_enabled-${account}-${REGION}-${rng.hex(9)}`,
  ProductArn: `arn:aws:securityhub:${REGION}::product/prowler/prowler`,
  ProductFields: { ProviderName: 'Prowler', ProviderVersion: '5.46.0', ProwlerResourceName: INSTANCE },
  GeneratorId: 'prowler-ec2_instance_imdsv2_enabled',
  Types: ['Software and Configuration Checks/AWS Security Best Practices'],
  Severity: { Label: 'HIGH' },
  Title: 'EC2 instance requires the second version of the metadata service',
  Description: `EC2 instance ${bastion.instance} gives its credentials to whoever asks by the first version.`,
  Compliance: {
    Status: 'FAILED',
    RelatedRequirements: ['CIS-3.0 5.6', 'KISA-ISMS-P-2023 2.6.2'],
    AssociatedStandards: [{ StandardsId: 'CIS-3.0' }, { StandardsId: 'KISA-ISMS-P-2023' }],
  },
  Resources: [{ Type: 'AwsEc2Instance', Id: INSTANCE, Partition: 'aws', Region: REGION }],
});

function exposure({ start, rng }: Setting): object {
  const at = (start + 610) * 1000;
  const uid = `arn:aws:securityhub:${REGION}:${account}:risk:${rng.hex(64)}`;
  return {
    activity_id: 1,
    activity_name: 'Create',
    category_name: 'Findings',
    category_uid: 2,
    class_name: 'Detection Finding',
    class_uid: 2004,
    type_uid: 200401,
    cloud: { account: { uid: account, name: 'shop' }, provider: 'AWS', region: REGION },
    resources: [{ type: 'AwsEc2Instance', uid: INSTANCE, region: REGION, cloud_partition: 'aws' }],
    finding_info: {
      uid,
      title: 'Instance that the internet reaches has a vulnerability with a known exploit',
      desc: 'Port 22 is open to everybody, and what listens there can be taken over.',
      created_time: at,
      modified_time: at,
      types: ['Exposure/Potential Impact/Resource Hijacking'],
      analytic: { name: 'Exposure', type: 'Rule', type_id: 1 },
    },
    metadata: {
      product: {
        name: 'Security Hub Exposure Detection',
        uid: `arn:aws:securityhub:${REGION}::productv2/aws/securityhub-risk`,
        vendor_name: 'AWS',
      },
      uid: rng.hex(64),
      version: '1.6.0',
    },
    severity: 'Critical',
    severity_id: 5,
    status: 'New',
    status_id: 1,
    time: at,
  };
}

interface Sequence extends Envelope {
  readonly detail: {
    readonly arn: string;
    readonly accountId: string;
    readonly type: string;
    readonly title: string;
    readonly description: string;
    readonly createdAt: string;
    readonly updatedAt: string;
    readonly severity: number;
  };
}

const isSequence = (event: Envelope): event is Sequence =>
  'type' in event.detail && String(event.detail.type).startsWith('AttackSequence:');

/** What GuardDuty reported itself, as Security Hub forwards it. */
const copyOf = ({ detail }: Sequence) => ({
  SchemaVersion: '2018-10-08',
  Id: detail.arn,
  ProductArn: `arn:aws:securityhub:${REGION}::product/aws/guardduty`,
  ProductName: 'GuardDuty',
  CompanyName: 'Amazon',
  AwsAccountId: detail.accountId,
  Region: REGION,
  GeneratorId: detail.arn.split('/finding/')[0],
  Types: [`TTPs/${detail.type.replace('/', '-')}`],
  Severity: { Label: 'CRITICAL', Normalized: 90, Product: detail.severity },
  Title: detail.title,
  Description: detail.description,
  CreatedAt: detail.createdAt,
  UpdatedAt: detail.updatedAt,
  Resources: [
    { Type: 'AwsIamAccessKey', Id: 'AWS::IAM::AccessKey:ASIAIOSFODNN7EXAMPLE', Partition: 'aws', Region: REGION },
  ],
  RecordState: 'ACTIVE',
  Workflow: { Status: 'NEW' },
});
