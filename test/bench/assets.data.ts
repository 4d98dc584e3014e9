/** Made-up estates, the same for the same seed: what two runs of an inventory saw, and the table of it. */

import { historyOf, type Run } from '../../shared/asset/history.ts';
import type { Asset } from '../../shared/asset/model.ts';
import { tableOf } from '../../shared/asset/table.ts';
import { FIRST_SECOND, interfaces, random } from './flowlogs.data.ts';

const ACCOUNT = '123456789012';
const TEAMS = 400;
const VPCS = 800;

export const FROM = FIRST_SECOND - 7200;
const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

export interface Holder {
  readonly eni: string;
  readonly address: string;
  readonly vpc: string;
  readonly name: string;
}

function assetOf({ eni, address, vpc, name }: Holder, team: number): Asset {
  return {
    id: `arn:aws:ec2:ap-northeast-2:${ACCOUNT}:network-interface/${eni}`,
    idSynthetic: false,
    type: 'AWS::EC2::NetworkInterface',
    class: 'network',
    nativeId: eni,
    name,
    partition: 'aws',
    region: 'ap-northeast-2',
    account: { id: ACCOUNT, name: 'production' },
    tags: {},
    owner: { value: `team-${team}@example.com`, source: 'tag', rule: 'owner', confidence: 90 },
    environment: team % 2 === 0 ? 'production' : 'development',
    criticality: team % 3 === 0 ? 'high' : 'medium',
    net: { private: [address], eni: [eni], vpc },
    exposure: { level: team % 5 === 0 ? 'internet' : 'internal' },
    security: {},
    relationships: [],
    firstSeen: iso(FROM),
    lastChanged: iso(FROM),
    state: 'active',
    hash: '',
    gaps: [],
  };
}

/** Of which nothing is outside but the address itself: all other ends of its flows are in a peer's. */
const vpcOf = ({ vpc, address }: Holder): Asset => ({
  ...assetOf({ eni: vpc, address, vpc, name: vpc }, 0),
  id: `arn:aws:ec2:ap-northeast-2:${ACCOUNT}:vpc/${vpc}`,
  type: 'AWS::EC2::VPC',
  net: { prefixes: [`${address}/32`], vpc },
});

const runAt = (at: number, assets: readonly Asset[]): Run => ({
  manifest: {
    run: `run-${at}`,
    at: iso(at),
    accounts: [{ id: ACCOUNT, name: 'production', ouPath: 'Root/Production' }],
    coverage: [],
  },
  assets,
});

/** `count` intervals; of each ten addresses three have moved to another interface between the two runs. */
export function fleet(
  count: number,
  seed = 3,
): { readonly first: readonly Holder[]; readonly second: readonly Holder[] } {
  const next = random(seed);
  const below = (n: number) => Math.floor(next() * n);
  const hex = (digits: number) => Array.from({ length: digits }, () => below(16).toString(16)).join('');
  const vpcs = Array.from({ length: VPCS }, () => `vpc-0${hex(16)}`);
  const first = Array.from({ length: Math.ceil(count / 1.3) }, (_, i): Holder => {
    const host = Math.floor(i / VPCS);
    const address = `10.${i % 4}.${host >> 8}.${host & 255}`;
    return { eni: `eni-0${hex(16)}`, address, vpc: vpcs[i % VPCS], name: `host-${i}` };
  });
  const moves = count - first.length;
  const second = first.map((each, i) =>
    i < moves ? { ...each, eni: `eni-0${hex(16)}`, name: `host-${i}-again` } : each,
  );
  return { first, second };
}

/** The fleet of the flow logs that are measured, among `others` intervals of others. */
export function table(others: number, seed = 1): Uint8Array {
  const { first, second } = fleet(others);
  const own = interfaces(seed).map((each, i): Holder => ({ ...each, name: `web-${i}` }));
  const all = (holders: readonly Holder[]) => [
    ...holders.map((each, i) => assetOf(each, i % TEAMS)),
    ...own.map((each, i) => assetOf(each, i % TEAMS)),
    ...own.map(vpcOf),
  ];
  return tableOf(historyOf([runAt(FROM, all(first)), runAt(FROM + 3600, all(second))]));
}

/** The same as a JSON text, the naive way: everything by its key, with its times. */
export function naiveTable(others: number): string {
  const { first, second } = fleet(others);
  const entries = new Map<string, object[]>();
  const add = (holder: Holder, from: number, to: number) => {
    const { id, type, name, owner, environment, criticality, exposure, account } = assetOf(holder, 7);
    const asset = { id, type, name, owner: owner?.value, environment, criticality, exposure: exposure.level, account };
    for (const key of [`${holder.vpc} ${holder.address}`, holder.eni, id])
      entries.set(key, [...(entries.get(key) ?? []), { from, to, asset }]);
  };
  for (const [i, each] of first.entries()) add(each, FROM, second[i] === each ? 2 ** 32 : FROM + 3600);
  for (const [i, each] of second.entries()) if (first[i] !== each) add(each, FROM + 3600, 2 ** 32);
  return JSON.stringify(Object.fromEntries(entries));
}
