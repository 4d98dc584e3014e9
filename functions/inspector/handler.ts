/** Inspector: EventBridge → SQS → here → OpenSearch, Splunk. */
import { collect } from '../../shared/collect.ts';
import { rim } from '../../shared/rim.ts';
import { objectBodies, sourceOptions, tools } from '../../shared/tools.ts';
import { onEvent } from '../../shared/trigger/eventbridge.ts';
import { items } from '../../shared/trigger/invocation.ts';
import { inspector } from './source.ts';

export const handler = rim('inspector', async (frame) => {
  const source = inspector(await sourceOptions(frame));
  const kit = tools(source, frame);
  const bodies = onEvent(objectBodies(frame)); // objects: out of the archive
  return (event, signal) => collect(source, items(event, bodies), { ...kit, signal });
});
