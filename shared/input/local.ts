/**
 * `sls invoke local` without an AWS: a bucket called `file:<folder>` is that folder. S3 knows no such name, and the
 * Serverless Framework sets IS_LOCAL only there, so a message can't make a deployed Lambda read its own files.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';

const SCHEME = 'file:';

export function localOr(s3: S3Client): Pick<S3Client, 'send'> {
  if (process.env.IS_LOCAL !== 'true') return s3;
  const send = async (command: unknown, ...rest: []) => {
    const { Bucket = '', Key = '' } = command instanceof GetObjectCommand ? command.input : {};
    if (!Bucket.startsWith(SCHEME)) return s3.send(command as GetObjectCommand, ...rest);
    const path = join(Bucket.slice(SCHEME.length), Key);
    const { size, mtimeMs } = await stat(path);
    return {
      Body: createReadStream(path),
      ContentLength: size,
      ETag: String(mtimeMs),
    } as unknown as GetObjectCommandOutput;
  };
  return { send: send as S3Client['send'] };
}
