/** The asset inventory: schedule and steps of a run, and changes from EventBridge → SQS → here → OpenSearch, Splunk. */
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { config } from '../../shared/runtime/config.ts';
import { connecting } from '../../shared/runtime/connecting.ts';
import { collecting, sourceHandler } from '../../shared/runtime/handler.ts';
import { createDispatcher } from './run/dispatcher.ts';
import { assets } from './source.ts';

const aws = {
  s3: new S3Client(connecting),
  sqs: new SQSClient(connecting),
  sts: new STSClient(connecting),
  credentials: defaultProvider(),
};

export const handler = sourceHandler('asset-inventory', assets, (wired) => {
  const settings = config(
    'AWS_REGION',
    'ASSET_ACCOUNTS',
    'ASSET_REGIONS',
    'ASSET_ROLE',
    'ASSET_EXTERNAL_ID',
    'ASSET_BUCKET',
    'ASSET_QUEUE_URL',
    'ASSET_OCSF',
  );
  return collecting(wired, (signal) => createDispatcher({ ...wired.runtime, ...aws, settings, signal }));
});
