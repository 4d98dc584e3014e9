/** S3 server access logs: S3 → SQS → here → OpenSearch, Splunk. */
import { sourceHandler } from '../../shared/runtime/handler.ts';
import { s3access } from './source.ts';

export const handler = sourceHandler('s3access', s3access);
