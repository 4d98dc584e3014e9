/** AWS WAF logs: S3 → SQS, or CloudWatch Logs, → here → OpenSearch, Splunk. */
import { config } from '../../shared/runtime/config.ts';
import { sourceHandler } from '../../shared/runtime/handler.ts';
import { waf } from './source.ts';

export const handler = sourceHandler('waf', (options) =>
  waf({ ...options, redact: config('REDACT_HEADERS').REDACT_HEADERS }),
);
