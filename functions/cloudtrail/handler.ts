/** CloudTrail log files: S3 → SQS, or CloudWatch Logs, → here → OpenSearch, Splunk. */
import { config } from '../../shared/runtime/config.ts';
import { sourceHandler } from '../../shared/runtime/handler.ts';
import { cloudtrail } from './source.ts';

export const handler = sourceHandler('cloudtrail', (options) => {
  const { OWN_CALLS: action, OWN_ROLE_PREFIX: rolePrefixes } = config('OWN_CALLS', 'OWN_ROLE_PREFIX');
  const own = action === 'keep' || rolePrefixes === undefined ? undefined : { action, rolePrefixes };
  return cloudtrail({ ...options, own });
});
