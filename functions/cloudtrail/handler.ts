/** CloudTrail log files: S3 → SQS → here → OpenSearch, Splunk. */

import { items } from '../../shared/input/invocation.ts';
import { collect } from '../../shared/pipeline/collect.ts';
import { config } from '../../shared/runtime/config.ts';
import { rim } from '../../shared/runtime/handler.ts';
import { objectBodies, sourceOptions, tools } from '../../shared/runtime/wiring.ts';
import { cloudtrail } from './source.ts';

export const handler = rim('cloudtrail', async (frame) => {
  const { OWN_CALLS: action, OWN_ROLE_PREFIX: rolePrefixes } = config('OWN_CALLS', 'OWN_ROLE_PREFIX');
  const own = action === 'keep' || rolePrefixes === undefined ? undefined : { action, rolePrefixes };
  const source = cloudtrail({ ...(await sourceOptions(frame)), own });
  const kit = tools(source, frame);
  const bodies = objectBodies(frame);
  return (event, signal) => collect(source, items(event, bodies), { ...kit, signal });
});
