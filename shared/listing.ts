/** Lists the objects of a bucket, page by page. */
import {
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';

/** Yields each page of up to 1,000 keys. `signal` makes the signal of each request. Throws what S3 answers. */
export async function* pagesOf(
  s3: Pick<S3Client, 'send'>,
  input: ListObjectsV2CommandInput,
  signal?: () => AbortSignal,
): AsyncGenerator<ListObjectsV2CommandOutput> {
  let ContinuationToken: string | undefined;
  do {
    const command = new ListObjectsV2Command({ ...input, ContinuationToken });
    const page = await s3.send(command, signal && { abortSignal: signal() });
    yield page;
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
}
