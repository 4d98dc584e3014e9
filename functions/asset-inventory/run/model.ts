/**
 * The objects of a run in the inventory's bucket: `runs/<run>/`. Every object is written once, by whoever comes first, so a
 * message may be delivered twice, late, or to two Lambdas at the same time.
 */
import type { Account, Actor, Coverage } from '../../../shared/asset/model.ts';
import type { Pack } from '../discovery/declaration.ts';
import type { Seen } from '../state/record.ts';

/** `open.json`: the current run, or the last one. */
export interface Open {
  readonly run: string;
  /** Start of the run; the run's name is derived from it. */
  readonly at: string;
  readonly seq: number;
  /** Key of the manifest that the run is compared with. */
  readonly previous?: string;
  /** Units that are not done by then are skipped in this run. */
  readonly deadline: string;
  readonly finished?: boolean;
}

export interface Plan extends Omit<Open, 'finished'> {
  readonly accounts: readonly PlannedAccount[];
  readonly units: readonly Unit[];
  /** Number of shards: the run ends with the last one. Absent: planned by an older version. */
  readonly shards?: number;
  /** Accounts and regions that can't be entered, and why. */
  readonly blocked: readonly Coverage[];
  /** There are custom assets, which belong to no account. */
  readonly custom?: boolean;
}

export interface PlannedAccount extends Account {
  /** State of the account in Organizations: ACTIVE, SUSPENDED, CLOSED, … */
  readonly state?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** The work of one message: a pack in one account and region. `identity` is the pack of all global types. */
export interface Unit {
  readonly account: string;
  readonly region: string;
  readonly pack: Pack;
}

/** Where a unit continues: the type, and the position in its list. */
export interface Cursor {
  readonly type: string;
  readonly next?: string;
}

export type Message =
  | ({ readonly step: 'unit'; readonly run: string; readonly part: number; readonly cursor?: Cursor } & Unit)
  | { readonly step: 'commit'; readonly run: string; readonly account: string; readonly region: string }
  | { readonly step: 'finish'; readonly run: string }
  | { readonly step: 'watch'; readonly run: string }
  | ({ readonly step: 'refresh' } & Refresh);

/** One asset to look up again after an event named it. */
export interface Refresh {
  readonly account: string;
  readonly region: string;
  readonly type: string;
  readonly nativeId: string;
  readonly actor: Actor;
}

/** A line of a part: an asset, the coverage row of a type, a restart of a type's list, or (last line) the next cursor. */
export type PartLine =
  | { readonly seen: Seen }
  | { readonly row: Row }
  | { readonly restart: string }
  | { readonly next: Cursor | null };

/** Coverage of a type in one part; `open`: the type continues in the next part. */
export interface Row extends Omit<Coverage, 'lastOkAt' | 'staleAssets' | 'statement'> {
  readonly open?: boolean;
}

/** Codes of scopes that the settings or the organization no longer name. */
export const REGION_NOT_WANTED = 'region not wanted';
export const ACCOUNT_NOT_LISTED = 'account not listed';

/** Global types share the shard `global`. */
export const shardRegion = ({ region, pack }: Pick<Unit, 'region' | 'pack'>): string =>
  pack === 'identity' ? 'global' : region;

export const keys = {
  open: 'open.json',
  current: 'current.json',
  plan: (run: string) => `runs/${run}/plan.json`,
  part: (run: string, unit: Unit, part: number) =>
    `runs/${run}/parts/${unit.account}/${shardRegion(unit)}/${unit.pack}/${String(part).padStart(5, '0')}.ndjson.gz`,
  parts: (run: string, account: string, region: string) => `runs/${run}/parts/${account}/${region}/`,
  /** The follow-up message of a part was sent. A repeated delivery does not send it again, or messages would multiply. */
  sent: (run: string, unit: Unit, part: number) =>
    `runs/${run}/sent/${unit.account}/${shardRegion(unit)}/${unit.pack}/${part}`,
  done: (run: string, unit: Unit) => `runs/${run}/done/${unit.account}/${shardRegion(unit)}/${unit.pack}.json`,
  dones: (run: string, account: string, region: string) => `runs/${run}/done/${account}/${region}/`,
  shard: (run: string, account: string, region: string) => `runs/${run}/shards/${account}/${region}.json`,
  shards: (run: string) => `runs/${run}/shards/`,
  /** The message that ends the run was sent. */
  ending: (run: string) => `runs/${run}/ending`,
  assets: (account: string, region: string, sha256: string) => `assets/${account}/${region}/${sha256}.ndjson.gz`,
  changes: (run: string, account: string, region: string) => `changes/${run}/${account}/${region}.ndjson.gz`,
  manifest: (run: string) => `manifests/${run}.json`,
  /** The newest run whose look-up table is published: Published. */
  published: 'published.json',
  /** Assets that were looked up after events since the last run. */
  update: (account: string, region: string, hash: string) => `updates/${account}/${region}/${hash}.json`,
  updates: (account: string, region: string) => `updates/${account}/${region}/`,
} as const;

/** `published.json`: the run that the look-up table shows. */
export interface Published {
  readonly run: string;
  readonly seq: number;
}

/** End of a unit; `notRun`: nobody worked on it before the deadline. */
export interface Done {
  readonly parts: number;
  readonly notRun?: boolean;
}

/** All that the units of one account's region found. */
export interface Found {
  readonly seen: readonly Seen[];
  readonly rows: readonly (Row | Coverage)[];
}
