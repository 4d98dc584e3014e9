/** Machines, their names and the targets of balancers, from the inventory. In: nodes. Out: sections of the template. */
import { type Node, pascal } from './tables.ts';

/** Kinds with machines of their own size; every other kind is small. */
const SIZED = ['indexer', 'search_head'];
/** Hosts of the user's own: the template makes no machine for them. */
const FOREIGN = 'forwarder';

const classOf = (kind: string): string => (SIZED.includes(kind) ? pascal(kind) : 'Control');
const host = ({ name }: Node): string => name.split('.')[0];
/** `idx1` → `Idx1`, the logical id. */
const idOf = (node: Node): string => pascal(host(node));

/** An instance and a name for each node. */
export function machines(nodes: readonly Node[]): string {
  const seen = new Map<string, number>();
  const made = nodes.filter(({ kind }) => kind !== FOREIGN);
  return made
    .map((node) => {
      const number = seen.get(classOf(node.kind)) ?? 0;
      seen.set(classOf(node.kind), number + 1);
      const zone = node.site ? Number(node.site.slice('site'.length)) - 1 : number % 3;
      return `  ${idOf(node)}:
    Type: AWS::EC2::Instance
    Properties:
      LaunchTemplate: { LaunchTemplateId: !Ref ${classOf(node.kind)}Template, Version: "1" }
      SubnetId: !Select [${zone}, !Ref SubnetIds]
      SecurityGroupIds: [!Ref ${pascal(node.kind)}Group]
      Tags: [{ Key: Name, Value: !Sub "${host(node)}.\${DomainName}" }, { Key: "splunk:kind", Value: ${node.kind} }]

  ${idOf(node)}Record:
    Type: AWS::Route53::RecordSet
    Properties:
      HostedZoneId: !Ref HostedZone
      Name: !Sub "${host(node)}.\${DomainName}"
      Type: A
      TTL: "60"
      ResourceRecords: [!GetAtt ${idOf(node)}.PrivateIp]
`;
    })
    .join('\n');
}

/** The targets of a balancer. */
export const targets = (nodes: readonly Node[], kind: string): string =>
  `      Targets: [${nodes
    .filter((node) => node.kind === kind)
    .map((node) => `{ Id: !Ref ${idOf(node)} }`)
    .join(', ')}]\n`;

/** The role, instance profile and launch template of each size of machine. */
export const kinds = (): string => [...SIZED.map(pascal), 'Control'].map(kind).join('\n');

const kind = (name: string): string => `  ${name}Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{ Effect: Allow, Principal: { Service: ec2.amazonaws.com }, Action: "sts:AssumeRole" }]
      ManagedPolicyArns: [!Sub "arn:\${AWS::Partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"]

  ${name}Profile:
    Type: AWS::IAM::InstanceProfile
    Properties:
      Roles: [!Ref ${name}Role]

  ${name}Template:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: !Ref ImageId
        InstanceType: !Ref ${name}Type
        IamInstanceProfile: { Arn: !GetAtt ${name}Profile.Arn }
        MetadataOptions: { HttpTokens: required, HttpPutResponseHopLimit: 1 }
        EbsOptimized: true
        DisableApiTermination: true
        Monitoring: { Enabled: true }
        BlockDeviceMappings:
          - DeviceName: /dev/xvda
            Ebs: { VolumeType: gp3, VolumeSize: 30, Encrypted: true, KmsKeyId: !GetAtt Key.Arn }
          # The data disk outlives its machine.
          - DeviceName: /dev/sdf
            Ebs:
              VolumeType: gp3
              VolumeSize: !Ref ${name}VolumeGib
              Iops: 6000
              Throughput: 500
              Encrypted: true
              KmsKeyId: !GetAtt Key.Arn
              DeleteOnTermination: false
        TagSpecifications:
          - ResourceType: volume
            Tags: [{ Key: "splunk:backup", Value: !Ref "AWS::StackName" }]
        UserData:
          Fn::Base64: |
            #!/bin/bash
            # Formats the data disk once and mounts it where Splunk lives.
            set -euo pipefail
            disk=$(readlink -f /dev/sdf)
            blkid "$disk" || mkfs.xfs -L splunk "$disk"
            udevadm settle
            mkdir -p /opt/splunk
            echo 'LABEL=splunk /opt/splunk xfs defaults,noatime 0 2' >> /etc/fstab
            mount -a
`;
