/** Security Hub: EventBridge, schedule and files of Prowler in S3 → SQS → here → OpenSearch, Splunk. */
import { S3Client } from '@aws-sdk/client-s3';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { onEvent } from '../../shared/input/eventbridge.ts';
import { items } from '../../shared/input/invocation.ts';
import { onTick } from '../../shared/input/schedule.ts';
import { collect } from '../../shared/pipeline/collect.ts';
import { config } from '../../shared/runtime/config.ts';
import { type Frame, rim } from '../../shared/runtime/handler.ts';
import { objectBodies, opensearchAccess, sourceOptions, tools } from '../../shared/runtime/wiring.ts';
import { type Known, knownIn, nothingKnown } from './known.ts';
import { round } from './reconcile.ts';
import { securityhub } from './source.ts';

const credentials = defaultProvider();
const s3 = new S3Client();

export const handler = rim('securityhub', async (frame) => {
  const { NATIVE_SOURCES: natives } = config('NATIVE_SOURCES');
  const source = securityhub({ ...(await sourceOptions(frame)), natives });
  const kit = tools(source, frame);
  const hub = { credentials, endpoint: process.env.AWS_ENDPOINT_URL_SECURITYHUB ?? process.env.AWS_ENDPOINT_URL };
  const known = knownOf(frame, source.index);
  const bodies = onEvent(objectBodies(frame));
  return async (event, signal) => {
    const { poll, keep } = round({ ...frame, hub, s3, source, known });
    const outcomes = await collect(source, items(event, onTick(poll, bodies)), { ...kit, signal });
    if (outcomes.every(({ error }) => error === undefined)) await keep(signal);
    return outcomes;
  };
});

/** A dry run and a deployment without OpenSearch know nothing. */
function knownOf({ log }: Frame, index: Parameters<typeof knownIn>[1]): Known {
  const isRouted = config('ROUTE').ROUTE.includes('opensearch');
  return isRouted && 'endpoint' in config('OPENSEARCH_URL').OPENSEARCH_URL
    ? knownIn(opensearchAccess(), index, log)
    : nothingKnown;
}
