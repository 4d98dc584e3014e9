import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { ConfigError } from '../../../shared/errors.ts';
import { lambdaHandler, type Runtime } from '../../../shared/runtime/lambda.ts';

const context = (remainingMs: number) => ({ getRemainingTimeInMillis: () => remainingMs }) as Context;
const sqs = (...ids: string[]) => ({
  Records: ids.map((messageId) => ({ messageId, eventSource: 'aws:sqs', body: '{}' })),
});
const outcome = (id: string, error?: unknown) => ({ id, error, read: 1, undecodable: 0, newest: 0, counts: {} });

const lines: Record<string, unknown>[] = [];
const write = process.stdout.write;
beforeEach(() => {
  lines.length = 0;
  process.stdout.write = ((line: string) => lines.push(JSON.parse(line)) > 0) as typeof write;
});
afterEach(() => {
  process.stdout.write = write;
});

test('an SQS batch is answered by the messages that failed, and metrics are flushed', async () => {
  const handler = lambdaHandler('flowlogs', async ({ metrics }) => async () => {
    metrics.add('Records', 2);
    return [outcome('m1'), outcome('m2', new Error('no'))];
  });
  expect(await handler(sqs('m1', 'm2'), context(60_000))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }] });
  expect(lines).toEqual([expect.objectContaining({ Source: 'flowlogs', Records: 2 })]);
});

test('a direct event that failed throws its error', async () => {
  const error = new Error('no');
  const handler = lambdaHandler('guardduty', async () => async () => [outcome('e1', error)]);
  await expect(handler({ id: 'e1', 'detail-type': 'x' }, context(60_000))).rejects.toBe(error);
});

test('it starts once an environment', async () => {
  const start = jest.fn(async () => async () => []);
  const handler = lambdaHandler('flowlogs', start);
  await handler(sqs(), context(60_000));
  await handler(sqs(), context(60_000));
  expect(start).toHaveBeenCalledTimes(1);
});

test('a wrong setting fails each invocation with one line that names it', async () => {
  const handler = lambdaHandler('flowlogs', async () => {
    throw new ConfigError('ROUTE is not set: expected …');
  });
  for (let i = 0; i < 2; i++) {
    await expect(handler(sqs('m1'), context(60_000))).rejects.toThrow('ROUTE is not set');
  }
  const error = expect.objectContaining({ name: 'ConfigError', message: 'ROUTE is not set: expected …' });
  const line = { level: 'error', message: 'invocation failed', source: 'flowlogs', error };
  expect(lines).toEqual([
    { ...line, cold_start: true },
    { ...line, cold_start: false },
  ]);
});

test('each line names the request, and the first one the cold start', async () => {
  const handler = lambdaHandler('flowlogs', async ({ log }) => async () => {
    log.info('x');
    return [];
  });
  for (const awsRequestId of ['r1', 'r2']) await handler(sqs(), { ...context(60_000), awsRequestId });
  expect(lines).toMatchObject([
    { function_request_id: 'r1', cold_start: true },
    { function_request_id: 'r2', cold_start: false },
  ]);
});

test('the signal fires before the time is over, and the work still answers', async () => {
  const handler = lambdaHandler('flowlogs', async () => async (_event, signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return [outcome('m1', signal.reason)];
  });
  expect(await handler(sqs('m1'), context(5_010))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
});

test('each invocation has its own deadline', async () => {
  let runtime: Runtime | undefined;
  const left: number[] = [];
  const handler = lambdaHandler('flowlogs', async (given) => {
    runtime = given;
    return async () => {
      left.push(runtime!.deadline() - Date.now());
      return [];
    };
  });
  await handler(sqs(), context(60_000));
  await handler(sqs(), context(900_000));
  expect(left[0]).toBeLessThanOrEqual(55_000);
  expect(left[1]).toBeGreaterThan(60_000);
});
