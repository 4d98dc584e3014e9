/** A deployed stack, by its outputs. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { messageOf } from '../../shared/errors.ts';
import { logicalName, sourceNames } from '../../shared/sources.ts';
import { UsageError } from '../command.ts';

/** Names of everything that can have a queue in a stack. */
export const queueNames: readonly string[] = [...sourceNames, 'replay'];

export interface StackOptions {
  readonly stack?: string | undefined;
  readonly stage?: string | undefined;
  readonly region?: string | undefined;
}

export interface Stack {
  readonly name: string;
  readonly region: string;
  /** An output's value. Undefined: the stack has no output of that name. */
  output(name: string): string | undefined;
  /** Names of the sources that have a queue. */
  readonly sources: readonly string[];
  /** Address of a source's queue. */
  queue(source: string): string | undefined;
  deadLetters(source: string): string | undefined;
}

/** As serverless.yml has it. */
export const regionOf = ({ region }: StackOptions): string => region ?? process.env.AWS_REGION ?? 'ap-northeast-2';

/** Throws UsageError where the stack does not exist or may not be described. */
export async function findStack(options: StackOptions): Promise<Stack> {
  const name = options.stack ?? `bongsu-${options.stage ?? 'dev'}`;
  const region = regionOf(options);
  const client = new CloudFormationClient({ region });
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    const outputs = new Map(stack?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
    return stackFrom(name, region, outputs);
  } catch (cause) {
    throw new UsageError(`The stack ${name} was not found in ${region}: ${messageOf(cause)}`, { cause });
  } finally {
    client.destroy();
  }
}

const QUEUE = /^(.+)QueueUrl$/;

function stackFrom(name: string, region: string, outputs: ReadonlyMap<string | undefined, string | undefined>): Stack {
  const output = (key: string) => outputs.get(key) || undefined;
  const sources = [...outputs.keys()].flatMap((key = '') => {
    const [, logical] = QUEUE.exec(key) ?? [];
    return logical !== undefined && outputs.has(`${logical}DeadLettersUrl`) ? [sourceOf(logical)] : [];
  });
  return {
    name,
    region,
    output,
    sources,
    queue: (source) => output(`${logicalName(source)}QueueUrl`),
    deadLetters: (source) => output(`${logicalName(source)}DeadLettersUrl`),
  };
}

/** The opposite of `logicalName`: `AssetInventory` → `asset-inventory`. */
const sourceOf = (logical: string): string => logical.replaceAll(/(?!^)[A-Z]/g, '-$&').toLowerCase();

/** Throws UsageError that names the sources of the stack. */
export function known(stack: Stack, source: string): string {
  if (!stack.sources.includes(source)) {
    throw new UsageError(`The stack ${stack.name} has no queue of "${source}": expected ${stack.sources.join(', ')}.`);
  }
  return source;
}
