/** What a message that failed is about, and why it failed where that stands in it. */
import type { Message } from '@aws-sdk/client-sqs';
import { ReadError } from '../../shared/errors.ts';
import { described, isRecord, opened } from '../../shared/input/message.ts';
import { objects } from '../../shared/input/s3.ts';

export interface Subject {
  /** An object, an event, or what else it is. */
  readonly what: string;
  /** Undefined: only the log of the Lambda says it. */
  readonly why: string | undefined;
}

export const subjectOf = ({ Body = '', MessageAttributes = {} }: Message): Subject => ({
  what: whatIn(Body),
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
  why: MessageAttributes.ERROR_MESSAGE?.StringValue ?? whyIn(Body),
});

function whatIn(body: string): string {
  try {
    const { value } = opened(body);
    const { replay, awslogs } = value;
    if (isRecord(replay)) return `a replay of ${replay.uri ?? replay.kept}`;
    if (isRecord(awslogs)) return 'messages of CloudWatch Logs';
    if (typeof value['detail-type'] === 'string' && value.source !== 'aws.s3')
      return `${described(value)}, ${value.id}`;
    const [first, ...others] = objects(value);
    const more = others.length > 0 ? ` and ${others.length} more` : '';
    return first === undefined ? 'no object' : `s3://${first.bucket}/${first.key}${more}`;
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    return error.message;
  }
}

/** Lambda says it of an event that it could not get rid of. */
function whyIn(body: string): string | undefined {
  const { responsePayload, requestContext } = parsed(body);
  if (isRecord(responsePayload)) return String(responsePayload.errorMessage);
  return isRecord(requestContext) ? String(requestContext.condition) : undefined;
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : {};
  } catch {
    return {}; // `what` says so
  }
}
