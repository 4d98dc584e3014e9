/** CloudTrail's digests, once an hour: schedule → here → OpenSearch, Splunk, where something is wrong. */
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { S3Client } from '@aws-sdk/client-s3';
import { config } from '../../shared/runtime/config.ts';
import { connecting } from '../../shared/runtime/connecting.ts';
import { sourceHandler } from '../../shared/runtime/handler.ts';
import { publicKeys } from './keys.ts';
import { localOr } from './local.ts';
import { s3Objects } from './objects.ts';
import { orderOf } from './order.ts';
import { verify } from './run.ts';
import { integrity } from './source.ts';

const s3 = new S3Client({
  ...connecting,
  followRegionRedirects: true,
  responseChecksumValidation: 'WHEN_REQUIRED', // every byte is hashed anyway
});

const FOR_VERIFYING = 0.8; // of the time; the rest is for delivering

export const handler = sourceHandler('integrity', integrity, ({ runtime, source, dependencies }) => {
  const { MAX_OBJECT_BYTES: maxBytes, REQUEST_PAYER } = config('MAX_OBJECT_BYTES', 'REQUEST_PAYER');
  const aws = {
    objects: s3Objects(s3, REQUEST_PAYER === 'requester'),
    keys: publicKeys((region) => new CloudTrailClient({ ...connecting, region })),
  };
  return (event, signal) => {
    const { objects, keys } = localOr(aws, event);
    const now = Date.now();
    const timeMs = Math.max(0, Math.round((runtime.deadline() - now) * FOR_VERIFYING));
    const time = AbortSignal.any([signal, AbortSignal.timeout(timeMs)]);
    const order = orderOf(event, now);
    return verify(order, { objects, keys, maxBytes, source, tools: { ...dependencies, signal }, time });
  };
});
