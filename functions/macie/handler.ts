/** Macie findings: EventBridge → SQS → here → OpenSearch, Splunk. Its objects come from the archive. */
import { sourceHandler } from '../../shared/runtime/handler.ts';
import { macie } from './source.ts';

export const handler = sourceHandler('macie', macie);
