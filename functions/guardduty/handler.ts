/** GuardDuty findings: EventBridge or objects of an export to S3 → SQS → here → OpenSearch, Splunk. */
import { collect } from '../../shared/collect.ts';
import { rim } from '../../shared/rim.ts';
import { objectBodies, sourceOptions, tools } from '../../shared/tools.ts';
import { onEvent } from '../../shared/trigger/eventbridge.ts';
import { items } from '../../shared/trigger/invocation.ts';
import { guardduty } from './source.ts';

export const handler = rim('guardduty', async (frame) => {
  const source = guardduty(await sourceOptions(frame));
  const kit = tools(source, frame);
  const bodies = onEvent(objectBodies(frame));
  return (event, signal) => collect(source, items(event, bodies), { ...kit, signal });
});
