/**
 * What Inspector had found before the incident: the bastion's port is open to the internet, and its sshd has a vulnerability.
 * https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html
 */

import { envelope, type FindingEvent, iso, type Setting } from './event.ts';
import { bastion, database, type Host, REGION } from './scenario.ts';

interface Finding {
  readonly type: string;
  readonly severity: string;
  readonly title: string;
  readonly description: string;
  readonly detail: object;
}

/** In: what the day's scan found, ten minutes after the story began. */
export function inspectorEvents(setting: Setting): readonly FindingEvent[] {
  const at = 600;
  const events = [
    ...[reachable, vulnerable].map((finding, i) => found(setting, finding, at + i)),
    envelope(setting, {
      source: 'aws.inspector2',
      type: 'Inspector2 Coverage',
      account: database.account,
      at: at + 2,
      resources: [database.instance],
      detail: {
        scanStatus: { reason: 'UNMANAGED_EC2_INSTANCE', statusCodeValue: 'INACTIVE' },
        scanType: 'PACKAGE',
        eventTimestamp: iso(setting.start, at),
        version: '1.0',
      },
    }),
  ];
  return events.map((event) => ({ source: 'inspector', event, records: 1, heldBack: 0 }));
}

const reachable: Finding = {
  type: 'NETWORK_REACHABILITY',
  severity: 'MEDIUM',
  title: 'Port 22 is reachable from an Internet Gateway - TCP',
  description: `On the instance ${bastion.instance}, the port range 22-22 is reachable from the InternetGateway igw-0a1b2c3d4e5f60001 from an attached ENI ${bastion.eni}.`,
  detail: {
    networkReachabilityDetails: {
      networkPath: {
        steps: [
          { componentId: 'igw-0a1b2c3d4e5f60001', componentType: 'AWS::EC2::InternetGateway' },
          { componentId: `sg-${bastion.eni.slice(4)}`, componentType: 'AWS::EC2::SecurityGroup' },
          { componentId: bastion.eni, componentType: 'AWS::EC2::NetworkInterface' },
          { componentId: bastion.instance, componentType: 'AWS::EC2::Instance' },
        ],
      },
      openPortRange: { begin: 22, end: 22 },
      protocol: 'TCP',
    },
  },
};

const VECTOR = 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H';

const vulnerable: Finding = {
  type: 'PACKAGE_VULNERABILITY',
  severity: 'HIGH',
  title: 'CVE-2024-6387 - openssh-server',
  description: 'A race condition was found in the way that the server of OpenSSH handles signals.',
  detail: {
    epss: { score: 0.68543 },
    exploitAvailable: 'YES',
    fixAvailable: 'YES',
    inspectorScore: 8.1,
    packageVulnerabilityDetails: {
      cvss: [{ baseScore: 8.1, scoringVector: VECTOR, source: 'NVD', version: '3.1' }],
      referenceUrls: ['https://www.cve.org/CVERecord?id=CVE-2024-6387'],
      relatedVulnerabilities: [],
      source: 'UBUNTU_CVE',
      vendorSeverity: 'high',
      vulnerabilityId: 'CVE-2024-6387',
      vulnerablePackages: [
        {
          arch: 'ARM64',
          epoch: 1,
          fixedInVersion: '1:9.6p1-3ubuntu13.3',
          name: 'openssh-server',
          packageManager: 'OS',
          version: '9.6p1',
        },
      ],
    },
  },
};

function found(setting: Setting, { type, severity, title, description, detail }: Finding, at: number) {
  const { start, rng } = setting;
  const seen = spelled(start + at);
  return envelope(setting, {
    source: 'aws.inspector2',
    type: 'Inspector2 Finding',
    account: bastion.account,
    at,
    resources: [bastion.instance],
    detail: {
      awsAccountId: bastion.account,
      findingArn: `arn:aws:inspector2:${REGION}:${bastion.account}:finding/${rng.hex(32)}`,
      type,
      severity,
      status: 'ACTIVE',
      title,
      description,
      firstObservedAt: spelled(start - 86_400),
      lastObservedAt: seen,
      updatedAt: seen,
      remediation: { recommendation: { text: 'None Provided' } },
      resources: [resource(bastion)],
      ...detail,
    },
  });
}

function resource({ instance: id, name, ip, publicIp, subnet, vpc }: Host) {
  const ipV4Addresses = [ip, ...(publicIp === undefined ? [] : [publicIp])];
  const awsEc2Instance = { ipV4Addresses, platform: 'UBUNTU_24_04', subnetId: subnet, type: 'm7g.large', vpcId: vpc };
  return {
    id,
    type: 'AWS_EC2_INSTANCE',
    partition: 'aws',
    region: REGION,
    tags: { Name: name },
    details: { awsEc2Instance },
  };
}

/** `Nov 24, 2026, 1:40:05 PM`, as only its events write it. In: epoch seconds. */
function spelled(at: number): string {
  const date = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });
  return date.format(at * 1000).replaceAll('\u202f', ' ');
}
