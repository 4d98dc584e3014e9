/**
 * The steps of a run, one message each: plan (schedule) → unit (repeated until done) → commit (an account's region) → finish.
 * Every step may run twice, late or concurrently: it writes each object once, and a message with nothing left to do does
 * nothing.
 */
import type { STSClient } from '@aws-sdk/client-sts';
import type { Current, Manifest, Status } from '../../../shared/asset/model.ts';
import { ReadError } from '../../../shared/errors.ts';
import type { Log } from '../../../shared/model.ts';
import type { Rules } from '../classify/owner.ts';
import { hasCustom, withMap } from '../custom/custom.ts';
import { type ApiClient, callCounts, createApiClient } from '../discovery/apiclient.ts';
import type { At, ClientConfig, Declaration, Pack } from '../discovery/declaration.ts';
import { failureOf, isGone } from '../discovery/outcome.ts';
import { rateLimit } from '../discovery/ratelimit.ts';
import { listUnit } from '../discovery/unit.ts';
import type { Hint } from '../events/events.ts';
import { type Refreshed, refresh } from '../events/refresh.ts';
import type { Doubt } from '../state/merge.ts';
import { type Committed, commit } from './commit.ts';
import { close, finish, isComplete, previousManifest, shardsOf } from './finish.ts';
import { keys, type Message, type Open, type Plan, type Published, type Unit } from './model.ts';
import { unitsOf } from './parts.ts';
import { type Fleet, globalRegion, planOf } from './plan.ts';
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

export interface RunContext {
  readonly store: Store;
  readonly queue: Queue;
  readonly sts: Pick<STSClient, 'send'>;
  readonly fleet: Fleet;
  readonly role: Role;
  readonly rules: Rules;
  /** The declarations of all types: registry.ts. */
  readonly registry: Registry;
  /** Partition, account and region of the Lambda. */
  readonly home: Pick<At, 'partition' | 'account' | 'region'>;
  /** Credentials of the Lambda's own role. */
  readonly credentials: ClientConfig['credentials'];
  /** Publishes a finished run: the look-up table and, if enabled, the OCSF export. */
  publish(manifest: Manifest): Promise<void>;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Whether the invocation should end soon. */
  isOver(): boolean;
  now(): number;
  /** Longest wait before the second attempt, in milliseconds. Default: 500. */
  readonly baseMs?: number;
  /** Milliseconds for one attempt. Default: 30,000. */
  readonly timeoutMs?: number;
}

/** Seconds between checks for a stuck run. */
const WATCH_S = 900;
/** Seconds between an event and the look-up of its asset: AWS's reads are eventually consistent. */
const SETTLE_S = 15;
/** Units that are not done after this time are reported as `not_run`. */
const DEADLINE_MS = 4 * 3_600_000;

/** Records to publish, if any, and what to do after they were delivered. */
export interface Step {
  readonly committed?: Committed;
  readonly refreshed?: Refreshed;
  settle?(): Promise<void>;
}

export async function step(message: Message, context: RunContext): Promise<Step> {
  if (message.step === 'refresh') return refreshing(message, context);
  const { run } = message;
  switch (message.step) {
    case 'unit':
      return unit(message, context);
    case 'commit':
      return committing(run, message.account, message.region, context);
    case 'finish':
      await finishing(run, context);
      return {};
    case 'watch':
      await watch(run, context);
      return {};
  }
}

/** Starts a run. If one is in progress, sends its messages again, in case an earlier invocation died before sending them. */
export async function tick(context: RunContext): Promise<void> {
  const { store, now, log } = context;
  const former = await store.read<Open>(keys.open);
  const isUnderWay = former !== undefined && !former.value.finished && Date.parse(former.value.deadline) > now();
  const open = isUnderWay ? former.value : await nextRun(context, former?.value);
  if (!isUnderWay) {
    const isOurs = await store.write(keys.open, open, former === undefined ? 'new' : { etag: former.etag });
    if (!isOurs) throw new ReadError('another tick began a run at the same time', { run: open.run });
  }
  const plan = (await store.read<Plan>(keys.plan(open.run)))?.value ?? (await planned(open, context));
  log.info(isUnderWay ? 'a run is under way' : 'a run begins', { run: open.run, units: plan.units.length });
  await checkPublished(open, context);
  if (isUnderWay && plan.shards !== undefined && (await isComplete(store, plan))) {
    await context.queue.send([{ step: 'finish', run: open.run }]); // its end was not reached
    return;
  }
  await dispatch(plan, context);
}

/** Runs that the look-up table may be behind. */
const RUNS_BEHIND = 2;

