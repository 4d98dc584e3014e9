/**
 * One execution environment of a Lambda function on the local AWS.
 * In: one invocation a line on stdin, `{id, arn, event, deadline}`, deadline in epoch milliseconds. Out: what the function
 * logs, and for each invocation a line that begins with NUL: `{result}` or `{error}`, as Lambda words them.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

interface Invocation {
  readonly id: string;
  readonly arn: string;
  readonly event: unknown;
  readonly deadline: number;
}
type Handler = (event: unknown, context: object) => unknown;

const {
  _HANDLER: spec = '',
  LAMBDA_TASK_ROOT: root = '',
  AWS_LAMBDA_FUNCTION_NAME: functionName,
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memoryLimitInMB,
  AWS_LAMBDA_LOG_GROUP_NAME: logGroupName,
  AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
} = process.env;

const load = async (): Promise<Handler> => {
  const dot = spec.lastIndexOf('.');
  const [path, name] = [join(root, spec.slice(0, dot)), spec.slice(dot + 1)];
  const file = ['.js', '.mjs', '.cjs'].map((extension) => path + extension).find(existsSync);
  if (!file) throw new Error(`Cannot find module '${path}'`);
  const module = await import(pathToFileURL(file).href);
  const handler = module[name] ?? module.default?.[name];
  if (typeof handler !== 'function') throw new Error(`${spec} is undefined or not exported`);
  return handler;
};

const context = ({ id, arn, deadline }: Invocation): object => ({
  functionName,
  functionVersion: '$LATEST',
  memoryLimitInMB,
  invokedFunctionArn: arn,
  awsRequestId: id,
  logGroupName,
  logStreamName,
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => deadline - Date.now(),
});

const described = (error: unknown): object =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };

const answer = async (handler: Promise<Handler>, invocation: Invocation): Promise<object> => {
  try {
    return { result: (await (await handler)(invocation.event, context(invocation))) ?? null };
  } catch (error) {
    console.error('Invoke Error', JSON.stringify(described(error)));
    return { error: described(error) };
  }
};

const handler = load();
// A function that can't be loaded says so in the answer to each invocation.
handler.catch(() => {});
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`\0${JSON.stringify(await answer(handler, JSON.parse(line)))}\n`);
}
process.exit(0);
