/** Route 53 Resolver query logs: S3 → SQS or CloudWatch Logs → here → OpenSearch, Splunk. */
import { collect } from '../../shared/collect.ts';
import { rim } from '../../shared/rim.ts';
import { objectBodies, sourceOptions, tools } from '../../shared/tools.ts';
import { items } from '../../shared/trigger/invocation.ts';
import { dns } from './source.ts';

export const handler = rim('dns', async (frame) => {
  const source = dns(await sourceOptions(frame));
  const kit = tools(source, frame);
  const bodies = objectBodies(frame);
  return (event, signal) => collect(source, items(event, bodies), { ...kit, signal });
});
