/**
 * One resource type as data: how to list it, which detail calls to make for each record, and how a record becomes an asset.
 * Each service has one file in types/ that exports `declarations`. registry.ts assigns it to packs, so that a unit of work
 * loads the SDK clients of its own pack only. Files in types/ import SDK clients at their top.
 *
 * Every call goes through `at.call(action, …)`: which limits the rate, retries throttled calls, and counts the outcome under
 * the IAM name of the call. A declaration lists each of these names: the member accounts' role is generated from them, and
 * a call under any other name throws. So a declaration contains no try, no retry and no sleep.
 *
 * The engine decides what an error means:
 * - `list` fails: nothing is known of the type in this scope; its assets are carried over from the last run as stale.
 * - a detail call fails: a gap in that record; the paths in `fills` are carried over. A code in `absent` means: not set.
 *   A code that says that the resource itself is gone is no gap: the next list decides.
 */
import type { Asset, AssetClass, Net, Relationship } from '../../../shared/asset/model.ts';

/**
 * Types that one unit of work lists together in one account and region. `identity` is the pack of global types; types of
 * the other packs with `scope: 'global'` are listed with it, from us-east-1.
 */
export type Pack = 'net' | 'compute' | 'data' | 'edge' | 'security' | 'identity';

/** The account and region of a unit of work, and its API calls. */
export interface At {
  readonly partition: string;
  readonly account: string;
  /** For a global type: the region of its endpoint, us-east-1. */
  readonly region: string;
  /**
   * The SDK client of one service, created once. `region`: for a call to another region.
   * @example const ec2 = (at: At) => at.client(EC2Client);
   */
  client<C>(kind: new (config: ClientConfig) => C, region?: string): C;
  /**
   * Makes one API call. `action` is its IAM action, which may differ from the operation (`s3:ListAllMyBuckets`).
   * Rejects with AWS's error after the last retry. Declarations do not catch it.
   * @example at.call('ec2:DescribeVpcs', (options) => ec2(at).send(new DescribeVpcsCommand({ NextToken }), options))
   */
  call<T>(action: string, send: (options: { readonly abortSignal: AbortSignal }) => Promise<T>): Promise<T>;
  /**
   * An ARN of this account and region: `at.arn('ec2', 'instance/i-0abc')`. `owner` and `region` override them;
   * pass '' for services whose ARNs have none.
   */
  arn(service: string, resource: string, owner?: string, region?: string): string;
}

/** Credentials for SDK clients. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** SDK clients ask for new credentials five minutes before this time. Absent: the credentials do not expire. */
  readonly expiration?: Date;
}

export interface ClientConfig {
  readonly region: string;
  readonly credentials: (options?: { readonly forceRefresh?: boolean }) => Promise<Credentials>;
  readonly maxAttempts: number;
  readonly customUserAgent: string;
}

/** One page of records, and the cursor of the next page. No `next`: this is the last page. */
export interface Listed<R> {
  readonly records: readonly R[];
  /** Cursor text; '' means none. It is stored between invocations, so keep it small. */
  readonly next?: string | undefined;
}

/** One more API call for each record. */
export interface Detail<R> {
  readonly action: string;
  /** Asset paths that this call fills (`security.policyPublic`, `tags`). They are carried over when the call fails. */
  readonly fills: readonly string[];
  /** Error codes (`error.name`) that mean "not set": no gap, the record stays as it is. */
  readonly absent?: readonly string[];
  /** Returns false to skip the call for this record. */
  when?(record: R): boolean;
  /** Returns fields to merge into the record. */
  call(record: R, at: At): Promise<Partial<R>>;
}

export interface Declaration<R = unknown> {
  /** The CloudFormation type name. Unique. */
  readonly type: string;
  readonly class: AssetClass;
  readonly scope: 'region' | 'global';
  readonly pack: Pack;
  /** `home`: listed only in the inventory's own account (Organizations' management or delegated administrator account). */
  readonly only?: 'home';
  /** IAM actions of every call that `list` makes; the call that returns the page comes first. */
  readonly actions: readonly string[];
  /** Returns one page, usually by one call. For nested lists (services of a cluster) use `nested` of list.ts. */
  list(at: At, cursor: string | undefined): Promise<Listed<R>>;
  readonly details?: readonly Detail<R>[];
  /**
   * Finds records by their native id: to confirm a deletion, and after an event. For a missing one return an empty list or
   * let AWS's NotFound error through. Uses declared actions only.
   */
  find?(at: At, nativeId: string): Promise<readonly R[]>;
  /** Turns a record with its details into an asset. Pure. Returns undefined for records that are not kept. */
  asset(record: R, at: Pick<At, 'partition' | 'account' | 'region' | 'arn'>): Draft | undefined;
}

/**
 * An asset as its declaration returns it; the engine adds the rest. Every array is a set: order and repeats do not count.
 * Undefined members and empty lists are dropped.
 */
export interface Draft {
  readonly id: string;
  readonly idSynthetic?: boolean;
  readonly nativeId: string;
  /** Default: the tag `Name`, else the native id. */
  readonly name?: string | undefined;
  /** The owning account where the asset is shared. Default: the account of the unit. */
  readonly account?: string | undefined;
  /** Default: the region of the unit; `global` for a global type. */
  readonly region?: string | undefined;
  readonly zone?: string | undefined;
  /** In any of the services' spellings. */
  readonly tags?: Tags | undefined;
  readonly createdAt?: Date | string | undefined;
  readonly incarnation?: string | undefined;
  readonly net?: Loose<Net>;
  /**
   * Keep it flat; dates become ISO instants. Write rules of a rule set as texts, so that a change of one rule is one line:
   * `tcp/443 0.0.0.0/0`. Never store a secret: of environments and user data store only whether there is one.
   * Leave unknown values undefined: an unanswered question is not `false`.
   *
   * Names that exposure.ts evaluates, for any type:
   * - `policy`: text of a resource policy · `policyPublic`, `public`: AWS itself reports public access
   * - `publiclyAccessible`: has a public address; then `net.sg` and `net.subnets` decide
   * - `scheme`: `internet-facing` or `internal`, with `listeners`: `tcp/443` · relationships `routes_to`: what is behind it
   * - `endpoint`: `public`, `private` or `vpc`, of an API, with `publicCidrs` where only some may
   * - `urlAuth`: `NONE` or `AWS_IAM`, of a function's URL
   * Names with other readers: `encrypted`, `kmsKey`, `notAfter` of a certificate, `status` of a key.
   */
  readonly security?: Readonly<Record<string, unknown>>;
  /** Values that change on their own, without a configuration change; dates are cut to the day. */
  readonly volatile?: Readonly<Record<string, unknown>>;
  /** Relationships without a target are dropped. */
  readonly relationships?: readonly { readonly type: Relationship['type']; readonly target: string | undefined }[];
}

export type Tags =
  | readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]
  | readonly { readonly TagKey?: string | undefined; readonly TagValue?: string | undefined }[]
  | readonly { readonly key?: string | undefined; readonly value?: string | undefined }[]
  | Readonly<Record<string, string>>;

/** T with optional members and elements. */
export type Loose<T> = {
  readonly [K in keyof T]?: T[K] extends readonly string[] | undefined
    ? readonly (string | undefined)[] | undefined
    : T[K] | undefined;
};

/** Hides the record type of a declaration, which only the declaration itself needs. */
export const declare = <R>(declaration: Declaration<R>): Declaration => declaration as Declaration;

/** The type name of an asset. */
export type AssetType = Asset['type'];
