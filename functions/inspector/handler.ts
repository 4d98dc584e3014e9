/** Inspector: EventBridge → SQS → here → OpenSearch, Splunk. Its objects come from the archive. */
import { sourceHandler } from '../../shared/runtime/handler.ts';
import { inspector } from './source.ts';

export const handler = sourceHandler('inspector', inspector);
