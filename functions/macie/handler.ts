/** Macie findings: EventBridge → SQS → here → OpenSearch, Splunk. */
import { collect } from '../../shared/collect.ts';
import { rim } from '../../shared/rim.ts';
import { sourceOptions, tools } from '../../shared/tools.ts';
import { eventBridgeBodies } from '../../shared/trigger/eventbridge.ts';
import { items } from '../../shared/trigger/invocation.ts';
import { macie } from './source.ts';

export const handler = rim('macie', async (frame) => {
  const source = macie(await sourceOptions(frame));
  const kit = tools(source, frame);
  return (event, signal) => collect(source, items(event, eventBridgeBodies), { ...kit, signal });
});
