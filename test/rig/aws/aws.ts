/**
 * A local AWS on 127.0.0.1 on which the packaged stack is deployed and run: moto with the parts that this project needs
 * added (`local_aws/`), Lambdas in Node. It checks the wiring; it knows nothing of IAM permissions and quotas.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../cache.ts';
import { serverless, withoutAws } from '../serverless.ts';

export interface Aws {
  readonly url: string;
  /** What the Serverless Framework and SDK clients need to reach it instead of AWS; S3 goes path-style, as the host is an IP. */
  readonly env: Readonly<Record<string, string>>;
  /** What was refused, and every line that a Lambda logs, as `[function] line`. */
  readonly logFile: string;
  readonly pid: number;
  /** Ends the server and the Lambdas with it; the end of this process does the same. */
  stop(): Promise<void>;
}

export interface AwsOptions {
  /** The interpreter that `python()` set up. */
  readonly python: string;
  /** Added to the environment of every Lambda, over the function's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Seconds until a failed message or asynchronous invocation comes again, instead of what the queue says. */
  readonly visibilitySeconds?: number;
  /** Batches of one queue at work at the same time, as far as its mapping allows. Default: one. */
  readonly concurrency?: number;
  /** Whether EC2 has some images and a thousand snapshots from the start. Default: it has. */
  readonly hasImages?: boolean;
  readonly logFile?: string;
}

const REGION = 'eu-west-1';
const DRAIN_MS = 300_000;

const environmentFor = (url: string) => ({
  AWS_ENDPOINT_URL: url,
  AWS_ACCESS_KEY_ID: 'testing',
  AWS_SECRET_ACCESS_KEY: 'testing',
  AWS_REGION: REGION,
  AWS_DEFAULT_REGION: REGION,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
});

const settings = ({
  environment,
  visibilitySeconds,
  concurrency = 1,
  hasImages = true,
}: AwsOptions): Record<string, string> => ({
  LOCAL_AWS_NODE: process.execPath,
  LOCAL_AWS_CONCURRENCY: String(concurrency),
  LOCAL_AWS_ENVIRONMENT: JSON.stringify(environment ?? {}),
  ...(visibilitySeconds !== undefined && { LOCAL_AWS_VISIBILITY_SECONDS: String(visibilitySeconds) }),
  MOTO_EC2_LOAD_DEFAULT_AMIS: String(hasImages),
  PYTHONPATH: import.meta.dirname,
  PYTHONDONTWRITEBYTECODE: '1',
});

const launch = (options: AwsOptions, logFile: string): ChildProcess => {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  const { AWS_ENDPOINT_URL: _, ...credentials } = environmentFor('');
  try {
    return spawn(options.python, ['-W', 'ignore', '-m', 'local_aws'], {
      env: { ...withoutAws(), ...credentials, ...settings(options) },
      stdio: ['pipe', log, log, 'pipe'],
    });
  } finally {
    closeSync(log);
  }
};

/** Starts a local AWS and waits until it answers (2 s). Throws with the end of its log where it does not come up. */
export const startAws = async (options: AwsOptions): Promise<Aws> => {
  const logFile = options.logFile ?? join(tmpdir(), `local-aws-${process.pid}-${Date.now()}.log`);
  const server = launch(options, logFile);
  const ended = once(server, 'exit');
  const url = await text(server.stdio[3] as Readable);
  if (!url) {
    await ended;
    throw new Error(`the local AWS did not start:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
  }
  const stop = async (): Promise<void> => {
    server.stdin?.end();
    await ended;
  };
  return { url, env: environmentFor(url), logFile, pid: server.pid!, stop };
};

const send = async (
  aws: Aws,
  service: string,
  headers: Record<string, string>,
  body: string | URLSearchParams,
): Promise<string> => {
  const authorization = `AWS4-HMAC-SHA256 Credential=testing/20260101/${REGION}/${service}/aws4_request`;
  const response = await fetch(aws.url, { method: 'POST', body, headers: { authorization, ...headers } });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${service} answered ${response.status}: ${answer}`);
  return answer;
};

/**
 * Calls an API that speaks AWS's JSON protocol, without its SDK client: SQS, EventBridge, Secrets Manager, Firehose, Logs.
 * `request(aws, 'events', 'AWSEvents.PutEvents', { Entries: […] })`, `request(aws, 'sqs', 'AmazonSQS.SendMessage', {…})`.
 * Throws with the answer where its status is not 2xx.
 */
export const request = async <T = unknown>(aws: Aws, service: string, target: string, body: object): Promise<T> => {
  const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' };
  return JSON.parse((await send(aws, service, headers, JSON.stringify(body))) || '{}');
};

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

const outputs = async (aws: Aws, stack: string): Promise<Record<string, string>> => {
  const query = new URLSearchParams({ Action: 'DescribeStacks', Version: '2010-05-15', StackName: stack });
  const xml = await send(aws, 'cloudformation', {}, query);
  const found = xml.matchAll(/<OutputKey>(.*?)<\/OutputKey>\s*<OutputValue>(.*?)<\/OutputValue>/gs);
  const plain = (value: string): string => value.replace(/&(lt|gt|quot|apos|amp);/g, (_, name) => entities[name]);
  return Object.fromEntries(Array.from(found, ([, key, value]) => [key, plain(value)]));
};

const stackName = async (folder: string): Promise<string> => {
  const { service } = JSON.parse(await readFile(join(folder, '.serverless/serverless-state.json'), 'utf8'));
  return service.provider.stackName ?? `${service.service}-${service.provider.stage}`;
};

export interface DeployOptions {
  readonly stage: string;
  readonly params?: Readonly<Record<string, string>>;
  /** The folder of the serverless.yml; the project's by default. */
  readonly folder?: string;
}

/** Packages and deploys the stack and returns its outputs by name. Throws with what `sls deploy` printed where it fails. */
export const deploy = async (aws: Aws, { stage, params = {}, folder = root }: DeployOptions) => {
  const given = Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
  // The framework looks whether the stack is ready every 5 s; here it is at once.
  const env = { ...aws.env, SLS_AWS_MONITORING_FREQUENCY: '100' };
  await serverless(['deploy', '--stage', stage, '--region', REGION, ...given], { folder, env });
  return outputs(aws, await stackName(folder));
};

const waiting = async (aws: Aws, queueUrl: string): Promise<number> => {
  const names = ['', 'NotVisible', 'Delayed'].map((state) => `ApproximateNumberOfMessages${state}`);
  const body = { QueueUrl: queueUrl, AttributeNames: names };
  type Answer = { Attributes: Record<string, string> };
  const { Attributes } = await request<Answer>(aws, 'sqs', 'AmazonSQS.GetQueueAttributes', body);
  return names.reduce((sum, name) => sum + Number(Attributes[name]), 0);
};

/**
 * Resolves when the queues are empty and nothing received from them is at work or waits for another try.
 * Throws after five minutes, naming what is left.
 */
export const drained = async (aws: Aws, ...queueUrls: readonly string[]): Promise<void> => {
  for (const deadline = Date.now() + DRAIN_MS; ; await sleep(100)) {
    const counts = await Promise.all(queueUrls.map((url) => waiting(aws, url)));
    if (counts.every((count) => count === 0)) return;
    if (Date.now() > deadline) throw new Error(`not drained: ${queueUrls.map((url, i) => `${url} ${counts[i]}`)}`);
  }
};
