/** Which assets a finding is about, as an object: the rows for it are in shared/transform/joined.ts. */
import { isIPv4, isIPv6 } from 'node:net';
import { type Answer, NONE, UNKNOWN } from '../asset/lookup.ts';
import { type Assets, type AssetTable, accountDetail, type Joined } from './assets.ts';

/** What a finding names. Values that are no texts don't count. */
export interface About {
  /** Ids of what it is about, the most exact ones first. */
  readonly names: readonly unknown[];
  /** When it was so, epoch milliseconds. */
  readonly time: number;
  readonly account: string;
  readonly vpc?: unknown;
  /** Addresses of both ends. */
  readonly source?: unknown;
  readonly destination?: unknown;
}

export interface Join {
  readonly asset?: Joined | undefined;
  readonly source?: Joined | undefined;
  readonly destination?: Joined | undefined;
  readonly account: {
    readonly name: string | undefined;
    readonly organization: string | undefined;
    readonly detail: object | undefined;
  };
}

/** undefined: there is no table. */
export function joined(assets: Assets | undefined, about: About): Join | undefined {
  const table = assets?.table;
  if (table === undefined) return undefined;
  const { name, orgId, ...facts } = table.accountFacts(about.account) ?? {};
  return {
    asset: named(table, about),
    source: addressed(table, about.source, about),
    destination: addressed(table, about.destination, about),
    account: { name, organization: orgId, detail: accountDetail(facts) },
  };
}

const seconds = (ms: number): number => Math.floor(ms / 1000);

function named(table: AssetTable, { names, time }: About): Joined | undefined {
  for (const name of names) {
    const found = typeof name === 'string' ? table.of(table.byText(name, seconds(time)), seconds(time)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function addressed(table: AssetTable, ip: unknown, { time, account, vpc }: About): Joined | undefined {
  const { lookup } = table;
  const at = seconds(time);
  const network = typeof vpc === 'string' && vpc !== '' ? lookup.numberOf(vpc) : UNKNOWN;
  const owner = account === '' ? UNKNOWN : lookup.numberOf(account);
  let answer: Answer = NONE;
  if (typeof ip === 'string' && isIPv4(ip)) answer = lookup.byIpv4(numberOf(ip), network, owner, at, at);
  else if (typeof ip === 'string' && isIPv6(ip) && !ip.includes('%'))
    answer = lookup.byIpv6(ip, network, owner, at, at);
  return table.of(answer, at);
}

const numberOf = (ip: string): number => ip.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
