/** The Lambdas of the rig's own small stack. */
import { FirehoseClient, PutRecordCommand } from '@aws-sdk/client-firehose';
import type { CloudFormationCustomResourceEvent, SQSBatchResponse, SQSEvent } from 'aws-lambda';

const firehose = new FirehoseClient({});
let invocations = 0;

const keep = async (kept: object): Promise<void> => {
  const Data = Buffer.from(JSON.stringify(kept));
  await firehose.send(new PutRecordCommand({ DeliveryStreamName: process.env.STREAM, Record: { Data } }));
};

/** Keeps each batch, as seen, in the archive; the messages with the body `broken` fail. */
export const collect = async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
  invocations += 1;
  const broken = Records.filter(({ body }) => body === 'broken');
  const received = Records.map(({ body, attributes }) => ({ body, times: Number(attributes.ApproximateReceiveCount) }));
  await keep({ kind: 'batch', invocations, greeting: process.env.GREETING, received });
  return { batchItemFailures: broken.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};

/** Answers CloudFormation with the status that it was told to answer with. */
export const made = async (event: CloudFormationCustomResourceEvent): Promise<void> => {
  const { StackId, RequestId, LogicalResourceId, ResourceProperties } = event;
  const { Answer, Count, On } = ResourceProperties;
  const Data = { Told: `${event.RequestType} ${typeof Count} ${Count} ${On}` };
  const answer = { StackId, RequestId, LogicalResourceId, PhysicalResourceId: 'made', Status: Answer, Data };
  await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify({ ...answer, Reason: 'told to fail' }) });
};
