/**
 * The rim of a Lambda: around the way of the records stand time, metrics and the answer to AWS.
 * https://middy.js.org/docs/intro/early-interrupt
 */
import middy from '@middy/core';
import type { SQSBatchResponse } from 'aws-lambda';
import { answer } from '../input/invocation.ts';
import type { Log, Metrics } from '../model.ts';
import type { Outcome } from '../pipeline/collect.ts';
import { type InvocationFields, invocationFields } from './invocationfields.ts';
import { log } from './log.ts';
import { metrics } from './metrics.ts';

/** What a source's handler is given to work with. */
export interface Frame {
  readonly source: string;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Epoch milliseconds until which the present invocation may work. */
  deadline(): number;
}

/** One invocation's work. `signal` fires when its time is over: what is not done by then comes again. */
export type Work = (event: unknown, signal: AbortSignal) => Promise<readonly Pick<Outcome, 'id' | 'error'>[]>;

export const RESERVE_MS = 5_000; // to end requests, to settle the books and to answer

/**
 * A Lambda handler. `start` makes what lives as long as the environment: it runs at the first invocation, and again after
 * it failed, so that a wrong setting is told by every invocation and none of its events is lost.
 * @example export const handler = rim('waf', async (frame) => (event, signal) => …);
 */
export function rim(source: string, start: (frame: Frame) => Promise<Work>) {
  let deadline = Number.POSITIVE_INFINITY;
  let fields: InvocationFields | undefined;
  const frame: Frame = {
    source,
    log: log({ context: () => fields ?? {} }),
    metrics: metrics({ source }),
    deadline: () => deadline,
  };
  let started: Promise<Work> | undefined;

  async function work(): Promise<Work> {
    started ??= start(frame);
    try {
      return await started;
    } catch (error) {
      started = undefined;
      throw error;
    }
  }

  return middy<unknown, SQSBatchResponse | undefined>({
    timeoutEarlyInMillis: RESERVE_MS,
    timeoutEarlyResponse: () => new Promise(() => {}), // the signal is enough: the work itself ends with an answer
  })
    .use({
      after: () => frame.metrics.flush(),
      onError({ error }) {
        frame.log.error('invocation failed', { source, error });
        frame.metrics.flush();
      },
    })
    .handler(async (event, context, { signal }) => {
      fields = invocationFields(context.awsRequestId, fields === undefined);
      deadline = Date.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
      const collect = await work();
      return answer(event, await collect(event, signal));
    });
}
