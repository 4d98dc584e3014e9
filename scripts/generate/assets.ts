/** Files that follow from the declarations of asset types. In: declarations. Out: files as text. */
import type { Declaration } from '../../functions/asset-inventory/discovery/declaration.ts';
import { page, table } from './markdown.ts';

/** Every action once, sorted, with that of the planner, which no type declares. */
export function actionsOf(declarations: readonly Declaration[]): readonly string[] {
  const all = declarations.flatMap(({ actions, details = [] }) => [...actions, ...details.map(({ action }) => action)]);
  return [...new Set([...all, 'ec2:DescribeRegions'])].sort();
}

const indented = (lines: readonly string[], depth: number): string =>
  lines.map((line) => `${' '.repeat(depth)}- ${line}\n`).join('');

/** A template to deploy in each account, or as a stack set of an organization. */
export const onboarding = (
  declarations: readonly Declaration[],
  events: readonly string[],
): string => `# Written by \`npm run generate\`. The role that lets the asset inventory list and describe what an account owns, and nothing
# else. Deploy it in every account, for example as a stack set of the organization: docs/how-to/onboard-accounts.md.
AWSTemplateFormatVersion: "2010-09-09"
Description: Lets Bongsu list what this account owns
Parameters:
  CollectorAccount:
    Type: String
    AllowedPattern: "^\\\\d{12}$"
    Description: The account that Bongsu is deployed in
  ExternalId:
    Type: String
    MinLength: 2
    NoEcho: true
    Description: The parameter assetExternalId of that deployment
  RoleName:
    Type: String
    Default: bongsu-asset-inventory
    Description: The parameter assetRoleName of that deployment
  EventBusArn:
    Type: String
    Default: ""
    Description: The default event bus of that deployment's account and region. Bongsu then looks at changed assets at once.
Conditions:
  SendsWrites: !Not [!Equals [!Ref EventBusArn, ""]]
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Ref RoleName
      Description: Read-only role of the asset inventory
      MaxSessionDuration: 3600
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: { AWS: !Sub "arn:\${AWS::Partition}:iam::\${CollectorAccount}:root" }
            Action: "sts:AssumeRole"
            Condition:
              StringEquals: { "sts:ExternalId": !Ref ExternalId }
              # only the inventory's own Lambda, whatever the stage is called
              ArnLike:
                { "aws:PrincipalArn": !Sub "arn:\${AWS::Partition}:iam::\${CollectorAccount}:role/*AssetInventoryRole*" }
      Policies:
        - PolicyName: inventory
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Resource: "*" # the inventory does not know the names yet
                Action:
${indented(
  actionsOf(declarations).map((action) => JSON.stringify(action)),
  18,
)}  Writes:
    Type: AWS::Events::Rule
    Condition: SendsWrites
    Properties:
      Description: Writes that change an asset
      EventPattern:
        source: [{ prefix: aws. }]
        detail-type: [AWS API Call via CloudTrail]
        detail:
          eventName:
${indented(events, 12)}      Targets:
        - { Id: inventory, Arn: !Ref EventBusArn, RoleArn: !GetAtt WritesRole.Arn }
  WritesRole:
    Type: AWS::IAM::Role
    Condition: SendsWrites
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - { Effect: Allow, Principal: { Service: events.amazonaws.com }, Action: "sts:AssumeRole" }
      Policies:
        - PolicyName: events
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - { Effect: Allow, Action: "events:PutEvents", Resource: !Ref EventBusArn }
Outputs:
  RoleArn: { Value: !GetAtt Role.Arn }
`;

/** A fragment of the function's resources. */
export const writes = (events: readonly string[]): string =>
  `# Written by \`npm run generate\` from functions/asset-inventory/events/events.ts. CloudTrail reports these writes, and the
# inventory looks at the changed assets at once: in this account, and in those that send their events to its default bus.
Resources:
  AssetInventoryRule:
    Properties:
      Description: Writes that change an asset
      EventPattern:
        source: [{ prefix: aws. }]
        detail-type: [AWS API Call via CloudTrail]
        detail:
          eventName:
${indented(events, 12)}`;

/** docs/generated/asset-types.md: one row per type, with the API calls that list and describe it. */
export function typesPage(declarations: readonly Declaration[]): string {
  const code = (actions: readonly string[]) => actions.map((action) => `\`${action}\``).join(' ');
  const rows = [...declarations]
    .sort((a, b) => (a.type < b.type ? -1 : 1))
    .map(({ type, pack, scope, actions, details = [] }) => [
      `\`${type}\``,
      pack,
      scope,
      code(actions),
      code(details.map(({ action }) => action)),
    ]);
  return page(
    'Asset types',
    'npm run generate',
    'The types that the asset inventory covers. A scope is an account and a region, or an account (global).',
    table(['type', 'pack', 'scope', 'listed by', 'described by'], rows),
  );
}
