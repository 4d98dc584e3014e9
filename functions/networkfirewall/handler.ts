/** Network Firewall logs: S3 → SQS, or CloudWatch Logs, → here → OpenSearch, Splunk. */
import { sourceHandler } from '../../shared/runtime/handler.ts';
import { networkfirewall } from './source.ts';

export const handler = sourceHandler('networkfirewall', networkfirewall);
