/** GuardDuty findings: EventBridge, or objects exported to S3, → SQS → here → OpenSearch, Splunk. */
import { sourceHandler } from '../../shared/runtime/handler.ts';
import { guardduty } from './source.ts';

export const handler = sourceHandler('guardduty', guardduty);
