/** Sends spilled records again: S3 → SQS → here → the sink that did not accept them. */
import { S3Client } from '@aws-sdk/client-s3';
import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { ConfigError } from '../../shared/errors.ts';
import { objects } from '../../shared/input/s3.ts';
import { config } from '../../shared/runtime/config.ts';
import { connecting } from '../../shared/runtime/connecting.ts';
import { lambdaHandler } from '../../shared/runtime/lambda.ts';
import { spilledSink } from '../../shared/runtime/sinks.ts';
import { createQuarantine } from '../../shared/runtime/wiring.ts';
import { checkpoints } from '../../shared/sink/store/checkpoints.ts';
import { lease } from './lease.ts';
import { Later, type ReplayTools, replay } from './replay.ts';
import { isSweep, sweep } from './sweep.ts';

const s3 = new S3Client(connecting);
const sqs = new SQSClient(connecting);

const LEASE_MS = 120_000; // the Lambda's timeout

export const handler = lambdaHandler('replay', async (runtime) => {
  const { SPILL_URL, REPLAY_QUEUE_URL } = config('SPILL_URL', 'REPLAY_QUEUE_URL');
  if (SPILL_URL === undefined || REPLAY_QUEUE_URL === undefined) {
    throw new ConfigError('SPILL_URL and REPLAY_QUEUE_URL are not both set: expected where spilled objects are.');
  }
  const { bucket, prefix } = SPILL_URL;
  const QueueUrl = REPLAY_QUEUE_URL;
  const tools: ReplayTools = {
    s3,
    prefix,
    sinkOf: (head) => spilledSink(head, runtime),
    leaseOf: (...names) => lease({ s3, bucket, key: `state/replay-${names.join('-')}.json`, leaseMs: LEASE_MS }),
    progress: checkpoints({ client: s3, bucket, prefix: 'state/replay-progress', log: runtime.log }),
    quarantine: createQuarantine(runtime),
    log: runtime.log,
    metrics: runtime.metrics,
  };

  /** Hides the message for as long as the circuit breaker is open. */
  async function hide({ receiptHandle }: SQSRecord, ms: number): Promise<void> {
    const VisibilityTimeout = Math.ceil(ms / 1000);
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout }));
  }

  async function settle(message: SQSRecord, signal: AbortSignal): Promise<{ id: string; error?: unknown }> {
    const uris: string[] = [];
    try {
      if (isSweep(message.body)) {
        const messages = await sweep({ s3, sqs, bucket, prefix, queueUrl: QueueUrl }, signal);
        runtime.log.info('spilled objects swept', { messages });
        return { id: message.messageId };
      }
      for (const object of objects(message.body)) {
        uris.push(`s3://${object.bucket}/${object.key}`);
        await replay(object, tools, signal);
      }
      return { id: message.messageId };
    } catch (error) {
      runtime.log.warn('spilled object stays', { item: message.messageId, objects: uris, error });
      if (error instanceof Later) await hide(message, error.ms);
      return { id: message.messageId, error };
    }
  }

  return async (event, signal) => {
    const outcomes = [];
    for (const message of (event as SQSEvent).Records) outcomes.push(await settle(message, signal));
    return outcomes;
  };
});
