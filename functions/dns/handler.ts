/** Route 53 Resolver query logs: S3 → SQS, or CloudWatch Logs, → here → OpenSearch, Splunk. */
import { sourceHandler } from '../../shared/runtime/handler.ts';
import { dns } from './source.ts';

export const handler = sourceHandler('dns', dns);
