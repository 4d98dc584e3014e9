/** VPC and transit gateway flow logs: S3 → SQS, or CloudWatch Logs, → here → OpenSearch, Splunk. */
import { config } from '../../shared/runtime/config.ts';
import { sourceHandler } from '../../shared/runtime/handler.ts';
import { flowlogs } from './source.ts';

export const handler = sourceHandler('flowlogs', (options) =>
  flowlogs({ ...options, formats: config('FLOWLOG_FORMAT').FLOWLOG_FORMAT }),
);
