/** AWS WAF logs: S3 → SQS or CloudWatch Logs → here → OpenSearch, Splunk. */

import { items } from '../../shared/input/invocation.ts';
import { collect } from '../../shared/pipeline/collect.ts';
import { config } from '../../shared/runtime/config.ts';
import { rim } from '../../shared/runtime/handler.ts';
import { objectBodies, sourceOptions, tools } from '../../shared/runtime/wiring.ts';
import { waf } from './source.ts';

export const handler = rim('waf', async (frame) => {
  const { REDACT_HEADERS: redact } = config('REDACT_HEADERS');
  const source = waf({ ...(await sourceOptions(frame)), redact });
  const kit = tools(source, frame);
  const bodies = objectBodies(frame);
  return (event, signal) => collect(source, items(event, bodies), { ...kit, signal });
});
