/** Shield Advanced: schedule and EventBridge → SQS → here → OpenSearch, Splunk. */
import { S3Client } from '@aws-sdk/client-s3';
import { ShieldClient } from '@aws-sdk/client-shield';
import { onTick } from '../../shared/input/schedule.ts';
import { connecting } from '../../shared/runtime/connecting.ts';
import { collecting, sourceHandler } from '../../shared/runtime/handler.ts';
import { round } from './poll.ts';
import { shield } from './source.ts';

const client = new ShieldClient({
  region: 'us-east-1', // knows the attacks of all regions
  requestHandler: { ...connecting.requestHandler, requestTimeout: 10_000, throwOnRequestTimeout: true },
  maxAttempts: 2, // the next tick asks again
});
const s3 = new S3Client(connecting);

export const handler = sourceHandler('shield', shield, (wired) =>
  collecting(wired, () => {
    const { poll, keep } = round({ shield: client, s3, log: wired.runtime.log });
    return { bodies: onTick(poll, wired.bodies), settle: keep };
  }),
);
