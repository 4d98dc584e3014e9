/** Route 53 Resolver query logs: S3 → SQS or CloudWatch Logs → here → OpenSearch, Splunk. */

import { items } from '../../shared/input/invocation.ts';
import { collect } from '../../shared/pipeline/collect.ts';
import { rim } from '../../shared/runtime/handler.ts';
import { objectBodies, sourceOptions, tools } from '../../shared/runtime/wiring.ts';
import { dns } from './source.ts';

export const handler = rim('dns', async (frame) => {
  const source = dns(await sourceOptions(frame));
  const kit = tools(source, frame);
  const bodies = objectBodies(frame);
  return (event, signal) => collect(source, items(event, bodies), { ...kit, signal });
});
