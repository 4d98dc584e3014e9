/** VPC and transit gateway flow logs: S3 → SQS or CloudWatch Logs → here → OpenSearch, Splunk. */

import { items } from '../../shared/input/invocation.ts';
import { collect } from '../../shared/pipeline/collect.ts';
import { config } from '../../shared/runtime/config.ts';
import { rim } from '../../shared/runtime/handler.ts';
import { objectBodies, sourceOptions, tools } from '../../shared/runtime/wiring.ts';
import { flowlogs } from './source.ts';

export const handler = rim('flowlogs', async (frame) => {
  const { FLOWLOG_FORMAT: format } = config('FLOWLOG_FORMAT');
  const source = flowlogs({ ...(await sourceOptions(frame)), format });
  const kit = tools(source, frame);
  const bodies = objectBodies(frame);
  return (event, signal) => collect(source, items(event, bodies), { ...kit, signal });
});
