/**
 * Dispatches the messages of one invocation: each message runs a step, and the step's results become a body. What may happen
 * only after delivery is done in `settle`, so that a failed delivery is repeated by the same message.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Run } from '../../../shared/asset/history.ts';
import type { Asset, Change, Manifest, Relationship } from '../../../shared/asset/model.ts';
import { type PublishOptions, publish } from '../../../shared/asset/publish.ts';
import { DeliveryError } from '../../../shared/errors.ts';
import { opened } from '../../../shared/input/message.ts';
import { onTick } from '../../../shared/input/schedule.ts';
import type { Bodies } from '../../../shared/input/sqs.ts';
import type { Body, Log } from '../../../shared/model.ts';
import type { Config } from '../../../shared/runtime/config.ts';
import { isObject } from '../../../shared/transform/objects/compile.ts';
import { rulesIn } from '../classify/owner.ts';
import rules from '../classify/rules.json' with { type: 'json' };
import type { ClientConfig } from '../discovery/declaration.ts';
import * as registry from '../discovery/registry.ts';
import { hintIn } from '../events/events.ts';
import { exportRun } from '../publish/export.ts';
import { feedOf, refreshFeed } from '../publish/feed.ts';
import { writeLookups } from '../publish/lookups.ts';
import { keys, type Message, type Published } from './model.ts';
import { hint, type Queue, type RunContext, step, tick } from './steps.ts';
import { type Store, store } from './store.ts';

export interface DispatcherOptions {
  readonly s3: Pick<S3Client, 'send'>;
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly sts: Pick<STSClient, 'send'>;
  readonly credentials: ClientConfig['credentials'];
  readonly settings: Config<
    | 'AWS_REGION'
    | 'ASSET_ACCOUNTS'
    | 'ASSET_REGIONS'
    | 'ASSET_ROLE'
    | 'ASSET_EXTERNAL_ID'
    | 'ASSET_BUCKET'
    | 'ASSET_QUEUE_URL'
    | 'ASSET_OCSF'
  >;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  deadline(): number;
}

/** Reserved for the current page, for writing its part, and for the answer. */
const SPARE_MS = 60_000;

export interface Dispatcher {
  readonly bodies: Bodies;
  settle(): Promise<void>;
}

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const settlements: (() => Promise<void>)[] = [];
  let context: Promise<RunContext> | undefined;
  const once = () => (context ??= contextFor(options));

  async function* ofMessage(message: unknown): AsyncGenerator<Body> {
    const { value } = opened(message);
    const found = hintIn(value);
    if (found !== undefined || value['detail-type'] !== undefined) {
      if (found !== undefined) await hint(found, await once());
      return;
    }
    if (!isMessage(value))
      throw new DeliveryError('the message is not a step of a run', { message: Object.keys(value) });
    const { committed, refreshed, settle } = await step(value, await once());
    if (settle !== undefined) settlements.push(settle);
    if (committed !== undefined) yield feedOf(committed);
    if (refreshed !== undefined) yield refreshFeed(refreshed);
  }

  // biome-ignore lint/correctness/useYield: a tick publishes nothing
  async function* ofTick(): AsyncGenerator<Body> {
    await tick(await once());
  }

  return {
    bodies: onTick(ofTick, ofMessage),
    async settle() {
      for (const each of settlements) await each();
    },
  };
}

const STEPS = new Set<unknown>(['unit', 'commit', 'finish', 'watch', 'refresh']);

const isMessage = (value: unknown): value is Message & Record<string, unknown> =>
  isObject(value) && STEPS.has(value.step);

