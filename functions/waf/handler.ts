/** AWS WAF logs: S3 → SQS or CloudWatch Logs → here → OpenSearch, Splunk. */
import { collect } from '../../shared/collect.ts';
import { config } from '../../shared/config.ts';
import { rim } from '../../shared/rim.ts';
import { objectBodies, sourceOptions, tools } from '../../shared/tools.ts';
import { items } from '../../shared/trigger/invocation.ts';
import { waf } from './source.ts';

export const handler = rim('waf', async (frame) => {
  const { REDACT_HEADERS: redact } = config('REDACT_HEADERS');
  const source = waf({ ...(await sourceOptions(frame)), redact });
  const kit = tools(source, frame);
  const bodies = objectBodies(frame);
  return (event, signal) => collect(source, items(event, bodies), { ...kit, signal });
});
