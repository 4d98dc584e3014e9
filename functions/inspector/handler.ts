/** Inspector: EventBridge → SQS → here → OpenSearch, Splunk. */

import { onEvent } from '../../shared/input/eventbridge.ts';
import { items } from '../../shared/input/invocation.ts';
import { collect } from '../../shared/pipeline/collect.ts';
import { rim } from '../../shared/runtime/handler.ts';
import { objectBodies, sourceOptions, tools } from '../../shared/runtime/wiring.ts';
import { inspector } from './source.ts';

export const handler = rim('inspector', async (frame) => {
  const source = inspector(await sourceOptions(frame));
  const kit = tools(source, frame);
  const bodies = onEvent(objectBodies(frame)); // objects: out of the archive
  return (event, signal) => collect(source, items(event, bodies), { ...kit, signal });
});
