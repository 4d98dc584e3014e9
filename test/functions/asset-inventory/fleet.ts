/** An fleet on the local AWS, and runs of the inventory over it without Lambda: a queue in memory that hands out messages. */
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { rulesIn } from '../../../functions/asset-inventory/classify/owner.ts';
import rules from '../../../functions/asset-inventory/classify/rules.json' with { type: 'json' };
import type { Declaration, Pack } from '../../../functions/asset-inventory/discovery/declaration.ts';
import { hintIn } from '../../../functions/asset-inventory/events/events.ts';
import { publishRun } from '../../../functions/asset-inventory/run/dispatcher.ts';
import { keys, type Message } from '../../../functions/asset-inventory/run/model.ts';
import { hint, type RunContext, type Step, step, tick } from '../../../functions/asset-inventory/run/steps.ts';
import { type Store, store } from '../../../functions/asset-inventory/run/store.ts';
import { declarations as ec2 } from '../../../functions/asset-inventory/types/ec2.ts';
import { declarations as iam } from '../../../functions/asset-inventory/types/iam.ts';
import { declarations as s3Types } from '../../../functions/asset-inventory/types/s3.ts';
import type { Asset, Change, Coverage, Current, Manifest } from '../../../shared/asset/model.ts';
import type { Log } from '../../../shared/model.ts';

export const HOME = '123456789012';

/** A few types, each in its way: the machinery is tested, not all services. */
const MODELS: readonly Declaration[] = [...ec2, ...iam, ...s3Types];
const modelsOf = (pack: Pack): readonly Declaration[] =>
  MODELS.filter((each) => (each.scope === 'global' ? pack === 'identity' : each.pack === pack)).sort((a, b) =>
    a.type < b.type ? -1 : 1,
  );

const silent: Log = { info() {}, warn() {}, error() {} };

export interface Options {
  readonly url: string;
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  readonly bucket: string;
  /** Keys of the home account. Default: those of whom the local AWS asks nothing. */
  readonly own?: typeof TESTING;
}

export interface Running {
  /** Time of the run. */
  readonly at?: number;
  /** Stops every unit after each page. */
  readonly stops?: boolean;
  /** Every message twice, in another order. */
  readonly twice?: boolean;
}

export interface World {
  readonly store: Store;
  readonly context: RunContext;
  client<C>(kind: new (config: object) => C, account: string, region: string): Promise<C>;
  run(running?: Running): Promise<Run>;
  /** What is told of an event. */
  hear(event: object): Promise<readonly Change[]>;
}

/** What one run left behind. */
export interface Run {
  readonly manifest: Manifest;
  readonly assets: readonly Asset[];
  readonly changes: readonly Change[];
  readonly told: readonly Step[];
  row(scope: string): Coverage | undefined;
}

const TESTING = { accessKeyId: 'testing', secretAccessKey: 'testing' };

export async function world({ url, accounts, regions, bucket, own = TESTING }: Options): Promise<World> {
  const shared = { endpoint: url, region: 'us-east-1', credentials: own, maxAttempts: 1 };
  const s3 = new S3Client({ ...shared, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const sts = new STSClient(shared);
  const { signal } = new AbortController();
  const place = store(s3, bucket, signal);
  const queue: Message[] = [];
  let now = Date.parse('2026-11-24T03:00:00Z');
  let stops = false;

  const context: RunContext = {
    store: place,
    queue: {
      async send(messages, delayS = 0) {
        if (delayS < 900) queue.push(...messages); // nobody waits for the watch here
      },
    },
    sts,
    fleet: { accounts, regions },
    role: { name: 'bongsu-asset-inventory', externalId: 'test' },
    rules: rulesIn(rules),
    registry: { declarationsOf: async (pack) => modelsOf(pack), allDeclarations: async () => MODELS },
    home: { partition: 'aws', account: HOME, region: 'us-east-1' },
    credentials: async () => own,
    publish: (manifest) => publishRun(manifest, place, { s3, bucket, prefix: '', signal }),
    log: silent,
    signal,
    isOver: () => stops,
    now: () => now,
    baseMs: 1,
    timeoutMs: 2000,
  };

  const sessions = new Map<string, Promise<typeof TESTING & { sessionToken: string }>>();
  async function session(account: string) {
    const RoleArn = `arn:aws:iam::${account}:role/test`;
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }));
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  }

  return {
    store: place,
    context,
    async client(kind, account, region) {
      if (!sessions.has(account)) sessions.set(account, session(account));
      const credentials = account === HOME ? own : await sessions.get(account)!;
      return new kind({ endpoint: url, region, credentials, forcePathStyle: true });
    },
    async run({ at = now + 3_600_000, stops: isStopping = false, twice = false } = {}) {
      now = at;
      stops = isStopping;
      const told: Step[] = [];
      await tick(context);
      while (queue.length > 0) {
        const message = twice ? queue.splice(Math.floor(queue.length / 2), 1)[0] : queue.shift()!;
        for (let times = twice ? 2 : 1; times > 0; times--) {
          const made = await step(message, context);
          told.push(made);
          await made.settle?.();
        }
      }
      return runOf(place, told);
    },
    async hear(event) {
      const told = hintIn(event);
      if (told === undefined) return [];
      await hint(told, context);
      const changes: Change[] = [];
      for (let message = queue.shift(); message !== undefined; message = queue.shift()) {
        changes.push(...((await step(message, context)).refreshed?.changes ?? []));
      }
      return changes;
    },
  };
}

async function runOf(place: Store, told: readonly Step[]): Promise<Run> {
  const current = (await place.read<Current>(keys.current))!.value;
  const manifest = (await place.read<Manifest>(current.manifest))!.value;
  const assets: Asset[] = [];
  const changes: Change[] = [];
  for (const { account, region, key } of manifest.shards) {
    assets.push(...((await place.lines<Asset>(key)) ?? []));
    changes.push(...((await place.lines<Change>(keys.changes(manifest.run, account, region))) ?? []));
  }
  return { manifest, assets, changes, told, row: (scope) => manifest.coverage.find((row) => row.scope === scope) };
}
