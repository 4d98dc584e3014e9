/**
 * The words of the inventory: what an asset is, what changed about it, and how much of an estate could be seen.
 * Written by functions/asset-inventory, read by whoever joins assets into logs. Types only.
 *
 * What stands in the inventory's bucket:
 * - `current.json`: Current. Which run is the newest one.
 * - `manifests/<run>.json`: Manifest. What that run saw, and the objects that hold it.
 * - `assets/<account>/<region>/<sha256>.ndjson.gz`: one Asset a line as canonical JSON, sorted by type and id; named by the
 *   SHA-256 of its plain bytes, so that the same world is the same object. Global types are under the region `global`.
 * - `changes/<run>/<account>/<region>.ndjson.gz`: one Change a line.
 */
import type { JsonObject } from '../transform/json.ts';

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

/** One thing that an account owns, as of its last look. Every list in it is a set, sorted. Instants are ISO 8601, UTC. */
export interface Asset {
  /** ARN of the owner's account, or (`idSynthetic`) one made up for a thing that has none. */
  readonly id: string;
  readonly idSynthetic: boolean;
  /** As CloudFormation calls it: `AWS::EC2::Instance`. */
  readonly type: string;
  readonly class: AssetClass;
  /** What its own service calls it: `i-0abc`. */
  readonly nativeId: string;
  readonly name: string;
  readonly partition: string;
  /** `global` for what has no region. */
  readonly region: string;
  readonly zone?: string;
  readonly account: Account;
  readonly tags: Readonly<Record<string, string>>;
  readonly owner?: Owner;
  readonly environment?: string;
  readonly criticality?: string;
  readonly net: Net;
  readonly exposure: Exposure;
  /** Attributes that security asks for, by the type's own names; undefined members are not known. */
  readonly security: JsonObject;
  /** What changes of itself (last use, agent status), by the day; no change is told of it, and it is not part of the hash. */
  readonly volatile?: JsonObject;
  readonly relationships: readonly Relationship[];
  readonly createdAt?: string;
  /** Time of the run that saw it first; of the first run of a scope: not known to be newer than that. */
  readonly firstSeen: string;
  /** Time of the run that saw the last change of `hash`. */
  readonly lastChanged: string;
  /** The last run that saw it, where that is not the last one that saw its scope (then: `lastOkAt` of the scope). */
  readonly lastSeen?: string;
  readonly deletedAt?: string;
  /** `stale`: not seen by the last run, and not known to be gone. `deleted`: kept for 30 days after it is known to be gone. */
  readonly state: 'active' | 'stale' | 'deleted';
  /** `scope denied`, `absent once`, `suspicious drop`, `account_closed`. */
  readonly stateReason?: string;
  /** Tells a new thing under an old id (a user or a bucket made again): its unique id or its creation. */
  readonly incarnation?: string;
  /** SHA-256 of the canonical JSON of what is stable. */
  readonly hash: string;
  /** What could not be asked, `s3:GetBucketPolicyStatus AccessDenied`: the attributes keep what was known before. */
  readonly gaps: readonly string[];
  /** Paths that were never known, since asking for them failed. */
  readonly unknown?: readonly string[];
  /** How many runs in a row listed its scope and not it. */
  readonly absent?: number;
  /** Its last changes, and the run that told of them. */
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
  /** The tag's key, the OU's path or the rule that said so. */
  readonly rule: string;
  /** 0 to 100. */
  readonly confidence: number;
}

/** Network identities: how logs name the asset. Lists are there only where they are not empty. */
export interface Net {
  readonly private?: readonly string[];
  readonly public?: readonly string[];
  readonly v6?: readonly string[];
  /** CIDR blocks that are its own: delegated prefixes, ranges of a VPC or subnet. */
  readonly prefixes?: readonly string[];
  readonly eni?: readonly string[];
  readonly mac?: readonly string[];
  readonly dns?: readonly string[];
  readonly vpc?: string;
  readonly subnets?: readonly string[];
  readonly sg?: readonly string[];
}

