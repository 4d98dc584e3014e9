/**
 * One type of resource, declared: how it is listed, what more is asked about each, and what of the answers is an asset.
 * A service has one file in types/ that exports `declarations`; registry.ts says in which pack it is looked at, so that a
 * unit of work loads the clients of its own pack only. Files of types import clients of the SDK at their top.
 *
 * Every call goes through `at.ask(action, …)`: that keeps the pace, tries again while throttled, and books the outcome under
 * the name that IAM has for the call. A declaration lists each of these names, since the member accounts' role is generated
 * from them, and a name that is not listed throws. So a declaration holds no try, no retry and no sleep.
 *
 * What an error means is decided by the engine:
 * - `list` fails: nothing is known of the type in this scope; its assets are carried from the run before as stale.
 * - a detail fails: a gap of that one record; what `fills` names is carried. A code of `absent` means: there is none.
 *   So is a code that says that the thing itself is gone: what becomes of it the next list tells.
 */
import type { Asset, AssetClass, Net, Relationship } from '../../../shared/asset/model.ts';

/**
 * What is looked at together, in one unit of work of one account and region. `identity` is the pack of global types;
 * types of the other packs with `scope: 'global'` are looked at with it, from us-east-1.
 */
export type Pack = 'net' | 'compute' | 'data' | 'edge' | 'security' | 'identity';

/** Where a unit of work asks: one account and one region of it. */
export interface At {
  readonly partition: string;
  readonly account: string;
  /** For a global type: the region that its endpoint is in, us-east-1. */
  readonly region: string;
  /**
   * The client of one service, made once; `region` for a call that has to go to another one.
   * @example const ec2 = (at: At) => at.client(EC2Client);
   */
  client<C>(kind: new (config: ClientConfig) => C, region?: string): C;
  /**
   * One call. `action` is IAM's name for it, which need not be the operation's (`s3:ListAllMyBuckets`).
   * Rejects with what AWS answered once no other try helps: let it through.
   * @example at.ask('ec2:DescribeVpcs', (options) => ec2(at).send(new DescribeVpcsCommand({ NextToken }), options))
   */
  ask<T>(action: string, send: (options: { readonly abortSignal: AbortSignal }) => Promise<T>): Promise<T>;
  /**
   * An ARN of this account and region: `at.arn('ec2', 'instance/i-0abc')`. `owner` and `region` where they are others;
   * '' for services whose ARNs have none.
   */
  arn(service: string, resource: string, owner?: string, region?: string): string;
}

/** What clients are made with; an SDK client takes it as it is. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** A client asks for others five minutes before. Absent: it keeps them for as long as it lives. */
  readonly expiration?: Date;
}

export interface ClientConfig {
  readonly region: string;
  readonly credentials: () => Promise<Credentials>;
  readonly maxAttempts: number;
  readonly customUserAgent: string;
}

/** Records of one call, and where the next call goes on; no `next`: the last page. */
export interface Listed<R> {
  readonly records: readonly R[];
  /** Any text; '' counts as none. It is kept between invocations, so it holds no more than is needed to go on. */
  readonly next?: string | undefined;
}

/** What more is asked about each record: one call. */
export interface Detail<R> {
  readonly action: string;
  /** The paths of the asset that it fills, `security.policyPublic`, `tags`: carried from before where it could not be asked. */
  readonly fills: readonly string[];
  /** Codes (`error.name`) by which AWS says that there is none: not a gap, the record stays as it is. */
  readonly absent?: readonly string[];
  /** False: not asked about this record. */
  when?(record: R): boolean;
  /** Gives the members that the record is to be told with, over those it has. */
  ask(record: R, at: At): Promise<Partial<R>>;
}

export interface Declaration<R = unknown> {
  /** As CloudFormation calls it. Unique. */
  readonly type: string;
  readonly class: AssetClass;
  readonly scope: 'region' | 'global';
  readonly pack: Pack;
  /** `home`: answered in the account that looks only (Organizations' management or delegated administrator). */
  readonly only?: 'home';
  /** Names in IAM of every call that `list` makes, the call of the page itself first. */
  readonly actions: readonly string[];
  /** One page: usually one call. Of nested lists (services of a cluster) the cursor says where both are: `nested` in list.ts. */
  list(at: At, cursor: string | undefined): Promise<Listed<R>>;
  readonly details?: readonly Detail<R>[];
  /**
   * The same records by their native ids, for proof that one is gone and after an event. One of them missing: AWS's
   * NotFound error or an empty list. Only with actions that are declared already.
   */
  find?(at: At, nativeId: string): Promise<readonly R[]>;
  /** What of a record (with its details) is an asset. Pure. Undefined: not one that is kept. */
  asset(record: R, at: Pick<At, 'partition' | 'account' | 'region' | 'arn'>): Draft | undefined;
}

/**
 * An asset as its declaration sees it; the engine adds the rest. Every array is a set: order and repeats don't count.
 * Members that are undefined and lists that are empty may be given as they come.
 */
export interface Draft {
  readonly id: string;
  readonly idSynthetic?: boolean;
  readonly nativeId: string;
  /** Default: the tag `Name`, else the native id. */
  readonly name?: string | undefined;
  /** Default: the account that was asked. Other: shared with it, and the owner's. */
  readonly account?: string | undefined;
  /** Default: the region that was asked, `global` for a global type. */
  readonly region?: string | undefined;
  readonly zone?: string | undefined;
  /** As the services give them, or by name. */
  readonly tags?: Tags | undefined;
  readonly createdAt?: Date | string | undefined;
  readonly incarnation?: string | undefined;
  readonly net?: Loose<Net>;
  /**
   * Flat where it can be; dates are turned into instants. Sets of rules are texts, so that a change of one is one line:
   * `tcp/443 0.0.0.0/0`. Never a secret: of environments and user data only that there are some.
   * Undefined where it is not known: what was not answered is not false.
   *
   * Names that exposure.ts judges by, of any type:
   * - `policy`: text of a resource policy · `policyPublic`, `public`: AWS's own word that anybody may
   * - `publiclyAccessible`: has a public address; then `net.sg` and `net.subnets` decide
   * - `scheme`: `internet-facing` or `internal`, with `listeners`: `tcp/443` · relationships `routes_to`: what is behind it
   * - `endpoint`: `public`, `private` or `vpc`, of an API, with `publicCidrs` where only some may
   * - `urlAuth`: `NONE` or `AWS_IAM`, of a function's URL
   * Names that others go by: `encrypted`, `kmsKey`, `notAfter` of a certificate, `status` of a key.
   */
  readonly security?: Readonly<Record<string, unknown>>;
  /** What changes of itself; dates are cut to the day. */
  readonly volatile?: Readonly<Record<string, unknown>>;
  /** Those without a target are dropped. */
  readonly relationships?: readonly { readonly type: Relationship['type']; readonly target: string | undefined }[];
}

export type Tags =
  | readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]
  | readonly { readonly TagKey?: string | undefined; readonly TagValue?: string | undefined }[]
  | readonly { readonly key?: string | undefined; readonly value?: string | undefined }[]
  | Readonly<Record<string, string>>;

/** The same with members that may be undefined, and elements that may be. */
export type Loose<T> = {
  readonly [K in keyof T]?: T[K] extends readonly string[] | undefined
    ? readonly (string | undefined)[] | undefined
    : T[K] | undefined;
};

/** Forgets the type of a declaration's records, which nobody but itself needs. */
export const declare = <R>(declaration: Declaration<R>): Declaration => declaration as Declaration;

/** What identifies a type of assets everywhere. */
export type AssetType = Asset['type'];
