/** VPC and transit gateway flow logs: S3 → SQS or CloudWatch Logs → here → OpenSearch, Splunk. */
import { collect } from '../../shared/collect.ts';
import { config } from '../../shared/config.ts';
import { rim } from '../../shared/rim.ts';
import { objectBodies, sourceOptions, tools } from '../../shared/tools.ts';
import { items } from '../../shared/trigger/invocation.ts';
import { flowlogs } from './source.ts';

export const handler = rim('flowlogs', async (frame) => {
  const { FLOWLOG_FORMAT: format } = config('FLOWLOG_FORMAT');
  const source = flowlogs({ ...(await sourceOptions(frame)), format });
  const kit = tools(source, frame);
  const bodies = objectBodies(frame);
  return (event, signal) => collect(source, items(event, bodies), { ...kit, signal });
});
