/**
 * The steps of a run, one message each: plan (a tick) → look (a unit, again and again until it is done) → commit (an account's
 * region) → finish. Every step may come twice, late or side by side with itself: what it writes is written once, and a
 * message that has nothing left to do does nothing.
 */
import type { STSClient } from '@aws-sdk/client-sts';
import type { Asset, Current, Manifest, Status } from '../../../shared/asset/model.ts';
import { ReadError } from '../../../shared/errors.ts';
import type { Log } from '../../../shared/model.ts';
import type { Rules } from '../classify/owner.ts';
import { hasCustom, withMap } from '../custom/custom.ts';
import { type Asker, asker, books } from '../discovery/ask.ts';
import type { At, ClientConfig, Declaration, Pack } from '../discovery/declaration.ts';
import { failureOf, isGone } from '../discovery/outcome.ts';
import { pace } from '../discovery/ratelimit.ts';
import { look } from '../discovery/unit.ts';
import type { Hint } from '../events/events.ts';
import { type Touched, touch } from '../events/refresh.ts';
import { type Committed, commit } from './commit.ts';
import { finish, previousManifest, shardsOf } from './finish.ts';
import { unitsOf } from './parts.ts';
import { type Estate, globalRegion, planOf } from './plan.ts';
import { keys, type Message, type Open, type Plan, type Unit } from './run.ts';
import { type Role, sessionIn, USER_AGENT } from './session.ts';
import type { Store } from './store.ts';

export interface Queue {
  /** Rejects with DeliveryError. */
  send(messages: readonly Message[], delayS?: number): Promise<void>;
}

export interface Registry {
  declarationsOf(pack: Pack): Promise<readonly Declaration[]>;
  allDeclarations(): Promise<readonly Declaration[]>;
}

export interface Stepping {
  readonly store: Store;
  readonly queue: Queue;
  readonly sts: Pick<STSClient, 'send'>;
  readonly estate: Estate;
  readonly role: Role;
  readonly rules: Rules;
  /** Which types there are: registry.ts. */
  readonly registry: Registry;
  /** Where the Lambda itself is. */
  readonly home: Pick<At, 'partition' | 'account' | 'region'>;
  /** Its own rights. */
  readonly credentials: ClientConfig['credentials'];
  /** What others read of a run: the look-up table and, where it is on, the export. */
  publish(manifest: Manifest): Promise<void>;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Whether the present invocation should come to an end. */
  isOver(): boolean;
  now(): number;
  /** Upper end of the first wait before another attempt. Default: 500. */
  readonly baseMs?: number;
  /** Of one attempt. Default: 30,000. */
  readonly timeoutMs?: number;
}

/** Somebody looks again this often whether a run is stuck. */
const WATCH_S = 900;
/** After an event, until its asset is asked for. */
const SETTLE_S = 15;
/** What is not looked at by then is told as not run. */
const DEADLINE_MS = 4 * 3_600_000;

/** What a step has to tell, if anything, and what is to be done when that was delivered. */
export interface Step {
  readonly tells?: Committed;
  readonly touched?: Touched;
  settle?(): Promise<void>;
}

export async function step(message: Message, stepping: Stepping): Promise<Step> {
  if (message.step === 'touch') return touching(message, stepping);
  const { run } = message;
  switch (message.step) {
    case 'unit':
      return unit(message, stepping);
    case 'commit':
      return committing(run, message.account, message.region, stepping);
    case 'finish':
      await finishing(run, stepping);
      return {};
    case 'watch':
      await watch(run, stepping);
      return {};
  }
}

/** A run begins unless one is under way; then its messages are sent again, in case they were lost with the last invocation. */
export async function tick(stepping: Stepping): Promise<void> {
  const { store, now, log } = stepping;
  const former = await store.read<Open>(keys.open);
  const isUnderWay = former !== undefined && !former.value.finished && Date.parse(former.value.deadline) > now();
  const open = isUnderWay ? former.value : await nextRun(stepping, former?.value);
  if (!isUnderWay) {
    const isOurs = await store.write(keys.open, open, former === undefined ? 'new' : { etag: former.etag });
    if (!isOurs) throw new ReadError('another tick began a run at the same time', { run: open.run });
  }
  const plan = (await store.read<Plan>(keys.plan(open.run)))?.value ?? (await planned(open, stepping));
  log.info(isUnderWay ? 'a run is under way' : 'a run begins', { run: open.run, units: plan.units.length });
  await dispatch(plan, stepping);
}

