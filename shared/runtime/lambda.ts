/**
 * Wraps a Lambda's work: ends it before the time is over, flushes metrics, answers AWS.
 * https://middy.js.org/docs/intro/early-interrupt
 */
import middy from '@middy/core';
import { answer } from '../input/invocation.ts';
import type { Log, Metrics } from '../model.ts';
import type { Outcome } from '../pipeline/collect.ts';
import { type InvocationFields, invocationFields } from './invocationfields.ts';
import { log } from './log.ts';
import { metrics } from './metrics.ts';

/** What lives as long as the Lambda's environment. */
export interface Runtime {
  /** Name of the function; of a source, the source's. */
  readonly source: string;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Epoch milliseconds until which the current invocation may work. */
  deadline(): number;
}

export type Results = readonly Pick<Outcome, 'id' | 'error'>[];

/** One invocation's work. `signal` fires when its time is over; AWS sends again what is not done by then. */
export type Work<T = Results> = (event: unknown, signal: AbortSignal) => Promise<T>;

export const RESERVE_MS = 5_000; // to end requests, to compare the counts and to answer

/**
 * A Lambda handler. `start` makes what lives as long as the environment. It runs at the first invocation, and again after it
 * failed: every invocation then reports the wrong setting, and AWS keeps its events.
 * @example export const handler = lambdaHandler('replay', async (runtime) => (event, signal) => …);
 */
export const lambdaHandler = (source: string, start: (runtime: Runtime) => Promise<Work>) =>
  answeringHandler(source, start, answer);

/** The same with an answer of its own. */
export function answeringHandler<T, A>(
  source: string,
  start: (runtime: Runtime) => Promise<Work<T>>,
  answers: (event: unknown, result: T) => A,
) {
  let deadline = Number.POSITIVE_INFINITY;
  let fields: InvocationFields | undefined;
  const runtime: Runtime = {
    source,
    log: log({ context: () => fields ?? {} }),
    metrics: metrics({ source }),
    deadline: () => deadline,
  };
  let started: Promise<Work<T>> | undefined;

  async function work(): Promise<Work<T>> {
    started ??= start(runtime);
    try {
      return await started;
    } catch (error) {
      started = undefined;
      throw error;
    }
  }

  return middy<unknown, A>({
    timeoutEarlyInMillis: RESERVE_MS,
    timeoutEarlyResponse: () => new Promise(() => {}), // the signal is enough: the work itself ends with an answer
  })
    .use({
      after: () => runtime.metrics.flush(),
      onError({ error }) {
        runtime.log.error('invocation failed', { source, error });
        runtime.metrics.flush();
      },
    })
    .handler(async (event, context, { signal }) => {
      fields = invocationFields(context.awsRequestId, fields === undefined);
      deadline = Date.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
      const run = await work();
      return answers(event, await run(event, signal));
    });
}
