/** A small world of assets for tests, as runs of the inventory see it. */

import type { Run } from '../../../shared/asset/history.ts';
import type { Asset, Change, Coverage } from '../../../shared/asset/model.ts';

const ACCOUNT = '123456789012';
const REGION = 'eu-west-1';

type Some = Partial<Asset> & Pick<Asset, 'type' | 'nativeId'>;

export function asset({ type, nativeId, ...more }: Some): Asset {
  const account = more.account ?? { id: ACCOUNT };
  return {
    id: `arn:aws:ec2:${REGION}:${account.id}:${type
      .split('::')[2]
      .replace(/\B[A-Z](?=[a-z])/g, '-$&')
      .toLowerCase()}/${nativeId}`,
    idSynthetic: false,
    type,
    class: type === 'AWS::EC2::Instance' ? 'compute' : 'network',
    nativeId,
    name: nativeId,
    partition: 'aws',
    region: REGION,
    account,
    tags: {},
    net: {},
    exposure: { level: 'none' },
    security: {},
    relationships: [],
    firstSeen: '2026-11-24T00:00:00Z',
    lastChanged: '2026-11-24T00:00:00Z',
    state: 'active',
    hash: '',
    gaps: [],
    ...more,
  };
}

/** An interface `eni-…` with an address in a VPC, attached to nothing. */
export const eni = (nativeId: string, address: string, more: Partial<Asset> = {}): Asset => {
  const { net, ...others } = more;
  return asset({
    type: 'AWS::EC2::NetworkInterface',
    nativeId,
    net: { private: [address], eni: [nativeId], vpc: 'vpc-1', ...net },
    ...others,
  });
};

export const vpc = (nativeId: string, block: string): Asset =>
  asset({ type: 'AWS::EC2::VPC', nativeId, net: { prefixes: [block], vpc: nativeId } });

/** In: what a run at this time saw; each look took a minute before it. */
export function run(
  at: string,
  assets: readonly Asset[],
  more: Partial<Run> & { denied?: readonly string[]; missed?: readonly string[] } = {},
): Run {
  const end = Date.parse(at);
  const scopes = new Map(assets.map((each) => [`${each.account.id}/${each.region}/${each.type}`, each]));
  for (const type of ['AWS::EC2::NetworkInterface', 'AWS::EC2::Instance', 'AWS::EC2::EIP']) {
    const scope = `${ACCOUNT}/${REGION}/${type}`;
    if (!scopes.has(scope)) scopes.set(scope, asset({ type, nativeId: 'none' }));
  }
  const coverage = [...scopes].map(([scope, { account, region, type }]): Coverage => {
    const status = more.denied?.includes(type) ? 'denied' : more.missed?.includes(type) ? 'not_run' : 'ok';
    const startedAt = new Date(end - 60_000).toISOString();
    const counts = { calls: 1, pages: 1, items: 1, retries: 0, throttles: 0, ms: 60_000 };
    return { scope, account: account.id, region, type, status, startedAt, endedAt: at, ...counts };
  });
  return {
    manifest: { run: `run-${at}`, at, accounts: [{ id: ACCOUNT, name: 'prod-web', ouPath: 'Root/Prod' }], coverage },
    assets,
    ...(more.changes && { changes: more.changes }),
  };
}

/** What CloudTrail says of an asset's beginning or end. */
export const told = (kind: 'created' | 'deleted', { id, type, nativeId, name, region, account }: Asset, time: string) =>
  ({
    id: `${id}|${time}|${kind}`,
    kind,
    asset: { id, type, nativeId, name, region, account },
    diff: [],
    window: { notAfter: time },
    actor: { arn: 'arn:aws:iam::123456789012:user/ann', eventId: 'e', eventName: 'x', time },
    scope: '',
    run: '',
  }) satisfies Change;

export const deleted = (gone: Asset, deletedAt: string): Asset => ({ ...gone, state: 'deleted', deletedAt });
