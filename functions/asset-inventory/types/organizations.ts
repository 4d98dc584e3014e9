/**
 * Organizations: accounts, the units that they are in, and policies. Answered in the management account and in delegated administrators' only; any other account says
 * AccessDenied, which is no gap: `only` holds the type back there.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
 */
import {
  type Account,
  DescribePolicyCommand,
  ListAccountsCommand,
  ListOrganizationalUnitsForParentCommand,
  ListPoliciesCommand,
  ListRootsCommand,
  ListTagsForResourceCommand,
  type OrganizationalUnit,
  OrganizationsClient,
  type PolicySummary,
  type Tag,
} from '@aws-sdk/client-organizations';
import { type At, type Declaration, declare, type Listed } from '../discovery/declaration.ts';
import { relation, service } from '../discovery/service.ts';

const organizations = service(OrganizationsClient);
const ORG = { class: 'org', scope: 'global', pack: 'identity', only: 'home' } as const;

interface RecentUpdate extends Account {
  readonly tags?: readonly Tag[] | undefined;
}

interface Tagged {
  readonly Id?: string | undefined;
  readonly tags?: readonly Tag[] | undefined;
}

const tagsOf = organizations.detail({
  action: 'organizations:ListTagsForResource',
  fills: ['tags'],
  call: ({ Id }: Tagged) => new ListTagsForResourceCommand({ ResourceId: Id }),
  read: ({ Tags }) => ({ tags: Tags }),
});

const account = declare<RecentUpdate>({
  type: 'AWS::Organizations::Account',
  ...ORG,
  ...organizations.pages({
    action: 'organizations:ListAccounts',
    page: (NextToken) => new ListAccountsCommand({ NextToken }),
    read: ({ Accounts, NextToken }) => ({ records: Accounts, next: NextToken }),
  }),
  details: [tagsOf],
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

const ROOTS = 'organizations:ListRoots';
const UNITS = 'organizations:ListOrganizationalUnitsForParent';

interface ToldUnit extends OrganizationalUnit {
  readonly parent: string;
  readonly tags?: readonly Tag[] | undefined;
}

/** Parents that have not been asked for their units, and where the list of the first one's goes on. */
interface Tree {
  readonly parents: readonly string[];
  readonly next?: string | undefined;
}

async function unitsOf(at: At, cursor: string | undefined): Promise<Listed<ToldUnit>> {
  if (cursor === undefined) {
    const { Roots = [] } = await organizations.call(at, ROOTS, new ListRootsCommand({})); // there is one
    return { records: [], next: JSON.stringify({ parents: Roots.map(({ Id }) => Id) }) };
  }
  const tree: Tree = JSON.parse(cursor);
  const [parent, ...rest] = tree.parents;
  if (parent === undefined) return { records: [] };
  const command = new ListOrganizationalUnitsForParentCommand({ ParentId: parent, NextToken: tree.next });
  const page = await organizations.call(at, UNITS, command);
  const units = page.OrganizationalUnits ?? [];
  const below = units.map(({ Id = '' }) => Id);
  const next: Tree = page.NextToken
    ? { parents: [parent, ...rest, ...below], next: page.NextToken }
    : { parents: [...rest, ...below] };
  return {
    records: units.map((unit) => ({ ...unit, parent })),
    next: next.parents.length > 0 ? JSON.stringify(next) : undefined,
  };
}

const unit = declare<ToldUnit>({
  type: 'AWS::Organizations::OrganizationalUnit',
  ...ORG,
  actions: [UNITS, ROOTS],
  list: unitsOf,
  details: [tagsOf],
  asset: (each) => ({
    id: each.Arn ?? '',
    nativeId: each.Id ?? '',
    name: each.Name,
    tags: each.tags,
    relationships: [relation('member_of', each.parent)],
  }),
});

interface ToldPolicy extends PolicySummary {
  readonly content?: string | undefined;
}

const policy = declare<ToldPolicy>({
  type: 'AWS::Organizations::Policy',
  ...ORG,
  ...organizations.pages({
    action: 'organizations:ListPolicies',
    page: (NextToken) => new ListPoliciesCommand({ Filter: 'SERVICE_CONTROL_POLICY', NextToken }),
    read: ({ Policies, NextToken }) => ({ records: Policies, next: NextToken }),
  }),
  details: [
    organizations.detail({
      action: 'organizations:DescribePolicy',
      fills: ['security.document'],
      call: ({ Id }) => new DescribePolicyCommand({ PolicyId: Id }),
      read: ({ Policy }) => ({ content: Policy?.Content }),
    }),
  ],
  asset: (each) => ({
    id: each.Arn ?? '',
    nativeId: each.Id ?? '',
    name: each.Name,
    security: { kind: each.Type, managed: each.AwsManaged, document: each.content },
  }),
});

export const declarations: readonly Declaration[] = [account, unit, policy];
