/** What follows from the declarations of the inventory's types. In: declarations. Out: files as text. */
import type { Declaration } from '../../functions/asset-inventory/discovery/declaration.ts';

/** Every action once, sorted; those of the planner are not declared by a type. */
export function actionsOf(declarations: readonly Declaration[]): readonly string[] {
  const all = declarations.flatMap(({ actions, details = [] }) => [...actions, ...details.map(({ action }) => action)]);
  return [...new Set([...all, 'ec2:DescribeRegions'])].sort();
}

const indented = (lines: readonly string[], depth: number): string =>
  lines.map((line) => `${' '.repeat(depth)}- ${line}\n`).join('');

/** A template that stands for itself: deployed in an account, or as a stack set in all of an organization. */
export const onboarding = (
  declarations: readonly Declaration[],
  events: readonly string[],
): string => `# Written by \`npm run generate\`. What an account has for the inventory of assets: a role that may list and describe, and
# nothing else. Deploy it in every account, as a stack set of the organization for instance: docs/reference/sources/asset-inventory.md.
AWSTemplateFormatVersion: "2010-09-09"
Description: Lets Bongsu look at what this account owns
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
    Description: The default event bus of that deployment's account and region; then what changes here is looked at at once
Conditions:
  TellsOfWrites: !Not [!Equals [!Ref EventBusArn, ""]]
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Ref RoleName
      Description: Read-only, for the inventory of assets
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
              ArnLike: { "aws:PrincipalArn": !Sub "arn:\${AWS::Partition}:iam::\${CollectorAccount}:role/*AssetsRole*" }
      Policies:
        - PolicyName: look
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Resource: "*" # what is not known yet can't be named
                Action:
${indented(
  actionsOf(declarations).map((action) => JSON.stringify(action)),
  18,
)}  Writes:
    Type: AWS::Events::Rule
    Condition: TellsOfWrites
    Properties:
      Description: Writes that change an asset
      EventPattern:
        detail-type: [AWS API Call via CloudTrail]
        detail:
          eventName:
${indented(events, 12)}      Targets:
        - { Id: inventory, Arn: !Ref EventBusArn, RoleArn: !GetAtt WritesRole.Arn }
  WritesRole:
    Type: AWS::IAM::Role
    Condition: TellsOfWrites
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

/** A piece of the function's resources. */
export const writes = (events: readonly string[]): string =>
  `# Written by \`npm run generate\` from functions/asset-inventory/events/events.ts. Writes that CloudTrail tells of: what they touched is
# looked at at once. Of the account, and of those whose events are sent to its default bus (resources/onboarding).
Resources:
  AssetsRule:
    Properties:
      Description: Writes that change an asset
      EventPattern:
        detail-type: [AWS API Call via CloudTrail]
        detail:
          eventName:
${indented(events, 12)}`;

/** One row a type: where it is looked at, and by which calls. */
export function table(declarations: readonly Declaration[]): string {
  const head = ['type', 'pack', 'scope', 'listed by', 'asked of each'];
  const rows = [...declarations]
    .sort((a, b) => (a.type < b.type ? -1 : 1))
    .map(({ type, pack, scope, actions, details = [] }) => [
      `\`${type}\``,
      pack,
      scope,
      actions.map((action) => `\`${action}\``).join(' '),
      details.map(({ action }) => `\`${action}\``).join(' '),
    ]);
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i].length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

const BEGIN = '<!-- types: npm run generate -->';
const END = '<!-- end of types -->';

/** The page with the table between its marks. Throws where it has none. */
export function withTable(page: string, rows: string): string {
  const [start, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`the page has no place for the table: expected ${BEGIN} and ${END}`);
  return `${page.slice(0, start + BEGIN.length)}\n\n${rows}\n\n${page.slice(end)}`;
}