async function contextFor({
  s3,
  sqs,
  sts,
  credentials,
  settings,
  log,
  signal,
  deadline,
}: DispatcherOptions): Promise<RunContext> {
  const place = store(s3, settings.ASSET_BUCKET, signal);
  const own = (await place.read<unknown>('rules.json'))?.value;
  const { Account = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
  return {
    store: place,
    queue: sqsQueue(sqs, settings.ASSET_QUEUE_URL, signal),
    sts,
    fleet: { accounts: settings.ASSET_ACCOUNTS, regions: settings.ASSET_REGIONS },
    role: { name: settings.ASSET_ROLE, externalId: settings.ASSET_EXTERNAL_ID },
    rules: rulesIn(own ?? rules),
    registry,
    home: { partition: Arn.split(':')[1] || 'aws', account: Account, region: settings.AWS_REGION },
    credentials,
    async publish(manifest) {
      await publishRun(manifest, place, { s3, bucket: settings.ASSET_BUCKET, prefix: '', signal });
      if (settings.ASSET_OCSF === 'on') await exportRun(manifest, place);
    },
    log,
    signal,
    isOver: () => deadline() - Date.now() < SPARE_MS,
    now: Date.now,
  };
}

/** Runs that a publish makes up for at most, if those before it were killed. */
const MAX_RUNS = 4;

/**
 * Publishes a whole run at once, since look-ups go across accounts. Runs whose own publish was killed are published with it, so
 * that the history has no gap.
 */
export async function publishRun(manifest: Manifest, place: Store, options: PublishOptions): Promise<void> {
  const former = (await place.read<Published>(keys.published))?.value;
  const manifests = [manifest];
  for (let last = manifest; manifests.length < MAX_RUNS; manifests.unshift(last)) {
    if (former === undefined || last.previous === undefined || last.previous === former.run) break;
    const earlier = (await place.read<Manifest>(keys.manifest(last.previous)))?.value;
    if (earlier === undefined || earlier.seq <= former.seq) break;
    last = earlier;
  }
  for (const each of manifests) {
    const assets = await assetsOf(each, place);
    const { history } = await publish([await runOf(each, assets, place)], options);
    if (each === manifest) await writeLookups(manifest, assets, history, place);
  }
}

async function runOf(manifest: Manifest, assets: readonly Asset[], place: Store): Promise<Run> {
  const changes: Change[] = [];
  for (const { account, region } of manifest.shards)
    for (const change of (await place.lines<Change>(keys.changes(manifest.run, account, region))) ?? [])
      if (change.actor !== undefined) changes.push(change); // only these give times
  return { manifest, assets, changes };
}

/** All assets of a run, without what neither the table nor the lookups read: it is most of their size. */
async function assetsOf({ shards }: Manifest, place: Store): Promise<readonly Asset[]> {
  const assets: Asset[] = [];
  for (const { key } of shards) for (const asset of (await place.lines<Asset>(key)) ?? []) assets.push(slim(asset));
  return assets;
}

const NOTHING = {};
const KEPT = ['attachedAt', 'attached', 'managed', 'primary', 'status'] as const;
const RESOLVED = new Set<Relationship['type']>(['attached_to', 'member_of']);

function slim({ volatile: _v, change: _c, unknown: _u, ...asset }: Asset): Asset {
  const security = Object.fromEntries(
    KEPT.filter((name) => asset.security[name] !== undefined).map((name) => [name, asset.security[name]]),
  );
  return {
    ...asset,
    tags: NOTHING,
    security,
    hash: '',
    exposure: { level: asset.exposure.level },
    relationships: asset.relationships.filter(({ type }) => RESOLVED.has(type)),
  };
}

const AT_ONCE = 10; // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html

function sqsQueue(sqs: Pick<SQSClient, 'send'>, QueueUrl: string, abortSignal: AbortSignal): Queue {
  return {
    async send(messages, DelaySeconds = 0) {
      for (let at = 0; at < messages.length; at += AT_ONCE) {
        const Entries = messages
          .slice(at, at + AT_ONCE)
          .map((message, i) => ({ Id: String(i), MessageBody: JSON.stringify(message), DelaySeconds }));
        const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }), { abortSignal });
        if (Failed.length > 0)
          throw new DeliveryError('messages were not taken by the queue', { count: Failed.length });
      }
    },
  };
}
