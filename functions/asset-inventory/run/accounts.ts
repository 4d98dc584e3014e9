/**
 * Which accounts there are: of the organization, with their place in it and their tags, or those that are named. Asked with
 * the Lambda's own rights, in the management account or a delegated administrator's.
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
import type { Asker } from '../discovery/ask.ts';
import { failureOf } from '../discovery/outcome.ts';
import type { PlannedAccount } from './run.ts';

/** Actions that the Lambda's own role needs. */
export const OWN_ACTIONS = [
  'organizations:DescribeOrganization',
  'organizations:ListAccounts',
  'organizations:ListAccountsForParent',
  'organizations:ListOrganizationalUnitsForParent',
  'organizations:ListRoots',
  'organizations:ListTagsForResource',
] as const;

/** Every account of the organization, also those that are closed. Rejects where the accounts themselves can't be listed. */
export async function accountsOf(asker: Asker, log: Log): Promise<readonly PlannedAccount[]> {
  const listed: Account[] = [];
  for await (const page of pages((NextToken) => {
    const command = new ListAccountsCommand({ NextToken });
    return asker.ask('organizations:ListAccounts', (options) => client(asker).send(command, options));
  })) {
    listed.push(...(page.Accounts ?? []));
  }
  const paths = await orElse(() => pathsOf(asker), new Map<string, string>(), log);
  const orgId = await orElse(() => organizationOf(asker), undefined, log);
  const planned: PlannedAccount[] = [];
  for (const { Id = '', Name, State, Status } of listed) {
    const tags = await orElse(() => tagsOf(asker, Id), undefined, log);
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

const client = (asker: Asker) => asker.client(OrganizationsClient);

/** Names and places are worth having, but nothing depends on them. */
async function orElse<T>(make: () => Promise<T>, otherwise: T, log: Log): Promise<T> {
  try {
    return await make();
  } catch (error) {
    const { status, code, message } = failureOf(error);
    log.warn('the organization is known in part', { status, code, reason: message });
    return otherwise;
  }
}

async function* pages<P extends { NextToken?: string | undefined }>(
  ask: (next: string | undefined) => Promise<P>,
): AsyncGenerator<P> {
  let next: string | undefined;
  do {
    const page = await ask(next);
    yield page;
    next = page.NextToken || undefined;
  } while (next !== undefined);
}

async function organizationOf(asker: Asker): Promise<string | undefined> {
  const command = new DescribeOrganizationCommand({});
  const { Organization } = await asker.ask('organizations:DescribeOrganization', (options) =>
    client(asker).send(command, options),
  );
  return Organization?.Id;
}

async function tagsOf(asker: Asker, ResourceId: string): Promise<Readonly<Record<string, string>>> {
  const tags: Record<string, string> = {};
  for await (const page of pages((NextToken) => {
    const command = new ListTagsForResourceCommand({ ResourceId, NextToken });
    return asker.ask('organizations:ListTagsForResource', (options) => client(asker).send(command, options));
  })) {
    for (const { Key = '', Value = '' } of page.Tags ?? []) tags[Key] = Value;
  }
  return tags;
}

/** `Root/Prod/Web` by account id. */
async function pathsOf(asker: Asker): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  const { Roots = [] } = await asker.ask('organizations:ListRoots', (options) =>
    client(asker).send(new ListRootsCommand({}), options),
  );
  const open = Roots.map(({ Id = '', Name = 'Root' }) => ({ id: Id, path: Name }));
  for (let unit = open.pop(); unit !== undefined; unit = open.pop()) {
    const { id: ParentId, path } = unit;
    for await (const page of pages((NextToken) => {
      const command = new ListAccountsForParentCommand({ ParentId, NextToken });
      return asker.ask('organizations:ListAccountsForParent', (options) => client(asker).send(command, options));
    })) {
      for (const { Id = '' } of page.Accounts ?? []) paths.set(Id, path);
    }
    for await (const page of pages((NextToken) => {
      const command = new ListOrganizationalUnitsForParentCommand({ ParentId, NextToken });
      return asker.ask('organizations:ListOrganizationalUnitsForParent', (options) =>
        client(asker).send(command, options),
      );
    })) {
      for (const { Id = '', Name } of page.OrganizationalUnits ?? []) open.push({ id: Id, path: `${path}/${Name}` });
    }
  }
  return paths;
}
