/** Shield Advanced: schedule and EventBridge → SQS → here → OpenSearch, Splunk. */
import { S3Client } from '@aws-sdk/client-s3';
import { ShieldClient } from '@aws-sdk/client-shield';
import { onEvent } from '../../shared/input/eventbridge.ts';
import { items } from '../../shared/input/invocation.ts';
import { onTick } from '../../shared/input/schedule.ts';
import { collect } from '../../shared/pipeline/collect.ts';
import { rim } from '../../shared/runtime/handler.ts';
import { objectBodies, sourceOptions, tools } from '../../shared/runtime/wiring.ts';
import { round } from './poll.ts';
import { shield as source } from './source.ts';

const shield = new ShieldClient({ region: 'us-east-1' }); // knows the attacks of all regions
const s3 = new S3Client();

export const handler = rim('shield', async (frame) => {
  const attacks = source(await sourceOptions(frame));
  const kit = tools(attacks, frame);
  const bodies = onEvent(objectBodies(frame)); // objects: out of the archive
  return async (event, signal) => {
    const { poll, keep } = round({ shield, s3, log: frame.log });
    const outcomes = await collect(attacks, items(event, onTick(poll, bodies)), { ...kit, signal });
    if (outcomes.every(({ error }) => error === undefined)) await keep(signal);
    return outcomes;
  };
});
