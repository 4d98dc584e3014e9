/**
 * Lines that a step publishes: states of assets, changes, and rows of the coverage report. The source reads them, and Splunk
 * gets them unchanged. Each line also has the fields of Splunk's Common Information Model.
 * Out: `{"kind":"state","id",…,"asset":{…}}`, `{"kind":"change",…,"change":{…}}`, `{"kind":"coverage",…,"row":{…}}`
 * https://docs.splunk.com/Documentation/CIM/latest/User/ComputeInventory
 * https://docs.splunk.com/Documentation/CIM/latest/User/Change
 */
import type { Asset, Change, Coverage } from '../../../shared/asset/model.ts';
import type { Body } from '../../../shared/model.ts';
import type { Refreshed } from '../events/refresh.ts';
import type { Committed } from '../run/commit.ts';
import { lineOf, sha256 } from '../state/canonical.ts';

const PAGE = 500; // lines a chunk

export function feedOf({ marker, assets, changes, coverage, plan }: Committed): Body {
  const { run, at } = plan;
  const lines = [
    ...assets.map((asset) => stateLine(asset, at, run)),
    ...changes.map((change) => changeLine(change)),
    ...coverage.map((row) => coverageLine(row, at, run)),
  ];
  return { uri: `assets:${run}/${marker.account}/${marker.region}`, chunks: chunksOf(lines) };
}

/** The same for an asset that was looked up after an event. */
export function refreshFeed({ run, at, place, assets, changes }: Refreshed): Body {
  const lines = [...assets.map((asset) => stateLine(asset, at, run)), ...changes.map((change) => changeLine(change))];
  return { uri: `assets:${at}/${place.account}/${place.region}`, chunks: chunksOf(lines) };
}

export async function* chunksOf(lines: readonly object[]): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < lines.length; at += PAGE) {
    const page = lines.slice(at, at + PAGE).map((line) => `${JSON.stringify(line)}\n`);
    yield Buffer.from(page.join(''));
  }
}

/** The same state always has the same id; `at` orders the states of an asset. */
export function stateLine(asset: Asset, at: string, run: string): object {
  const { change: _, ...stable } = asset;
  return {
    kind: 'state',
    id: `${asset.id}@${sha256(lineOf(stable)).slice(0, 16)}`,
    at,
    run,
    ...inventory(asset),
    ...ages(asset, at),
    asset,
  };
}

const DAY_MS = 86_400_000;

/** In whole days: until a certificate expires (negative afterwards), and the age of an access key. */
function ages({ type, createdAt, security: { notAfter } }: Asset, at: string): object {
  const days = (from: string, to: string): number => Math.floor((Date.parse(to) - Date.parse(from)) / DAY_MS);
  return {
    ...(typeof notAfter === 'string' && { days_left: days(at, notAfter) }),
    ...(type === 'AWS::IAM::AccessKey' && createdAt !== undefined && { age_days: days(createdAt, at) }),
  };
}

/** https://docs.splunk.com/Documentation/CIM/latest/User/ComputeInventory */
function inventory(asset: Asset): object {
  const { net } = asset;
  return {
    ...vendor(asset),
    dest: asset.nativeId,
    ip: [...(net.private ?? []), ...(net.public ?? []), ...(net.v6 ?? [])],
    mac: net.mac ?? [],
    dns: net.dns ?? [],
    interface: net.eni ?? [],
    category: asset.class,
    status: asset.state,
    ...(asset.owner !== undefined && { owner: asset.owner.value }),
    ...(asset.criticality !== undefined && { priority: asset.criticality }),
  };
}

const vendor = ({ type, region, account }: Pick<Asset, 'type' | 'region' | 'account'>) => ({
  vendor_product: `AWS ${type.split('::')[1] ?? type}`,
  vendor_account: account.id,
  vendor_region: region,
});

/** Values of CIM's field `action`. */
const ACTIONS: Readonly<Record<Change['kind'], string>> = {
  created: 'created',
  undeleted: 'created',
  deleted: 'deleted',
  changed: 'modified',
  exposure_changed: 'modified',
  owner_changed: 'modified',
  baseline: 'read',
  suspicious_drop: 'deleted',
};

/** A change whose actor becomes known later is published again, with the same `change.id`. */
export function changeLine(change: Change): object {
  const { id, kind, asset, window, run, actor } = change;
  return {
    kind: 'change',
    id: actor === undefined ? id : `${id}@${actor.eventId}`,
    at: actor?.time ?? window.notAfter,
    run,
    ...vendor(asset),
    action: ACTIONS[kind],
    change_type: kind,
    object: asset.name,
    object_id: asset.id,
    object_category: asset.type,
    dest: asset.nativeId,
    status: 'success',
    ...(actor !== undefined && { user: actor.arn, command: actor.eventName }),
    change,
  };
}

export const coverageLine = (row: Coverage, at: string, run: string): object => ({
  kind: 'coverage',
  id: `${run}|${row.scope}`,
  at: row.endedAt ?? at,
  run,
  vendor_account: row.account,
  vendor_region: row.region,
  status: row.status,
  row,
});
