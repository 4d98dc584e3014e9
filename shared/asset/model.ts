/**
 * Types of the inventory: an asset, its changes, and how much of the accounts could be read.
 * functions/asset-inventory writes them; whoever joins assets into logs reads them. Types only.
 *
 * Objects in the inventory's bucket:
 * - `current.json`: Current. Points to the newest run.
 * - `manifests/<run>.json`: Manifest. The result of a run, and the objects that contain it.
 * - `assets/<account>/<region>/<sha256>.ndjson.gz`: one Asset a line as canonical JSON, sorted by type and id; named by the
 *   SHA-256 of the plain bytes, so that equal content is one object. Global types are under the region `global`.
 * - `changes/<run>/<account>/<region>.ndjson.gz`: one Change a line.
 */
import type { JsonObject } from '../transform/objects/compile.ts';

export type AssetClass =
  | 'compute'
  | 'container'
  | 'database'
  | 'dns'
  | 'edge'
  | 'identity'
  | 'messaging'
  | 'network'
  | 'org'
  | 'security'
  | 'storage';

/** One resource of an account, as last seen. Every list is a sorted set. Times are ISO 8601, UTC. */
export interface Asset {
  /** ARN with the owner's account, or (`idSynthetic`) a made-up one for a resource without an ARN. */
  readonly id: string;
  readonly idSynthetic: boolean;
  /** CloudFormation type name: `AWS::EC2::Instance`. */
  readonly type: string;
  readonly class: AssetClass;
  /** Id within its service: `i-0abc`. */
  readonly nativeId: string;
  readonly name: string;
  readonly partition: string;
  /** `global` for resources without a region. */
  readonly region: string;
  readonly zone?: string;
  readonly account: Account;
  readonly tags: Readonly<Record<string, string>>;
  readonly owner?: Owner;
  readonly environment?: string;
  readonly criticality?: string;
  readonly net: Net;
  readonly exposure: Exposure;
  /** Security attributes, named per type; undefined members are unknown. */
  readonly security: JsonObject;
  /** Values that change on their own (last use, agent status), by the day. Not part of the hash, never a change. */
  readonly volatile?: JsonObject;
  readonly relationships: readonly Relationship[];
  readonly createdAt?: string;
  /** Start of the run that saw it first. After the first run of a scope it may be older than that. */
  readonly firstSeen: string;
  /** Start of the run that saw the last change of `hash`. */
  readonly lastChanged: string;
  /** Last run that saw it, if its scope was listed again since; else see `lastOkAt` of the scope. */
  readonly lastSeen?: string;
  readonly deletedAt?: string;
  /** `stale`: not seen by the last run, and not known to be gone. `deleted`: kept for 30 days after it was found to be gone. */
  readonly state: 'active' | 'stale' | 'deleted';
  /** `scope denied`, `absent once`, `suspicious drop`, `account_closed`, `account_left`, `region_not_wanted`. */
  readonly stateReason?: string;
  /** Distinguishes a new resource under an old id (a user or bucket created again): its unique id or creation time. */
  readonly incarnation?: string;
  /** SHA-256 of the canonical JSON of all stable members. */
  readonly hash: string;
  /** Failed calls, `s3:GetBucketPolicyStatus AccessDenied`: their attributes keep the last known values. */
  readonly gaps: readonly string[];
  /** Paths that were never known, since the calls for them failed. */
  readonly unknown?: readonly string[];
  /** Number of runs in a row that listed its scope without it. */
  readonly absent?: number;
  /** Its last changes, and the run that reported them. */
  readonly change?: { readonly ids: readonly string[]; readonly run: string };
  /** Accounts other than the owner's that it was seen from (shared subnets). */
  readonly seenIn?: readonly string[];
}

export interface Account {
  readonly id: string;
  readonly name?: string;
  /** `Root/Prod/Web` */
  readonly ouPath?: string;
  readonly orgId?: string;
}

export interface Owner {
  readonly value: string;
  /** `tag`, `inherited:AWS::EC2::VPC`, `account-tag`, `ou`, `account`. */
  readonly source: string;
  /** The tag's key, the OU's path or the rule. */
  readonly rule: string;
  /** 0 to 100. */
  readonly confidence: number;
}

/** Network identities: the names that logs use for the asset. Empty lists are left out. */
export interface Net {
  readonly private?: readonly string[];
  readonly public?: readonly string[];
  readonly v6?: readonly string[];
  /** CIDR blocks of its own: delegated prefixes, ranges of a VPC or subnet. */
  readonly prefixes?: readonly string[];
  readonly eni?: readonly string[];
  readonly mac?: readonly string[];
  readonly dns?: readonly string[];
  readonly vpc?: string;
  readonly subnets?: readonly string[];
  readonly sg?: readonly string[];
}

export interface Exposure {
  /** `conditional`: through something in front of it, or one condition could not be verified. */
  readonly level: 'internet' | 'conditional' | 'internal' | 'none' | 'unknown';
  /** With `unknown`: the last known level. */
  readonly was?: Exposure['level'];
  /** `tcp/443`, `all` */
  readonly ports?: readonly string[];
  /** The evidence, each `what: which`: `public_ip 203.0.113.9`, `sg:sg-1 tcp/443 0.0.0.0/0`, `route:rtb-1 0.0.0.0/0 igw-1`. */
  readonly reasons?: readonly string[];
  /** Calls that failed and are needed to decide. */
  readonly missing?: readonly string[];
}

