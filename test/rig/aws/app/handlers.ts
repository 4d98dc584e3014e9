/** The Lambdas of the rig's own small stack. */
import { FirehoseClient, PutRecordCommand } from '@aws-sdk/client-firehose';
import type { CloudFormationCustomResourceEvent, SQSEvent } from 'aws-lambda';

const firehose = new FirehoseClient({});
let invocations = 0;

const keep = async (kept: object): Promise<void> => {
  const Data = Buffer.from(JSON.stringify(kept));
  await firehose.send(new PutRecordCommand({ DeliveryStreamName: process.env.STREAM, Record: { Data } }));
};

const answers: Readonly<Record<string, (ids: string[]) => object>> = {
  broken: (ids) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) }),
  misspelt: (ids) => ({ batchItemFailures: ids.map((id) => ({ id })) }),
  foreign: () => ({ batchItemFailures: [{ itemIdentifier: 'of another batch' }] }),
  'an error': () => {
    throw new Error('the batch fails');
  },
  missing: () => process.exit(1),
};

/** Keeps each batch, as seen, in the archive. A message whose body is a name of the table above is answered as it says. */
export const collect = async ({ Records }: SQSEvent): Promise<object> => {
  invocations += 1;
  const received = Records.map(({ body, attributes }) => ({ body, times: Number(attributes.ApproximateReceiveCount) }));
  await keep({ kind: 'batch', at: Date.now(), invocations, greeting: process.env.GREETING, received });
  const odd = Records.filter(({ body }) => body in answers);
  console.log('collected', Records.length, 'odd', odd.length);
  return odd.length === 0 ? {} : answers[odd[0].body](odd.map(({ messageId }) => messageId));
};

/** Is invoked without anybody waiting, and fails. */
export const alone = async (event: { detail: { reason: string } }): Promise<never> => {
  throw new Error(event.detail.reason);
};

/** Answers CloudFormation with the status that it was told to answer with. */
export const made = async (event: CloudFormationCustomResourceEvent): Promise<void> => {
  const { StackId, RequestId, LogicalResourceId, ResourceProperties } = event;
  const { Answer, Count, On } = ResourceProperties;
  const Data = { Told: `${event.RequestType} ${typeof Count} ${Count} ${On}` };
  const answer = { StackId, RequestId, LogicalResourceId, PhysicalResourceId: 'made', Status: Answer, Data };
  await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify({ ...answer, Reason: 'it was told to fail' }) });
};
