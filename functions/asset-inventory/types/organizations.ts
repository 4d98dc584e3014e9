/**
 * Organizations: accounts. Answered in the management account and in delegated administrators' only; any other account says
 * AccessDenied, which is no gap: `only` holds the type back there.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
 */
import {
  type Account,
  ListAccountsCommand,
  ListTagsForResourceCommand,
  OrganizationsClient,
  type Tag,
} from '@aws-sdk/client-organizations';
import { type At, type Declaration, declare } from '../declaration.ts';

const organizations = (at: At) => at.client(OrganizationsClient);

interface Told extends Account {
  readonly tags?: readonly Tag[] | undefined;
}

const account = declare<Told>({
  type: 'AWS::Organizations::Account',
  class: 'org',
  scope: 'global',
  pack: 'identity',
  only: 'home',
  actions: ['organizations:ListAccounts'],
  async list(at, NextToken) {
    const command = new ListAccountsCommand({ NextToken });
    const page = await at.ask('organizations:ListAccounts', (options) => organizations(at).send(command, options));
    return { records: page.Accounts ?? [], next: page.NextToken };
  },
  details: [
    {
      action: 'organizations:ListTagsForResource',
      fills: ['tags'],
      async ask({ Id: ResourceId }, at) {
        const command = new ListTagsForResourceCommand({ ResourceId });
        const answer = await at.ask('organizations:ListTagsForResource', (options) =>
          organizations(at).send(command, options),
        );
        return { tags: answer.Tags };
      },
    },
  ],
  asset: (each) => ({
    id: each.Arn ?? '',
    nativeId: each.Id ?? '',
    name: each.Name,
    account: each.Id,
    tags: each.tags,
    createdAt: each.JoinedTimestamp,
    security: { state: each.State ?? each.Status, email: each.Email, joined: each.JoinedMethod },
  }),
});

export const declarations: readonly Declaration[] = [account];
