/**
 * Records into a Firehose stream, as many at once as it takes.
 * https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
 */
import { type FirehoseClient, PutRecordBatchCommand, type PutRecordBatchResponseEntry } from '@aws-sdk/client-firehose';
import { DeliveryError } from '../../errors.ts';

/** Bytes of one record. */
export const MAX_RECORD = 1000 * 1024;
/** In one request. */
export const MAX_RECORDS = 500;
/** Bytes of one request: 4 MB, in case the base64 on the wire counts. */
export const MAX_REQUEST = 3_000_000;

export interface Taken {
  /** Numbers of the records that were not taken and can be sent again. */
  readonly refused: readonly number[];
  /** Of the first that was refused. */
  readonly reason: string | undefined;
}

/** One request. The client itself has tried again what is worth it before this throws DeliveryError. */
export async function put(
  client: FirehoseClient,
  stream: string,
  records: readonly Uint8Array[],
  abortSignal: AbortSignal,
): Promise<Taken> {
  const command = new PutRecordBatchCommand({ DeliveryStreamName: stream, Records: records.map((Data) => ({ Data })) });
  try {
    const { RequestResponses: entries = [] } = await client.send(command, { abortSignal });
    const refused = records.flatMap((_, at) => (isRefused(entries[at]) ? [at] : []));
    return { refused, reason: entries.find(isRefused)?.ErrorMessage };
  } catch (cause) {
    throw new DeliveryError('Firehose took no records', { stream, records: records.length }, cause);
  }
}

const isRefused = (entry: PutRecordBatchResponseEntry | undefined): boolean => entry?.RecordId === undefined;
