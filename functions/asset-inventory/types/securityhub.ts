/**
 * Security Hub: whether it is on, and by which standards it judges.
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_DescribeHub.html
 */
import {
  DescribeHubCommand,
  GetEnabledStandardsCommand,
  SecurityHubClient,
  type StandardsSubscription,
} from '@aws-sdk/client-securityhub';
import { type At, type Declaration, declare } from '../discovery/declaration.ts';
import { every } from '../discovery/list.ts';
import { service } from '../discovery/service.ts';

const securityhub = service(SecurityHubClient);

interface RecentUpdate {
  readonly HubArn?: string | undefined;
  readonly SubscribedAt?: string | undefined;
  readonly AutoEnableControls?: boolean | undefined;
  readonly standards?: readonly StandardsSubscription[];
}

const STANDARDS = 'securityhub:GetEnabledStandards';

const standardsOf = (at: At) =>
  every(async (NextToken) => {
    const page = await securityhub.call(at, STANDARDS, new GetEnabledStandardsCommand({ NextToken, MaxResults: 100 }));
    return { records: page.StandardsSubscriptions ?? [], next: page.NextToken };
  });

const hub = declare<RecentUpdate>({
  type: 'AWS::SecurityHub::Hub',
  class: 'security',
  scope: 'region',
  pack: 'security',
  ...securityhub.pages({
    action: 'securityhub:DescribeHub',
    page: () => new DescribeHubCommand({}),
    read: ({ HubArn, SubscribedAt, AutoEnableControls }) => ({
      records: [{ HubArn, SubscribedAt, AutoEnableControls }],
    }),
  }),
  details: [
    { action: STANDARDS, fills: ['security.standards'], call: async (_, at) => ({ standards: await standardsOf(at) }) },
  ],
  asset: ({ HubArn = '', SubscribedAt, AutoEnableControls, standards }) => ({
    id: HubArn,
    nativeId: HubArn,
    name: 'Security Hub',
    createdAt: SubscribedAt,
    security: {
      newControls: AutoEnableControls,
      standards: standards?.map(({ StandardsArn, StandardsStatus }) => `${StandardsArn} ${StandardsStatus}`),
    },
  }),
});

export const declarations: readonly Declaration[] = [hub];
