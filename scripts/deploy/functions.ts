/**
 * The functions of the stack as osls wants them: what their kind says, and what their function.yml changes.
 * In: settings. Out: trees with the words of resources/ filled in.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Kind, logicalName, SOURCES, type SourceName, sourceNames } from '../../shared/sources.ts';
import { fill, overlay, type Tree, type Words } from './compose.ts';
import type { PieceName } from './pieces.ts';
import type { FunctionName, Settings } from './settings.ts';
import { functionWords } from './words.ts';
import { readYaml } from './yaml.ts';

export type FunctionKind = Kind | 'replay' | 'bootstrap';

/** What functions of a kind have in common. */
export interface Defaults {
  readonly memorySize: number;
  /** Seconds. */
  readonly timeout: number;
  /** How messages of its queue invoke it. Absent: it has no queue. */
  readonly queue?: { readonly batchSize: number; readonly maximumBatchingWindow?: number; maximumConcurrency: number };
  /** Files of resources/source/. */
  readonly pieces: readonly PieceName[];
}

const EVERY_SOURCE = [
  'role',
  'spill',
  'count-mismatch-alarm',
  'log-group',
  'network',
  'opensearch',
  'splunk',
  'secrets-key',
] as const satisfies readonly PieceName[];
const WITH_QUEUE = ['queue', 'replay-access'] as const satisfies readonly PieceName[];

export const DEFAULTS: Readonly<Record<FunctionKind, Defaults>> = {
  log: {
    // All of it is CPU, and Lambda gives CPU by memory: 1769 MB are one whole vCPU. Below, a batch takes longer for the same
    // price; above, the second vCPU idles, since only the compression of bodies runs beside the main thread. 192 MB are used.
    memorySize: 1769,
    // The largest object AWS delivers (75 MB packed, a good 1 GB plain) takes about a minute; the rest is for a slow destination.
    timeout: 300,
    // Small objects share a request. How many invocations at once: the parameter <source>Concurrency.
    queue: { batchSize: 10, maximumBatchingWindow: 5, maximumConcurrency: 10 },
    pieces: [
      ...EVERY_SOURCE,
      ...WITH_QUEUE,
      'geo',
      'assets',
      'threat',
      'subscriptions',
      'objects',
      'log-key',
      'no-data-alarm',
    ],
  },
  finding: {
    memorySize: 512, // findings are few: enough for a start within a second
    timeout: 120,
    queue: { batchSize: 10, maximumConcurrency: 2 }, // the least AWS allows
    pieces: [...EVERY_SOURCE, ...WITH_QUEUE, 'geo', 'assets', 'archive', 'objects', 'log-key', 'rule', 'schedule'],
  },
  inventory: {
    memorySize: 1769, // one whole vCPU: an account's region is merged at once, 50,000 assets of it take 400 MB
    timeout: 900, // long lists at a low rate; what is not done continues in another message
    // A step is over when all that it reported was delivered; twenty accounts and regions at once.
    queue: { batchSize: 1, maximumConcurrency: 20 },
    pieces: [...EVERY_SOURCE, ...WITH_QUEUE, 'schedule', 'rule'],
  },
  audit: {
    memorySize: 1024, // for its share of CPU: log files are hashed as they come, little of them is in memory
    timeout: 900, // the first run has three days to verify; what is not done continues in the next run
    pieces: [...EVERY_SOURCE, 'log-key'],
  },
  http: {
    memorySize: 1024, // the largest body and its documents at once; most of the time it waits for the destinations
    timeout: 60, // a Beat waits for 90 seconds
    queue: { batchSize: 10, maximumConcurrency: 2 }, // replays out of the quarantine
    pieces: [...EVERY_SOURCE, ...WITH_QUEUE, 'geo', 'assets', 'threat', 'no-data-alarm'],
  },
  alert: {
    memorySize: 256, // a few small messages
    timeout: 60,
    queue: { batchSize: 10, maximumConcurrency: 2 }, // the least AWS allows
    pieces: [...EVERY_SOURCE, ...WITH_QUEUE],
  },
  replay: {
    memorySize: 512, // one batch and its request
    timeout: 120, // the lease in functions/replay/handler.ts is as long
    // Each message waits for its own time. A probe that gets no answer takes 30 s, so others need room beside it; five at once
    // do not overrun a destination that has just recovered.
    queue: { batchSize: 1, maximumConcurrency: 5 },
    pieces: ['role', 'queue', 'log-group', 'network', 'opensearch', 'splunk', 'secrets-key'],
  },
  bootstrap: {
    memorySize: 256,
    timeout: 300, // a new domain may take a minute until it answers
    pieces: ['log-group', 'network', 'secrets-key'],
  },
};

export const functionNames: readonly FunctionName[] = [...sourceNames, 'replay', 'bootstrap'];

const isSource = (name: FunctionName): name is SourceName => Object.hasOwn(SOURCES, name);

export const kindOf = (name: FunctionName): FunctionKind => (isSource(name) ? SOURCES[name].kind : name);

/** What a function.yml says: properties of osls, `queue` as above, and `resources`, files of its folder. */
interface OwnFile {
  readonly queue?: Tree;
  readonly resources?: readonly string[];
  /** Seconds. */
  readonly timeout?: number;
  /** Megabytes. */
  readonly memorySize?: number;
}

/** Empty where there is no such file. */
export function ownFile(folder: string, name: FunctionName): OwnFile {
  const path = join(folder, 'functions', name, 'function.yml');
  return existsSync(path) ? (readYaml(path) as OwnFile) : {};
}

/** `folder`: the project's. */
export function functionOf(name: FunctionName, settings: Settings, folder: string): Tree {
  const { memorySize, timeout, queue } = DEFAULTS[kindOf(name)];
  const { queue: ownQueue = {}, resources: _, ...own } = ownFile(folder, name);
  const common: Tree = {
    handler: `functions/${name}/handler.handler`,
    description: isSource(name) ? `${SOURCES[name].title} to OpenSearch and Splunk` : name,
    role: `${logicalName(name)}Role`,
    ...(isSource(name) && { dependsOn: [...settings.afterBootstrap] }),
    memorySize,
    timeout,
    environment: { ...settings.environment[name] },
    package: { patterns: [...settings.files[name]] },
    ...(kindOf(name) === 'http' && { url: urlOf(settings) }),
    ...(queue && { events: [{ sqs: { ...QUEUE, ...queue, ...concurrency(name, settings), ...ownQueue } }] }),
  };
  return fill(overlay(common, { ...own }) as Tree, wordsOf(name, settings, folder));
}

/** Who may call a function URL: those whom the function itself knows by their keys, or those whom IAM allows. */
const urlOf = ({ parameters: { endpointAuth } }: Settings): Tree | boolean =>
  endpointAuth === 'iam' ? { authorizer: 'aws_iam' } : true;

/** How many invocations of a log source AWS may run at the same time. */
const concurrency = (name: FunctionName, { parameters: { of } }: Settings): Tree =>
  kindOf(name) === 'log' ? { maximumConcurrency: of[name as SourceName].Concurrency } : {};

const QUEUE: Tree = { arn: { 'Fn::GetAtt': ['$SourceQueue', 'Arn'] }, functionResponseType: 'ReportBatchItemFailures' };

/** The words of a function's pieces. */
export function wordsOf(name: FunctionName, settings: Settings, folder: string): Words {
  const timeout = ownFile(folder, name).timeout ?? DEFAULTS[kindOf(name)].timeout;
  return functionWords(name, settings, Number(timeout));
}