export interface Exposure {
  /** `conditional`: by something in front of it, or where one condition isn't known to hold. */
  readonly level: 'internet' | 'conditional' | 'internal' | 'none' | 'unknown';
  /** Of `unknown`: the level that was known last. */
  readonly was?: Exposure['level'];
  /** `tcp/443`, `all` */
  readonly ports?: readonly string[];
  /** The evidence, each `what: which`: `public_ip 203.0.113.9`, `sg:sg-1 tcp/443 0.0.0.0/0`, `route:rtb-1 0.0.0.0/0 igw-1`. */
  readonly reasons?: readonly string[];
  /** Actions that were denied or failed and without which it can't be known. */
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
  /** The same change always has the same id, whichever way it was noticed. */
  readonly id: string;
  readonly kind: ChangeKind | 'baseline' | 'suspicious_drop';
  /** Of the asset as it is now or, deleted, was last. Of `baseline` and `suspicious_drop`: of the scope. */
  readonly asset: Pick<Asset, 'id' | 'type' | 'nativeId' | 'name' | 'region' | 'account'> & { readonly owner?: string };
  readonly diff: readonly Difference[];
  /** More than 50 paths differ. */
  readonly truncated?: boolean;
  readonly prevHash?: string;
  readonly hash?: string;
  readonly exposure?: { readonly from: Exposure; readonly to: Exposure };
  /** It happened after `notBefore` (the last look that saw the former state) and not after `notAfter`. */
  readonly window: { readonly notBefore?: string; readonly notAfter: string };
  readonly actor?: Actor;
  /** Of `baseline` and `suspicious_drop`: how many assets. */
  readonly count?: number;
  readonly scope: string;
  readonly run: string;
}

/** `from`, `to` of a value; `added`, `removed` of a set. */
export interface Difference {
  /** `security.ingress`, `tags.owner` */
  readonly path: string;
  readonly from?: unknown;
  readonly to?: unknown;
  readonly added?: readonly unknown[];
  readonly removed?: readonly unknown[];
}

/** Who did it, out of CloudTrail. */
export interface Actor {
  readonly arn: string;
  readonly eventId: string;
  readonly eventName: string;
  readonly time: string;
  readonly sourceIp?: string;
}

/** What became of a scope (one type in one account and region) in one run. Only `ok` and `empty` prove anything. */
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
  /** `123456789012/eu-west-1/AWS::EC2::Instance`; `…/*` for all types of an account or region that was not entered. */
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
  /** The look began and ended: what was listed existed at some time between. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Code of the first error and what AWS said with it. */
  readonly code?: string;
  readonly message?: string;
  /** Actions that were denied, those of sub-calls too, and a policy statement that grants them. */
  readonly missing?: readonly string[];
  readonly statement?: Statement;
  /** Time of the last run in which the scope was `ok` or `empty`; absent: never. */
  readonly lastOkAt?: string;
  /** Assets of the scope that are carried from an earlier run. */
  readonly staleAssets?: number;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html */
export interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: '*';
}

/** What one run saw. */
export interface Manifest {
  readonly version: 1;
  readonly run: string;
  /** Time of the run, the `firstSeen` and `lastChanged` of what it found. */
  readonly at: string;
  /** Grows by one a run: the order of runs. */
  readonly seq: number;
  /** The run before. */
  readonly previous?: string;
  readonly accounts: readonly (Account & {
    readonly state?: string;
    readonly tags?: Readonly<Record<string, string>>;
  })[];
  /** By account and region, in this order. */
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
  /** Of scopes that apply, 0 to 100. */
  readonly okPercent: number;
  readonly assets: number;
  readonly stale: number;
  readonly changes: number;
  /** Time of the oldest data that is still shown. */
  readonly oldestAt?: string;
  /** Kinds that AWS keeps tags of and of which no look found anything. Absent: none, or a part of the run is not known. */
  readonly uncoveredTypes?: readonly Uncovered[];
  readonly newAccounts: readonly string[];
  readonly removedAccounts: readonly string[];
}

/** A kind of resources: how many have tags, and the ARN of one. */
export interface Uncovered {
  /** As ARNs name it: `codebuild:project`, `sqs`. */
  readonly kind: string;
  readonly count: number;
  readonly sample: string;
}

/** The pointer that is swapped when a run is whole. */
export interface Current {
  readonly version: 1;
  readonly run: string;
  readonly seq: number;
  readonly manifest: string;
}