async function nextRun({ store, now }: Stepping, former: Open | undefined): Promise<Open> {
  const current = (await store.read<Current>(keys.current))?.value;
  const at = new Date(now()).toISOString();
  return {
    run: at.replaceAll(/[:.]/g, '-'),
    at,
    seq: Math.max(former?.seq ?? 0, current?.seq ?? 0) + 1,
    ...(current !== undefined && { previous: current.manifest }),
    deadline: new Date(now() + DEADLINE_MS).toISOString(),
  };
}

async function planned(open: Open, stepping: Stepping): Promise<Plan> {
  const { estate, home, credentials, log, store } = stepping;
  const own = askerAt({ ...home, credentials }, stepping);
  const enter = (account: string, region: string, actions: readonly string[]) =>
    memberAt({ account, region }, actions, stepping);
  const plan: Plan = {
    ...(await planOf(open, { estate, own, enter, log })),
    ...((await hasCustom(store)) && { custom: true }),
  };
  const isFirst = await store.write(keys.plan(open.run), plan, 'new');
  return isFirst ? plan : (await store.read<Plan>(keys.plan(open.run)))!.value;
}

async function dispatch(plan: Plan, { store, queue }: Stepping): Promise<void> {
  const { run } = plan;
  await queue.send(plan.units.map((each) => ({ step: 'unit', run, part: 0, ...each })));
  const idle = shardsOf(plan, await previousManifest(store, plan)).filter(
    ({ account, region }) => unitsOf(plan, account, region).length === 0,
  );
  await queue.send(idle.map((place) => ({ step: 'commit', run, ...place })));
  await queue.send([{ step: 'watch', run }], WATCH_S);
}

interface Where {
  readonly account: string;
  readonly region: string;
}

type OfAsker = Where & Pick<At, 'partition'> & Pick<ClientConfig, 'credentials'>;