/** Logs an error if the look-up table is older than two runs: logs are then joined with outdated assets. */
async function checkPublished({ seq }: Open, { store, log }: RunContext): Promise<void> {
  const published = (await store.read<Published>(keys.published))?.value;
  if (published === undefined || seq - published.seq <= RUNS_BEHIND) return;
  log.error('the look-up table is older than two runs', { run: published.run, runs: seq - published.seq - 1 });
}

async function nextRun({ store, now }: RunContext, former: Open | undefined): Promise<Open> {
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

async function planned(open: Open, context: RunContext): Promise<Plan> {
  const { fleet, home, credentials, log, store } = context;
  const own = clientAt({ ...home, credentials }, context);
  const enter = (account: string, region: string, actions: readonly string[]) =>
    memberClient({ account, region }, actions, context);
  const places: Plan = {
    ...(await planOf(open, { fleet, own, enter, log })),
    ...((await hasCustom(store)) && { custom: true }),
  };
  const plan: Plan = { ...places, shards: shardsOf(places, await previousManifest(store, places)).length };
  const isFirst = await store.write(keys.plan(open.run), plan, 'new');
  return isFirst ? plan : (await store.read<Plan>(keys.plan(open.run)))!.value;
}

async function dispatch(plan: Plan, { store, queue }: RunContext): Promise<void> {
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

type ClientTarget = Where & Pick<At, 'partition'> & Pick<ClientConfig, 'credentials'>;

function clientAt(
  { partition, account, region, credentials }: ClientTarget,
  { signal, baseMs, timeoutMs }: RunContext,
): ApiClient {
  const config = { credentials, maxAttempts: 1, customUserAgent: USER_AGENT };
  return createApiClient({
    partition,
    account,
    region,
    config,
    limit: rateLimit(),
    signal,
    ...(baseMs !== undefined && { baseMs }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
}

/** Calls in a member account, through its role. */
function memberClient({ account, region }: Where, actions: readonly string[], context: RunContext): ApiClient {
  const { sts, role, home } = context;
  const credentials = sessionIn(sts, { partition: home.partition, account, role, actions });
  return clientAt({ partition: home.partition, account, region, credentials }, context);
}

const actionsOf = (declarations: readonly Declaration[]): readonly string[] =>
  declarations.flatMap(({ actions, details = [] }) => [...actions, ...details.map(({ action }) => action)]);

/** Declarations that a pack lists in this account. */
async function typesOf(pack: Pack, account: string, { home, registry }: RunContext): Promise<readonly Declaration[]> {
  const all = await registry.declarationsOf(pack);
  return all.filter(({ only }) => only === undefined || account === home.account);
}

async function unit(message: Extract<Message, { step: 'unit' }>, context: RunContext): Promise<Step> {
  const { store, queue, isOver, now } = context;
  const { step: _, run, part, cursor, ...of } = message;
  if ((await store.read(keys.sent(run, of, part))) !== undefined) return {};
  const declarations = await typesOf(of.pack, of.account, context);
  const member = memberClient(of, actionsOf(declarations), context);
  const next = await listUnit({ run, unit: of, part, cursor }, { store, declarations, api: member, isOver, now });
  if (next !== null) await queue.send([{ step: 'unit', run, part: part + 1, cursor: next, ...of }]);
  else await queue.send([{ step: 'commit', run, ...placeOf(of) }]);
  await store.write(keys.sent(run, of, part), { next }, 'new');
  return {};
}

const placeOf = ({ account, region, pack }: Unit): Where => ({
  account,
  region: pack === 'identity' ? 'global' : region,
});

async function committing(run: string, account: string, region: string, context: RunContext): Promise<Step> {
  const { store, rules } = context;
  const confirmGone = (_account: string, _region: string, doubts: readonly Doubt[]) =>
    confirmedGone(account, region, doubts, context);
  const committed = await commit(run, account, region, { store, rules: await withMap(rules, store), confirmGone });
  // committed already; the message that follows may have been lost
  if (committed === undefined) {
    const isDone = (await store.read(keys.shard(run, account, region))) !== undefined;
    return isDone ? { settle: () => ended(run, context) } : {};
  }
  return {
    committed,
    async settle() {
      await store.write(keys.shard(run, account, region), committed.marker, 'new');
      await store.drop(committed.updates);
      await ended(run, context);
    },
  };
}

/** The last commit ends the run, once. If it dies before it sends the message, the next watch or tick ends the run. */
async function ended(run: string, { store, queue }: RunContext): Promise<void> {
  const plan = (await store.read<Plan>(keys.plan(run)))?.value;
  if (plan === undefined || !(await isComplete(store, plan))) return;
  const open = (await store.read<Open>(keys.open))?.value;
  if (open?.run !== run || open.finished) return;
  if (await store.write(keys.ending(run), { run }, 'new')) await queue.send([{ step: 'finish', run }]);
}

/** Looks up each of these assets by its id. An asset that can't be looked up does not count as gone. */
async function confirmedGone(
  account: string,
  region: string,
  doubts: readonly Doubt[],
  context: RunContext,
): Promise<ReadonlySet<string>> {
  const gone = new Set<string>();
  if (doubts.length === 0) return gone;
  const declarations = new Map((await context.registry.allDeclarations()).map((each) => [each.type, each]));
  const types = new Set(doubts.map(({ asset }) => asset.type));
  const actions = actionsOf([...declarations.values()].filter(({ type }) => types.has(type)));
  const where = region === 'global' ? globalRegion(context.home.partition) : region;
  const member = memberClient({ account, region: where }, actions, context);
  member.track(callCounts(), actions);
  for (const { asset, isInDrop } of doubts) {
    const { id, type, nativeId } = asset;
    const declaration = declarations.get(type);
    if (declaration?.find === undefined) continue;
    try {
      const records = await declaration.find(member, nativeId);
      const isProof = records.length > 0 || !isInDrop; // what answered an empty list may do so again
      if (isProof && records.every((record) => declaration.asset(record, member) === undefined)) gone.add(id);
    } catch (error) {
      if (isGone(error)) gone.add(id);
      context.signal.throwIfAborted();
    }
  }
  return gone;
}

/** Looks up one asset. A type without `find` waits for the next run. */
async function refreshing(message: Extract<Message, { step: 'refresh' }>, context: RunContext): Promise<Step> {
  const { store, rules, registry, home, now } = context;
  const { account, region, type } = message;
  const declaration = (await registry.allDeclarations()).find((each) => each.type === type);
  if (declaration?.find === undefined) return {};
  const where = declaration.scope === 'global' ? globalRegion(home.partition) : region;
  const member = memberClient({ account, region: where }, actionsOf([declaration]), context);
  const at = new Date(now()).toISOString();
  try {
    const mapped = await withMap(rules, store);
    const found = await refresh(message, { store, rules: mapped, declaration, api: member, at });
    return found === undefined ? {} : { refreshed: found };
  } catch (error) {
    const failure = failureOf(error);
    if (!FINAL.has(failure.status)) throw error;
    context.log.warn('an asset can not be asked for', { account, region, type, ...failure, error });
    return {};
  }
}

/** Failures that another attempt would repeat. */
const FINAL: ReadonlySet<Status> = new Set<Status>(['denied', 'scp_denied', 'region_disabled', 'not_applicable']);

/** Handles a CloudTrail event: schedules a look-up of each asset that it names. */
export async function hint(
  { account, region, assets, actor, left }: Hint,
  { queue, log }: Pick<RunContext, 'queue' | 'log'>,
): Promise<void> {
  if (left > 0) log.warn('assets of an event wait for the next run', { account, region, event: actor.eventId, left });
  await queue.send(
    assets.map((asset): Message => ({ step: 'refresh', account, region, ...asset, actor })),
    SETTLE_S,
  );
}

async function finishing(run: string, { store, publish, log }: RunContext, isLate = false): Promise<void> {
  const manifest = await finish(store, run, isLate);
  if (manifest === undefined) return;
  await publish(manifest);
  await published(store, manifest);
  await close(store, run);
  log.info('a run is whole', { run, ...manifest.summary });
}

/** Does not replace a newer run's. */
async function published(store: Store, { run, seq }: Manifest): Promise<void> {
  for (;;) {
    const former = await store.read<Published>(keys.published);
    if (former !== undefined && former.value.seq >= seq) return;
    if (await store.write(keys.published, { run, seq }, former === undefined ? 'new' : { etag: former.etag })) return;
  }
}

/** Ends a run that is stuck: units past the deadline are reported as `not_run`, and missing shards are carried over. */
async function watch(run: string, context: RunContext): Promise<void> {
  const { store, queue, now } = context;
  const open = (await store.read<Open>(keys.open))?.value;
  const plan = (await store.read<Plan>(keys.plan(run)))?.value;
  if (open?.run !== run || open.finished || plan === undefined) return;
  if (plan.shards !== undefined && (await isComplete(store, plan))) {
    await finishing(run, context);
    return;
  }
  const late = now() - Date.parse(open.deadline);
  if (late > 2 * WATCH_S * 1000) {
    await finishing(run, context, true);
    return;
  }
  if (late > 0) {
    for (const each of plan.units) await store.write(keys.done(run, each), { parts: 0, notRun: true }, 'new');
    await queue.send(plan.units.map((each) => ({ step: 'commit', run, ...placeOf(each) })));
  }
  await queue.send([{ step: 'watch', run }], WATCH_S);
}
