/** GuardDuty findings: EventBridge or objects of an export to S3 → SQS → here → OpenSearch, Splunk. */

import { onEvent } from '../../shared/input/eventbridge.ts';
import { items } from '../../shared/input/invocation.ts';
import { collect } from '../../shared/pipeline/collect.ts';
import { rim } from '../../shared/runtime/handler.ts';
import { objectBodies, sourceOptions, tools } from '../../shared/runtime/wiring.ts';
import { guardduty } from './source.ts';

export const handler = rim('guardduty', async (frame) => {
  const source = guardduty(await sourceOptions(frame));
  const kit = tools(source, frame);
  const bodies = onEvent(objectBodies(frame));
  return (event, signal) => collect(source, items(event, bodies), { ...kit, signal });
});
