/**
 * Plans a run: which accounts can be entered, which of their regions are enabled, and which packs to list in each. An account
 * or region that can't be entered becomes a coverage row, not an error of the run.
 */
import { DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { Coverage, Status } from '../../../shared/asset/model.ts';
import type { Log } from '../../../shared/model.ts';
import { type ApiClient, callCounts } from '../discovery/apiclient.ts';
import { failureOf, statementFor } from '../discovery/outcome.ts';
import { PACKS } from '../discovery/registry.ts';
import { accountsOf, OWN_ACTIONS } from './accounts.ts';
import type { Open, Plan, PlannedAccount, Unit } from './model.ts';

export interface Fleet {
  /** Account ids, or the whole organization. */
  readonly accounts: 'organization' | readonly string[];
  /** Default: all regions that an account has enabled. */
  readonly regions: readonly string[];
}

export interface Planning {
  readonly fleet: Fleet;
  /** Calls in the Lambda's own account, with its own role. */
  readonly own: ApiClient;
  /** Calls in a member account. */
  enter(account: string, region: string, actions: readonly string[]): ApiClient;
  readonly log: Log;
}

/** States in which nobody may enter an account. https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html */
const CLOSED = new Set(['SUSPENDED', 'PENDING_CLOSURE', 'CLOSED']);

/** Rejects where the accounts can't be listed. */
export async function planOf(open: Open, planning: Planning): Promise<Plan> {
  const { fleet, own, log } = planning;
  own.track(callCounts(), OWN_ACTIONS);
  const accounts =
    fleet.accounts === 'organization'
      ? await accountsOf(own, log)
      : [...fleet.accounts].sort().map((id): PlannedAccount => ({ id }));
  const units: Unit[] = [];
  const blocked: Coverage[] = [];
  for (const account of accounts) {
    if (CLOSED.has(account.state ?? 'ACTIVE')) {
      blocked.push(blockedRow(account.id, '*', 'account_suspended', { code: account.state }));
      continue;
    }
    const regions = await regionsOf(account.id, planning);
    if ('row' in regions) {
      blocked.push(regions.row);
      continue;
    }
    blocked.push(...regions.disabled.map((region) => blockedRow(account.id, region, 'region_disabled')));
    units.push({ account: account.id, region: globalRegion(own.partition), pack: 'identity' });
    for (const region of regions.enabled) {
      for (const pack of PACKS) if (pack !== 'identity') units.push({ account: account.id, region, pack });
    }
  }
  const { finished: _, ...of } = open;
  return { ...of, accounts, units, blocked };
}

const REGIONS = 'ec2:DescribeRegions';

type Regions = { readonly enabled: readonly string[]; readonly disabled: readonly string[] };

/** Returns a coverage row where the account can't be entered. Without ec2:DescribeRegions the configured regions are used. */
async function regionsOf(account: string, { fleet, own, enter }: Planning): Promise<Regions | { row: Coverage }> {
  const api = enter(account, own.region, [REGIONS]);
  api.track(callCounts(), [REGIONS]);
  try {
    const command = new DescribeRegionsCommand({ AllRegions: true });
    const { Regions = [] } = await api.call(REGIONS, (options) => api.client(EC2Client).send(command, options));
    const isEnabled = new Set(
      Regions.filter(({ OptInStatus }) => OptInStatus !== 'not-opted-in').map(({ RegionName = '' }) => RegionName),
    );
    const wanted = fleet.regions.length > 0 ? fleet.regions : [...isEnabled];
    return {
      enabled: wanted.filter((region) => isEnabled.has(region)).sort(),
      disabled: wanted.filter((region) => !isEnabled.has(region)).sort(),
    };
  } catch (error) {
    const failure = failureOf(error);
    if (api.isEntered() && fleet.regions.length > 0) return { enabled: fleet.regions, disabled: [] };
    const status = api.isEntered() || failure.status === 'throttled' ? failure.status : 'assume_role_failed';
    const missing = status === 'denied' || status === 'scp_denied' ? [REGIONS] : [];
    return { row: blockedRow(account, '*', status, { ...failure, missing }) };
  }
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
const GLOBAL: Readonly<Record<string, string>> = { 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' };

export const globalRegion = (partition: string): string => GLOBAL[partition] ?? 'us-east-1';

interface Why {
  readonly code?: string | undefined;
  readonly message?: string;
  readonly missing?: readonly string[];
}

/** The coverage row of a scope that was not listed; `*` means all regions or types. */
export function blockedRow(account: string, region: string, status: Status, why: Why = {}, type = '*'): Coverage {
  const { code, message, missing = [] } = why;
  return {
    scope: region === '*' ? `${account}/*` : `${account}/${region}/${type}`,
    account,
    region,
    type,
    status,
    calls: 0,
    pages: 0,
    items: 0,
    retries: 0,
    throttles: 0,
    ms: 0,
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
    ...(missing.length > 0 && { missing, statement: statementFor(missing) }),
  };
}