function askerAt({ partition, account, region, credentials }: OfAsker, { signal, baseMs, timeoutMs }: Stepping): Asker {
  const config = { credentials, maxAttempts: 1, customUserAgent: USER_AGENT };
  return asker({
    partition,
    account,
    region,
    config,
    pace: pace(),
    signal,
    ...(baseMs !== undefined && { baseMs }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
}

/** In a member account, by its role. */
function memberAt({ account, region }: Where, actions: readonly string[], stepping: Stepping): Asker {
  const { sts, role, home } = stepping;
  const credentials = sessionIn(sts, { partition: home.partition, account, role, actions });
  return askerAt({ partition: home.partition, account, region, credentials }, stepping);
}

const actionsOf = (declarations: readonly Declaration[]): readonly string[] =>
  declarations.flatMap(({ actions, details = [] }) => [...actions, ...details.map(({ action }) => action)]);

/** What a pack looks at in this account. */
async function typesOf(pack: Pack, account: string, { home, registry }: Stepping): Promise<readonly Declaration[]> {
  const all = await registry.declarationsOf(pack);
  return all.filter(({ only }) => only === undefined || account === home.account);
}

async function unit(message: Extract<Message, { step: 'unit' }>, stepping: Stepping): Promise<Step> {
  const { store, queue, isOver, now } = stepping;
  const { step: _, run, part, cursor, ...of } = message;
  if ((await store.read(keys.sent(run, of, part))) !== undefined) return {};
  const declarations = await typesOf(of.pack, of.account, stepping);
  const member = memberAt(of, actionsOf(declarations), stepping);
  const next = await look({ run, unit: of, part, cursor }, { store, declarations, asker: member, isOver, now });
  if (next !== null) await queue.send([{ step: 'unit', run, part: part + 1, cursor: next, ...of }]);
  else await queue.send([{ step: 'commit', run, ...placeOf(of) }]);
  await store.write(keys.sent(run, of, part), { next }, 'new');
  return {};
}

const placeOf = ({ account, region, pack }: Unit): Where => ({
  account,
  region: pack === 'identity' ? 'global' : region,
});

async function committing(run: string, account: string, region: string, stepping: Stepping): Promise<Step> {
  const { store, queue, rules } = stepping;
  const prove = (_account: string, _region: string, assets: readonly Asset[]) =>
    proven(account, region, assets, stepping);
  const tells = await commit(run, account, region, { store, rules: await withMap(rules, store), prove });
  const toEnd = () => queue.send([{ step: 'finish', run }]);
  // done already, and maybe the message that follows was lost
  if (tells === undefined) return (await store.read(keys.shard(run, account, region))) ? { settle: toEnd } : {};
  return {
    tells,
    async settle() {
      await store.write(keys.shard(run, account, region), tells.marker, 'new');
      await store.drop(tells.told);
      await toEnd();
    },
  };
}

/** Asks for each of these assets by its id. Who can't be asked for is not gone. */
async function proven(
  account: string,
  region: string,
  assets: readonly Asset[],
  stepping: Stepping,
): Promise<ReadonlySet<string>> {
  const gone = new Set<string>();
  if (assets.length === 0) return gone;
  const declarations = new Map((await stepping.registry.allDeclarations()).map((each) => [each.type, each]));
  const types = new Set(assets.map(({ type }) => type));
  const actions = actionsOf([...declarations.values()].filter(({ type }) => types.has(type)));
  const where = region === 'global' ? globalRegion(stepping.home.partition) : region;
  const member = memberAt({ account, region: where }, actions, stepping);
  member.book(books(), actions);
  for (const { id, type, nativeId } of assets) {
    const declaration = declarations.get(type);
    if (declaration?.find === undefined) continue;
    try {
      const records = await declaration.find(member, nativeId);
      if (records.every((record) => declaration.asset(record, member) === undefined)) gone.add(id);
    } catch (error) {
      if (isGone(error)) gone.add(id);
      stepping.signal.throwIfAborted();
    }
  }
  return gone;
}

/** One asset is asked for. A type that can't be asked for by an id waits for the next run. */
async function touching(message: Extract<Message, { step: 'touch' }>, stepping: Stepping): Promise<Step> {
  const { store, rules, registry, home, now } = stepping;
  const { account, region, type } = message;
  const declaration = (await registry.allDeclarations()).find((each) => each.type === type);
  if (declaration?.find === undefined) return {};
  const where = declaration.scope === 'global' ? globalRegion(home.partition) : region;
  const member = memberAt({ account, region: where }, actionsOf([declaration]), stepping);
  const at = new Date(now()).toISOString();
  try {
    const mapped = await withMap(rules, store);
    const found = await touch(message, { store, rules: mapped, declaration, asker: member, at });
    return found === undefined ? {} : { touched: found };
  } catch (error) {
    const failure = failureOf(error);
    if (!FINAL.has(failure.status)) throw error;
    stepping.log.warn('an asset can not be asked for', { account, region, type, ...failure });
    return {};
  }
}

/** Asking again would end the same. */
const FINAL: ReadonlySet<Status> = new Set<Status>(['denied', 'scp_denied', 'region_disabled', 'not_applicable']);

/** An event of CloudTrail: each asset that it tells of is asked for a little later, when AWS shows the same everywhere. */
export async function hint(
  { account, region, assets, actor }: Hint,
  { queue }: Pick<Stepping, 'queue'>,
): Promise<void> {
  await queue.send(
    assets.map((asset): Message => ({ step: 'touch', account, region, ...asset, actor })),
    SETTLE_S,
  );
}

async function finishing(run: string, { store, publish, log }: Stepping, isLate = false): Promise<void> {
  const manifest = await finish(store, run, isLate);
  if (manifest === undefined) return;
  await publish(manifest);
  log.info('a run is whole', { run, ...manifest.summary });
}

/** Keeps a run from hanging: what is not looked at by its deadline is told so, and what then still fails is carried over. */
async function watch(run: string, stepping: Stepping): Promise<void> {
  const { store, queue, now } = stepping;
  const open = (await store.read<Open>(keys.open))?.value;
  const plan = (await store.read<Plan>(keys.plan(run)))?.value;
  if (open?.run !== run || open.finished || plan === undefined) return;
  const late = now() - Date.parse(open.deadline);
  if (late > 2 * WATCH_S * 1000) {
    await finishing(run, stepping, true);
    return;
  }
  if (late > 0) {
    for (const each of plan.units) await store.write(keys.done(run, each), { parts: 0, notRun: true }, 'new');
    await queue.send(plan.units.map((each) => ({ step: 'commit', run, ...placeOf(each) })));
  }
  await queue.send([{ step: 'watch', run }], WATCH_S);
}
