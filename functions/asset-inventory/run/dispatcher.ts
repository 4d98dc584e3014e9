/**
 * Dispatches the messages of one invocation: each message runs a step, and the step's results become a body. What may happen
 * only after delivery is done in `settle`, so that a failed delivery is repeated by the same message.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Asset, Change, Manifest } from '../../../shared/asset/model.ts';
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
import { keys, type Message } from './model.ts';
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

/** Publishes a whole run at once, since look-ups go across accounts. */
export async function publishRun(manifest: Manifest, place: Store, options: PublishOptions): Promise<void> {
  const assets: Asset[] = [];
  const changes: Change[] = [];
  for (const { account, region, key } of manifest.shards) {
    assets.push(...((await place.lines<Asset>(key)) ?? []));
    changes.push(...((await place.lines<Change>(keys.changes(manifest.run, account, region))) ?? []));
  }
  const { history } = await publish([{ manifest, assets, changes }], options);
  await writeLookups(manifest, assets, history, place);
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
