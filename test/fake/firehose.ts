/** Firehose's PutRecordBatch with its limits; what becomes of each record is the test's to say. */
import { type Fake, fake } from './server.ts';

export interface Firehose extends Fake {
  /** The records of each request. */
  readonly requests: Buffer[][];
  /** Those that were taken. */
  readonly kept: Buffer[];
  /** Whether a record is refused inside the answer, by number of the request (from 0) and of the record in it. */
  refuses: (request: number, record: number) => boolean;
  /** An error for the whole request. */
  error: { readonly status: number; readonly type: string } | undefined;
}

export async function firehose(): Promise<Firehose> {
  const server = await fake((_request, response, body) => {
    const { Records } = JSON.parse(body.toString()) as { Records: { Data: string }[] };
    const records = Records.map(({ Data }) => Buffer.from(Data, 'base64'));
    const number = state.requests.push(records) - 1;
    const error = breach(records) ?? state.error;
    response.writeHead(error?.status ?? 200, { 'content-type': 'application/x-amz-json-1.1' });
    if (error !== undefined) {
      response.end(JSON.stringify({ __type: error.type, message: 'no' }));
      return;
    }
    const RequestResponses = records.map((record, at) => {
      if (state.refuses(number, at)) return { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' };
      state.kept.push(record);
      return { RecordId: `${number}-${at}` };
    });
    const FailedPutCount = RequestResponses.filter(({ ErrorCode }) => ErrorCode !== undefined).length;
    response.end(JSON.stringify({ FailedPutCount, RequestResponses }));
  });
  const state: Firehose = { ...server, requests: [], kept: [], refuses: () => false, error: undefined };
  return state;
}

function breach(records: readonly Buffer[]): Firehose['error'] {
  const bytes = records.reduce((sum, { length }) => sum + length, 0);
  const isWithin = records.length > 0 && records.length <= 500 && bytes <= 4 << 20;
  const isEach = records.every(({ length }) => length > 0 && length <= 1000 * 1024);
  return isWithin && isEach ? undefined : { status: 400, type: 'InvalidArgumentException' };
}
