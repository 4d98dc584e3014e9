/**
 * Lists the accounts to inventory: all accounts of the organization, with their organizational unit and tags, or the
 * configured ones. Uses the Lambda's own role, in the management account or a delegated administrator's.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
 */
import {
  type Account,
  DescribeOrganizationCommand,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListRootsCommand,
  ListTagsForResourceCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import type { Log } from '../../../shared/model.ts';
import type { ApiClient } from '../discovery/apiclient.ts';
import { failureOf } from '../discovery/outcome.ts';
import type { PlannedAccount } from './model.ts';

/** IAM actions that the Lambda's own role needs. */
export const OWN_ACTIONS = [
  'organizations:DescribeOrganization',
  'organizations:ListAccounts',
  'organizations:ListAccountsForParent',
  'organizations:ListOrganizationalUnitsForParent',
  'organizations:ListRoots',
  'organizations:ListTagsForResource',
] as const;

/** Every account of the organization, closed ones included. Rejects where the accounts can't be listed. */
export async function accountsOf(api: ApiClient, log: Log): Promise<readonly PlannedAccount[]> {
  const listed: Account[] = [];
  for await (const page of pages((NextToken) => {
    const command = new ListAccountsCommand({ NextToken });
    return api.call('organizations:ListAccounts', (options) => client(api).send(command, options));
  })) {
    listed.push(...(page.Accounts ?? []));
  }
  const paths = await orElse(() => pathsOf(api), new Map<string, string>(), log);
  const orgId = await orElse(() => organizationOf(api), undefined, log);
  const planned: PlannedAccount[] = [];
  for (const { Id = '', Name, State, Status } of listed) {
    const tags = await orElse(() => tagsOf(api, Id), undefined, log);
    planned.push({
      id: Id,
      state: State ?? Status ?? 'ACTIVE',
      ...(Name !== undefined && { name: Name }),
      ...(paths.has(Id) && { ouPath: paths.get(Id)! }),
      ...(orgId !== undefined && { orgId }),
      ...(tags !== undefined && { tags }),
    });
  }
  return planned.sort((a, b) => (a.id < b.id ? -1 : 1));
}

const client = (api: ApiClient) => api.client(OrganizationsClient);

/** Names and organizational units are optional: a failure here is logged and skipped. */
async function orElse<T>(make: () => Promise<T>, otherwise: T, log: Log): Promise<T> {
  try {
    return await make();
  } catch (error) {
    const { status, code, message } = failureOf(error);
    log.warn('the organization is known in part', { status, code, reason: message, error });
    return otherwise;
  }
}

async function* pages<P extends { NextToken?: string | undefined }>(
  call: (next: string | undefined) => Promise<P>,
): AsyncGenerator<P> {
  let next: string | undefined;
  do {
    const page = await call(next);
    yield page;
    next = page.NextToken || undefined;
  } while (next !== undefined);
}

async function organizationOf(api: ApiClient): Promise<string | undefined> {
  const command = new DescribeOrganizationCommand({});
  const { Organization } = await api.call('organizations:DescribeOrganization', (options) =>
    client(api).send(command, options),
  );
  return Organization?.Id;
}

async function tagsOf(api: ApiClient, ResourceId: string): Promise<Readonly<Record<string, string>>> {
  const tags: Record<string, string> = {};
  for await (const page of pages((NextToken) => {
    const command = new ListTagsForResourceCommand({ ResourceId, NextToken });
    return api.call('organizations:ListTagsForResource', (options) => client(api).send(command, options));
  })) {
    for (const { Key = '', Value = '' } of page.Tags ?? []) tags[Key] = Value;
  }
  return tags;
}

/** `Root/Prod/Web` by account id. */
async function pathsOf(api: ApiClient): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  const { Roots = [] } = await api.call('organizations:ListRoots', (options) =>
    client(api).send(new ListRootsCommand({}), options),
  );
  const open = Roots.map(({ Id = '', Name = 'Root' }) => ({ id: Id, path: Name }));
  for (let unit = open.pop(); unit !== undefined; unit = open.pop()) {
    const { id: ParentId, path } = unit;
    for await (const page of pages((NextToken) => {
      const command = new ListAccountsForParentCommand({ ParentId, NextToken });
      return api.call('organizations:ListAccountsForParent', (options) => client(api).send(command, options));
    })) {
      for (const { Id = '' } of page.Accounts ?? []) paths.set(Id, path);
    }
    for await (const page of pages((NextToken) => {
      const command = new ListOrganizationalUnitsForParentCommand({ ParentId, NextToken });
      return api.call('organizations:ListOrganizationalUnitsForParent', (options) =>
        client(api).send(command, options),
      );
    })) {
      for (const { Id = '', Name } of page.OrganizationalUnits ?? []) open.push({ id: Id, path: `${path}/${Name}` });
    }
  }
  return paths;
}
