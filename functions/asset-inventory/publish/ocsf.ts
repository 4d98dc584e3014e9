/**
 * Assets and their changes as events of the Open Cybersecurity Schema Framework, profile `cloud`.
 * In: Asset, Change. Out: an object of class 5023 or 3004; undefined members are left out.
 * https://schema.ocsf.io/1.8.0/classes/cloud_resources_inventory_info
 * https://schema.ocsf.io/1.8.0/classes/entity_management
 */
import { isIP } from 'node:net';
import type { Account, Asset, Change } from '../../../shared/asset/model.ts';

const VERSION = '1.8.0';
const INFORMATIONAL = 1;
const SUCCESS = 1;
const FAILURE = 2;

/** A class and an activity of it, by number. */
const kindOf = (category_uid: number, class_uid: number, activity_id: number) => ({
  category_uid,
  class_uid,
  activity_id,
  type_uid: class_uid * 100 + activity_id,
  severity_id: INFORMATIONAL,
});

interface Run {
  readonly run: string;
  /** Instant, ISO 8601. */
  readonly at: string;
}

/** The inventory event of an asset. Undefined: the asset is gone, and a change reports it. */
export function inventoryInfo(asset: Asset, { run, at }: Run): object | undefined {
  if (asset.state === 'deleted') return undefined;
  const isSeen = asset.state === 'active';
  return {
    ...kindOf(5, 5023, 2),
    time: Date.parse(isSeen ? at : (asset.lastSeen ?? asset.lastChanged)),
    metadata: metadata(`${run}|${asset.id}`, run),
    status_id: isSeen ? SUCCESS : FAILURE,
    status_detail: isSeen ? undefined : asset.stateReason,
    cloud: cloud(asset),
    region: asset.region,
    resources: [resource(asset)],
    ...kept(asset),
    observables: some(observables(asset)),
  };
}

const metadata = (uid: string, run: string) => ({
  version: VERSION,
  product: { name: 'Bongsu' },
  profiles: ['cloud'],
  uid,
  correlation_uid: run,
});

interface Place {
  readonly account: Account;
  readonly region: string;
  readonly zone?: string;
  readonly partition?: string;
}

const AWS_ACCOUNT = 10;

function cloud({ account, region, zone, partition }: Place): object {
  const { id, name, orgId, ouPath } = account;
  return {
    provider: 'AWS',
    account: { uid: id, name, type_id: AWS_ACCOUNT },
    org: orgId === undefined ? undefined : { uid: orgId, ou_name: ouPath },
    region,
    zone,
    cloud_partition: partition,
  };
}

function resource(asset: Asset): object {
  const { net, exposure, security, environment } = asset;
  return {
    uid: asset.id,
    uid_alt: asset.nativeId,
    name: asset.name,
    type: asset.type,
    cloud_partition: asset.partition,
    region: asset.region,
    zone: asset.zone,
    ip: addressesOf(asset)[0]?.[1],
    hostname: net.dns?.[0],
    owner: asset.owner && { name: asset.owner.value },
    criticality: asset.criticality,
    labels: some([environment].filter((each) => each !== undefined)),
    tags: some(Object.entries(asset.tags).map(([name, value]) => ({ name, value }))),
    created_time: asset.createdAt && Date.parse(asset.createdAt),
    modified_time: Date.parse(asset.lastChanged),
    resource_relationship: graph(asset),
    data: { class: asset.class, net, exposure, security, owner: asset.owner, gaps: some(asset.gaps) },
  };
}

/** Relationships as edges of OCSF's graph. */
function graph({ id, relationships }: Asset): object | undefined {
  if (relationships.length === 0) return undefined;
  const nodes = [...new Set([id, ...relationships.map(({ target }) => target)])];
  return {
    uid: id,
    is_directed: true,
    nodes: nodes.map((uid) => ({ uid })),
    edges: relationships.map(({ type, target }) => ({ name: type, relation: type, source: id, target })),
  };
}

type Container = readonly [member: 'databucket' | 'database' | 'table', type_id?: number];

const RELATIONAL: Container = ['database', 1];

