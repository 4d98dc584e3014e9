/** AWS clients of every Lambda that reads records. */
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { connecting } from './connecting.ts';

export const s3 = new S3Client({
  ...connecting,
  followRegionRedirects: true, // a topic may announce objects of a bucket in another region
  responseChecksumValidation: 'WHEN_REQUIRED', // TLS and gzip's own checksum guard the bytes already
});
export const firehose = new FirehoseClient(connecting);

/** A secret is asked for in its own region, which its ARN names. */
export const secretsManagerOf = (arn: string): SecretsManagerClient =>
  new SecretsManagerClient({ ...connecting, region: arn.split(':')[3] });
