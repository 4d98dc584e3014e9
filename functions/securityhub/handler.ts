/** Security Hub: EventBridge, schedule and files of Prowler in S3 → SQS → here → OpenSearch, Splunk. */
import { S3Client } from '@aws-sdk/client-s3';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { onTick } from '../../shared/input/schedule.ts';
import type { Index, Log } from '../../shared/model.ts';
import { opensearchAccess } from '../../shared/runtime/access.ts';
import { config } from '../../shared/runtime/config.ts';
import { connecting } from '../../shared/runtime/connecting.ts';
import { collecting, sourceHandler, type Wired } from '../../shared/runtime/handler.ts';
import type { Work } from '../../shared/runtime/lambda.ts';
import { type Known, knownIn, nothingKnown, type Search, searchIn } from './known.ts';
import { round } from './reconcile.ts';
import type { Found } from './records.ts';
import { securityhub } from './source.ts';

const credentials = defaultProvider();
const s3 = new S3Client(connecting);

export const handler = sourceHandler(
  'securityhub',
  (options) => securityhub({ ...options, natives: config('NATIVE_SOURCES').NATIVE_SOURCES }),
  reconciling,
);

/** Collects what arrives, and at each tick what Security Hub reports and OpenSearch doesn't have. */
function reconciling(wired: Wired<Found>): Work {
  const { runtime, source, bodies } = wired;
  const hub = { credentials, endpoint: process.env.AWS_ENDPOINT_URL_SECURITYHUB ?? process.env.AWS_ENDPOINT_URL };
  const opensearch = opensearchOf(source.index, runtime.log);
  return collecting(wired, () => {
    const { poll, keep } = round({ ...runtime, hub, s3, source, ...opensearch });
    return { bodies: onTick(poll, bodies), settle: keep };
  });
}

/** A dry run and a deployment without OpenSearch know nothing. */
function opensearchOf(index: Index, log: Log): { known: Known; search?: Search } {
  const isRouted = config('ROUTE').ROUTE.includes('opensearch');
  if (!isRouted || !('endpoint' in config('OPENSEARCH_URL').OPENSEARCH_URL)) return { known: nothingKnown };
  const access = opensearchAccess();
  const search = index.current === undefined ? {} : { search: searchIn(access, index.current, log) };
  return { known: knownIn(access, index, log), ...search };
}
