/** The asset inventory: schedule → plan; SQS → units of work, commits, end of run → OpenSearch, Splunk. */
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { items } from '../../shared/input/invocation.ts';
import { collect } from '../../shared/pipeline/collect.ts';
import { config } from '../../shared/runtime/config.ts';
import { rim } from '../../shared/runtime/handler.ts';
import { tools } from '../../shared/runtime/wiring.ts';
import { createDispatcher } from './run/dispatcher.ts';
import { assets } from './source.ts';

const aws = { s3: new S3Client(), sqs: new SQSClient(), sts: new STSClient(), credentials: defaultProvider() };

export const handler = rim('assets', async (frame) => {
  const {
    ROUTE: route,
    FIELDS: fields,
    ...settings
  } = config(
    'ROUTE',
    'FIELDS',
    'AWS_REGION',
    'ASSET_ACCOUNTS',
    'ASSET_REGIONS',
    'ASSET_ROLE',
    'ASSET_EXTERNAL_ID',
    'ASSET_BUCKET',
    'ASSET_QUEUE_URL',
    'ASSET_OCSF',
  );
  const source = assets({ route, fields });
  const kit = tools(source, frame);
  return async (event, signal) => {
    const { bodies, settle } = createDispatcher({ ...frame, ...aws, settings, signal });
    const outcomes = await collect(source, items(event, bodies), { ...kit, signal });
    if (outcomes.every(({ error }) => error === undefined)) await settle();
    return outcomes;
  };
});
