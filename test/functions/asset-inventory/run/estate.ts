/**
 * A simulated estate of accounts × regions, with an S3 and a queue in memory that count. Runs of the inventory go over it step by
 * step as Lambda would. AWS is not asked: the plan is given, and the one type lists interfaces of the simulation.
 */
import { createHash } from 'node:crypto';
import { DeleteObjectsCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { rulesIn } from '../../../../functions/asset-inventory/classify/owner.ts';
import rules from '../../../../functions/asset-inventory/classify/rules.json' with { type: 'json' };
import { type Declaration, declare, type Pack } from '../../../../functions/asset-inventory/discovery/declaration.ts';
import { publishRun } from '../../../../functions/asset-inventory/run/dispatcher.ts';
import {
  keys,
  type Message,
  type Open,
  type Plan,
  type Unit,
} from '../../../../functions/asset-inventory/run/model.ts';
import { type RunContext, step } from '../../../../functions/asset-inventory/run/steps.ts';
import { store } from '../../../../functions/asset-inventory/run/store.ts';
import type { Current } from '../../../../shared/asset/model.ts';
import type { PublishOptions } from '../../../../shared/asset/publish.ts';

export interface Size {
  readonly accounts: number;
  readonly regions: number;
  /** In each account and region. */
  readonly assets: number;
}

/** What one step cost. */
export interface Cost {
  messages: number;
  s3: number;
  cpuMs: number;
  /** Highest resident memory after one of its messages, in megabytes. */
  peakMb: number;
}

const PACKS: readonly Pack[] = ['net', 'compute', 'data', 'edge', 'security'];

/** Answers like S3, from a map. Throws what the SDK throws. */
export function memoryS3() {
  const objects = new Map<string, Buffer>();
  const etagOf = (body: Buffer): string => createHash('md5').update(body).digest('hex');
  const failed = (name: string, httpStatusCode: number) =>
    Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
  let calls = 0;
  const send = async (command: unknown): Promise<unknown> => {
    calls++;
    if (command instanceof GetObjectCommand) {
      const body = objects.get(command.input.Key!);
      if (body === undefined) throw failed('NoSuchKey', 404);
      return { ETag: etagOf(body), Body: { transformToByteArray: async () => new Uint8Array(body) } };
    }
    if (command instanceof PutObjectCommand) {
      const { Key = '', Body, IfNoneMatch, IfMatch } = command.input;
      const former = objects.get(Key);
      const isRefused =
        (IfNoneMatch !== undefined && former !== undefined) ||
        (IfMatch !== undefined && (former === undefined || etagOf(former) !== IfMatch));
      if (isRefused) throw failed('PreconditionFailed', 412);
      objects.set(Key, Buffer.from(Body as Uint8Array));
      return {};
    }
    if (command instanceof ListObjectsV2Command) {
      const { Prefix = '', StartAfter = '', ContinuationToken = '' } = command.input;
      const after = ContinuationToken || StartAfter;
      const all = [...objects.keys()].filter((key) => key.startsWith(Prefix) && key > after).sort();
      const page = all.slice(0, 1000);
      const isMore = all.length > page.length;
      return {
        Contents: page.map((Key) => ({ Key })),
        IsTruncated: isMore,
        ...(isMore && { NextContinuationToken: page.at(-1) }),
      };
    }
    if (command instanceof DeleteObjectsCommand) {
      for (const { Key = '' } of command.input.Delete?.Objects ?? []) objects.delete(Key);
      return {};
    }
    throw new Error('not a command of the inventory');
  };
  return { objects, s3: { send } as PublishOptions['s3'], calls: () => calls };
}

const idOf = (...parts: readonly number[]): string =>
  parts
    .reduce((sum, part) => sum * 4096 + part, 1)
    .toString(16)
    .padStart(17, '0');

/** Interfaces of `net`; the other packs have nothing. */
function typesOf({ assets }: Size): readonly Declaration[] {
  const place = new Map<string, number>();
  const numberOf = (text: string) => place.get(text) ?? place.set(text, place.size).get(text)!;
  const interfaces = declare<number>({
    type: 'AWS::EC2::NetworkInterface',
    class: 'network',
    scope: 'region',
    pack: 'net',
    actions: ['ec2:DescribeNetworkInterfaces'],
    list: async () => ({ records: Array.from({ length: assets }, (_, i) => i) }),
    asset(i, at) {
      const shard = numberOf(`${at.account}/${at.region}`);
      const id = `eni-${idOf(shard, i)}`;
      return {
        id: at.arn('ec2', `network-interface/${id}`),
        nativeId: id,
        tags: { Name: `node-${i}`, team: `team-${i % 40}`, 'aws:cloudformation:stack-name': `stack-${i % 90}` },
        net: { private: [`10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`], eni: [id], vpc: `vpc-${idOf(shard)}` },
        security: { description: `an interface of service ${i % 30}`, managed: false, status: 'in-use' },
        relationships: [{ type: 'in_vpc', target: `vpc-${idOf(shard)}` }],
      };
    },
  });
  return [interfaces];
}

export function estate(size: Size) {
  const memory = memoryS3();
  const { signal } = new AbortController();
  const place = store(memory.s3, 'inventory', signal);
  const types = typesOf(size);
  const queue: Message[] = [];
  const lines: string[] = [];
  let now = Date.parse('2026-11-24T03:00:00Z');
  let seq = 0;
  const context: RunContext = {
    store: place,
    queue: { send: async (messages, delayS = 0) => void (delayS < 900 && queue.push(...messages)) },
    sts: { send: async () => Promise.reject(new Error('AWS is not asked')) },
    fleet: { accounts: [], regions: [] },
    role: { name: 'r', externalId: 'e' },
    rules: rulesIn(rules),
    registry: {
      declarationsOf: async (pack) => types.filter((each) => each.pack === pack),
      allDeclarations: async () => types,
    },
    home: { partition: 'aws', account: '000000000000', region: 'us-east-1' },
    credentials: async () => ({ accessKeyId: '', secretAccessKey: '' }),
    publish: (manifest) => publishRun(manifest, place, { s3: memory.s3, bucket: 'inventory', prefix: '', signal }),
    log: { info() {}, warn() {}, error: (message) => void lines.push(message) },
    signal,
    isOver: () => false,
    now: () => now,
  };
  const accounts = Array.from({ length: size.accounts }, (_, i) => ({
    id: String(100_000_000_000 + i),
    name: `a${i}`,
  }));
  const units: readonly Unit[] = accounts.flatMap(({ id }) =>
    Array.from({ length: size.regions }, (_, r) =>
      PACKS.map((pack) => ({ account: id, region: `region-${r}`, pack })),
    ).flat(),
  );

  /** Opens a run and puts its units into the queue. */
  async function begin(): Promise<string> {
    now += 3_600_000;
    const at = new Date(now).toISOString();
    const run = at.replaceAll(/[:.]/g, '-');
    const previous = (await place.read<Current>(keys.current))?.value.manifest;
    const open: Open = {
      run,
      at,
      seq: ++seq,
      deadline: new Date(now + 4 * 3_600_000).toISOString(),
      ...(previous && { previous }),
    };
    await place.write(keys.open, open);
    const plan: Plan = { ...open, accounts, units, blocked: [], shards: size.accounts * size.regions };
    await place.write(keys.plan(run), plan);
    queue.push(...units.map((unit): Message => ({ step: 'unit', run, part: 0, ...unit })));
    return run;
  }

  /** Works until the queue is empty. `next`: which message of so many comes next. */
  async function drain(next: (length: number) => number = () => 0): Promise<Map<string, Cost>> {
    const costs = new Map<string, Cost>();
    while (queue.length > 0) {
      const [message] = queue.splice(next(queue.length), 1);
      const cost = costs.get(message.step) ?? { messages: 0, s3: 0, cpuMs: 0, peakMb: 0 };
      costs.set(message.step, cost);
      const [calls, cpu] = [memory.calls(), process.cpuUsage()];
      await (await step(message, context)).settle?.();
      const { user, system } = process.cpuUsage(cpu);
      cost.messages++;
      cost.s3 += memory.calls() - calls;
      cost.cpuMs += (user + system) / 1000;
      cost.peakMb = Math.max(cost.peakMb, process.memoryUsage.rss() / 1e6);
    }
    return costs;
  }
  return { ...memory, place, queue, context, lines, begin, drain };
}