/** Asset types with an OCSF object of their own, and their type numbers. */
const CONTAINERS: Readonly<Record<string, Container>> = {
  'AWS::S3::Bucket': ['databucket', 1],
  'AWS::DynamoDB::Table': ['table'],
  'AWS::Lightsail::Database': RELATIONAL,
  'AWS::RDS::DBCluster': RELATIONAL,
  'AWS::RDS::DBInstance': RELATIONAL,
  'AWS::Redshift::Cluster': RELATIONAL,
};

function kept({ type, id, name }: Asset): object {
  const [member, type_id] = CONTAINERS[type] ?? [];
  return member === undefined ? {} : { [member]: { uid: id, name, type_id } };
}

/** Addresses with their paths. An OCSF resource has room for one only. */
const addressesOf = ({ net }: Asset): readonly (readonly [path: string, address: string])[] =>
  (['private', 'public', 'v6'] as const).flatMap((list) =>
    (net[list] ?? []).map((address) => [`resources[].data.net.${list}`, address] as const),
  );

const OBSERVABLE = { hostname: 1, ip: 2, mac: 3, resource: 10 } as const;

function observables(asset: Asset): readonly object[] {
  const { id, net } = asset;
  const rows: readonly (readonly [type_id: number, name: string, value: string])[] = [
    [OBSERVABLE.resource, 'resources[].uid', id],
    ...addressesOf(asset).map(([path, address]) => [OBSERVABLE.ip, path, address] as const),
    ...(net.mac ?? []).map((mac) => [OBSERVABLE.mac, 'resources[].data.net.mac', mac] as const),
    ...(net.dns ?? []).map((name) => [OBSERVABLE.hostname, 'resources[].data.net.dns', name] as const),
  ];
  return rows.map(([type_id, name, value]) => ({ type_id, name, value }));
}

const CREATE = 1;
const UPDATE = 3;
const DELETE = 4;

/** Kinds of change that count assets of a scope instead of naming one. */
const ACTIVITIES: Readonly<Record<Change['kind'], number | undefined>> = {
  created: CREATE,
  undeleted: CREATE,
  changed: UPDATE,
  exposure_changed: UPDATE,
  owner_changed: UPDATE,
  deleted: DELETE,
  baseline: undefined,
  suspicious_drop: undefined,
};

const OTHER = 99;

/** Undefined: a change of a scope, not of an asset. */
export function entityManagement(change: Change): object | undefined {
  const { id, kind, asset, window, actor, run } = change;
  const activity = ACTIVITIES[kind];
  if (activity === undefined) return undefined;
  const entity = { uid: asset.id, name: asset.name, type_id: OTHER, type: asset.type };
  const [before, after] = sides(change);
  return {
    ...kindOf(3, 3004, activity),
    time: Date.parse(actor?.time ?? window.notAfter),
    start_time: window.notBefore && Date.parse(window.notBefore),
    end_time: Date.parse(window.notAfter),
    metadata: { ...metadata(id, run), original_event_uid: actor?.eventId, is_truncated: change.truncated },
    status_id: SUCCESS,
    comment: kind,
    cloud: cloud(asset),
    entity: { ...entity, data: before },
    entity_result: activity === UPDATE ? { ...entity, data: after } : undefined,
    actor: actor?.arn ? { user: { uid: actor.arn } } : undefined,
    api: actor && { operation: actor.eventName },
    src_endpoint: actor?.sourceIp && endpoint(actor.sourceIp),
    observables: [{ type_id: OBSERVABLE.resource, name: 'entity.uid', value: asset.id }],
  };
}

/** Values by path, before and after the change; for a set the removed and the added ones. */
function sides({ diff }: Change): readonly [object | undefined, object | undefined] {
  const before = diff.map(({ path, from, removed }) => [path, from ?? removed] as const);
  const after = diff.map(({ path, to, added }) => [path, to ?? added] as const);
  return [said(before), said(after)];
}

function said(values: readonly (readonly [path: string, value: unknown])[]): object | undefined {
  const known = values.filter(([, value]) => value !== undefined);
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

/** For a call by AWS itself CloudTrail names the service. */
const endpoint = (source: string): object => (isIP(source) === 0 ? { svc_name: source } : { ip: source });

const some = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);
