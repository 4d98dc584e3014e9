/** Security groups and their rules, from ports.yml. In: the table. Out: a section of the template. */
import { groupsOf, OUTSIDE, type Ports, pascal } from './tables.ts';

/** One security group each, then one rule for each pair of a port and a sender. */
export function network(ports: Ports): string {
  const groups = groupsOf(ports).map(
    (name) => `  ${pascal(name)}Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: "Splunk: ${name.replaceAll('_', ' ')}"
      VpcId: !Ref VpcId
      # To other nodes, and to AWS and the identity provider.
      SecurityGroupEgress:
        - { IpProtocol: tcp, FromPort: 0, ToPort: 65535, CidrIp: !Ref VpcCidr, Description: Nodes }
        - { IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0, Description: HTTPS }
`,
  );
  const rules = ports.splunk_flows.flatMap(({ to, port, from, why }) =>
    from.map((sender) => {
      const number = ports.splunk_ports[port];
      const source = OUTSIDE[sender]
        ? `CidrIp: !Ref ${OUTSIDE[sender]}`
        : `SourceSecurityGroupId: !Ref ${pascal(sender)}Group`;
      return `  ${pascal(to)}From${pascal(sender)}${number}:
    Type: AWS::EC2::SecurityGroupIngress
    Properties:
      GroupId: !Ref ${pascal(to)}Group
      ${source}
      IpProtocol: tcp
      FromPort: ${number}
      ToPort: ${number}
      Description: "${why}"
`;
    }),
  );
  return [...groups, ...rules].join('\n');
}
