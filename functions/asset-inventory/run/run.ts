/**
 * One run over the estate, as it stands in the bucket while it is under way: `runs/<run>/`. Every object there is written
 * once, by whoever comes first, so that a message may come twice, late, or to two Lambdas at a time.
 */
import type { Account, Actor, Coverage } from '../../../shared/asset/model.ts';
import type { Pack } from '../discovery/declaration.ts';
import type { Seen } from '../state/record.ts';

/** `open.json`: the run under way, or the last one. */
export interface Open {
  readonly run: string;
  /** Its time; the name is made of it. */
  readonly at: string;
  readonly seq: number;
  /** The manifest that it is compared with. */
  readonly previous?: string;
  /** What is not looked at by then is not looked at in this run. */
  readonly deadline: string;
  readonly finished?: boolean;
}

export interface Plan extends Omit<Open, 'finished'> {
  readonly accounts: readonly PlannedAccount[];
  readonly units: readonly Unit[];
  /** Accounts and regions that are not entered, and why. */
  readonly blocked: readonly Coverage[];
  /** There are assets of no account too. */
  readonly custom?: boolean;
}

export interface PlannedAccount extends Account {
  /** As Organizations says: ACTIVE, SUSPENDED, CLOSED, … */
  readonly state?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** What one message asks to look at: a pack in a region of an account; `identity` is all that is global. */
export interface Unit {
  readonly account: string;
  readonly region: string;
  readonly pack: Pack;
}

/** Where a unit goes on: at a type, and in its list. */
export interface Cursor {
  readonly type: string;
  readonly next?: string;
}

export type Message =
  | ({ readonly step: 'unit'; readonly run: string; readonly part: number; readonly cursor?: Cursor } & Unit)
  | { readonly step: 'commit'; readonly run: string; readonly account: string; readonly region: string }
  | { readonly step: 'finish'; readonly run: string }
  | { readonly step: 'watch'; readonly run: string }
  | ({ readonly step: 'touch' } & Touch);

/** One asset that an event told of, to be asked for. */
export interface Touch {
  readonly account: string;
  readonly region: string;
  readonly type: string;
  readonly nativeId: string;
  readonly actor: Actor;
}

/** A line of a part: what was seen, what became of a type, that its list begins anew, or (the last line) where it goes on. */
export type PartLine =
  | { readonly seen: Seen }
  | { readonly row: Row }
  | { readonly restart: string }
  | { readonly next: Cursor | null };

/** What became of a type in one part; `open`: it goes on in the next. */
export interface Row extends Omit<Coverage, 'lastOkAt' | 'staleAssets' | 'statement'> {
  readonly open?: boolean;
}

/** Global types are kept together, under no region. */
export const shardRegion = ({ region, pack }: Pick<Unit, 'region' | 'pack'>): string =>
  pack === 'identity' ? 'global' : region;

export const keys = {
  open: 'open.json',
  current: 'current.json',
  plan: (run: string) => `runs/${run}/plan.json`,
  part: (run: string, unit: Unit, part: number) =>
    `runs/${run}/parts/${unit.account}/${shardRegion(unit)}/${unit.pack}/${String(part).padStart(5, '0')}.ndjson.gz`,
  parts: (run: string, account: string, region: string) => `runs/${run}/parts/${account}/${region}/`,
  /** The message for what follows a part was sent: whoever comes again need not, or messages would breed. */
  sent: (run: string, unit: Unit, part: number) =>
    `runs/${run}/sent/${unit.account}/${shardRegion(unit)}/${unit.pack}/${part}`,
  done: (run: string, unit: Unit) => `runs/${run}/done/${unit.account}/${shardRegion(unit)}/${unit.pack}.json`,
  dones: (run: string, account: string, region: string) => `runs/${run}/done/${account}/${region}/`,
  shard: (run: string, account: string, region: string) => `runs/${run}/shards/${account}/${region}.json`,
  shards: (run: string) => `runs/${run}/shards/`,
  assets: (account: string, region: string, sha256: string) => `assets/${account}/${region}/${sha256}.ndjson.gz`,
  changes: (run: string, account: string, region: string) => `changes/${run}/${account}/${region}.ndjson.gz`,
  manifest: (run: string) => `manifests/${run}.json`,
  /** What events told of an asset since the last run. */
  told: (account: string, region: string, hash: string) => `told/${account}/${region}/${hash}.json`,
  tolds: (account: string, region: string) => `told/${account}/${region}/`,
} as const;

/** Of a unit that nobody came to look at. */
export interface Done {
  readonly parts: number;
  readonly notRun?: boolean;
}