export interface Relationship {
  readonly type:
    | 'attached_to'
    | 'in_subnet'
    | 'in_vpc'
    | 'member_of'
    | 'protected_by'
    | 'encrypted_by'
    | 'assumes'
    | 'resolves_to'
    | 'routes_to'
    | 'logs_to'
    | 'made_from';
  /** An asset's id, or its native id within the same account and region. */
  readonly target: string;
}

export type ChangeKind = 'created' | 'changed' | 'deleted' | 'undeleted' | 'exposure_changed' | 'owner_changed';

export interface Change {
  /** The same change always has the same id, however it was found. */
  readonly id: string;
  readonly kind: ChangeKind | 'baseline' | 'suspicious_drop';
  /** The asset after the change or, if deleted, before it. For `baseline` and `suspicious_drop` the scope. */
  readonly asset: Pick<Asset, 'id' | 'type' | 'nativeId' | 'name' | 'region' | 'account'> & { readonly owner?: string };
  readonly diff: readonly Difference[];
  /** More than 50 paths differ. */
  readonly truncated?: boolean;
  readonly prevHash?: string;
  readonly hash?: string;
  readonly exposure?: { readonly from: Exposure; readonly to: Exposure };
  /** It happened after `notBefore` (the last look with the former state) and not after `notAfter`. */
  readonly window: { readonly notBefore?: string; readonly notAfter: string };
  readonly actor?: Actor;
  /** For `baseline` and `suspicious_drop`: number of assets. */
  readonly count?: number;
  readonly scope: string;
  readonly run: string;
}

/** `from` and `to` of a value; `added` and `removed` of a set. */
export interface Difference {
  /** `security.ingress`, `tags.owner` */
  readonly path: string;
  readonly from?: unknown;
  readonly to?: unknown;
  readonly added?: readonly unknown[];
  readonly removed?: readonly unknown[];
}

/** Who made the change, from CloudTrail. */
export interface Actor {
  readonly arn: string;
  readonly eventId: string;
  readonly eventName: string;
  readonly time: string;
  readonly sourceIp?: string;
}

/** Result of one scope (a type in one account and region) in one run. Only `ok` and `empty` are proof. */
export type Status =
  | 'ok'
  | 'empty'
  | 'partial'
  | 'truncated'
  | 'denied'
  | 'scp_denied'
  | 'assume_role_failed'
  | 'account_suspended'
  | 'region_disabled'
  | 'not_applicable'
  | 'throttled'
  | 'timeout'
  | 'error'
  | 'not_run';

/** A row of the coverage report. */
export interface Coverage {
  /** `123456789012/eu-west-1/AWS::EC2::Instance`; `…/*` for all types of an account or region that could not be entered. */
  readonly scope: string;
  readonly account: string;
  readonly region: string;
  readonly type: string;
  readonly status: Status;
  readonly calls: number;
  readonly pages: number;
  readonly items: number;
  readonly retries: number;
  readonly throttles: number;
  readonly ms: number;
  /** Start and end of the listing: listed resources existed at some time between. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Code and message of the first error. */
  readonly code?: string;
  readonly message?: string;
  /** The kind of policy that denies, where AWS names it: `permissions boundary`, `session policy`, `resource control policy`. */
  readonly deniedBy?: string;
  /** Denied actions, those of detail calls too, and an IAM statement that allows them. */
  readonly missing?: readonly string[];
  readonly statement?: Statement;
  /** Start of the last run in which the scope was `ok` or `empty`; absent: never. */
  readonly lastOkAt?: string;
  /** Assets of the scope that are carried over from an earlier run. */
  readonly staleAssets?: number;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html */
export interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: '*';
}

/** The result of one run. */
export interface Manifest {
  readonly version: 1;
  readonly run: string;
  /** Start of the run: `firstSeen` and `lastChanged` of what it found. */
  readonly at: string;
  /** Number of the run; it grows by one. */
  readonly seq: number;
  /** The previous run. */
  readonly previous?: string;
  readonly accounts: readonly (Account & {
    readonly state?: string;
    readonly tags?: Readonly<Record<string, string>>;
  })[];
  /** Sorted by account and region. */
  readonly shards: readonly Shard[];
  readonly coverage: readonly Coverage[];
  readonly summary: Summary;
}

/** The assets of one account and region. */
export interface Shard {
  readonly account: string;
  readonly region: string;
  readonly key: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly count: number;
}

export interface Summary {
  readonly scopes: number;
  /** Percentage of the scopes that apply, 0 to 100. */
  readonly okPercent: number;
  readonly assets: number;
  readonly stale: number;
  readonly changes: number;
  /** Time of the oldest data that is still shown. */
  readonly oldestAt?: string;
  /** Resource types with tags but without any asset. Absent: none, or part of the run is unknown. */
  readonly uncoveredTypes?: readonly Uncovered[];
  readonly newAccounts: readonly string[];
  readonly removedAccounts: readonly string[];
}

/** A resource type: how many resources have tags, and the ARN of one. */
export interface Uncovered {
  /** In ARN notation: `codebuild:project`, `sqs`. */
  readonly kind: string;
  readonly count: number;
  readonly sample: string;
}

/** The pointer that is replaced when a run is complete. */
export interface Current {
  readonly version: 1;
  readonly run: string;
  readonly seq: number;
  readonly manifest: string;
}

/**
 * Systems Manager's view of an EC2 instance, which has the instance's id. Logs that name the id mean the instance.
 * A machine from elsewhere has an id of its own, `mi-…`.
 */
export const isViewOfInstance = ({ type, nativeId }: Pick<Asset, 'type' | 'nativeId'>): boolean =>
  type === 'AWS::SSM::ManagedInstance' && nativeId.startsWith('i-');
