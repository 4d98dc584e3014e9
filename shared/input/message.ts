/** What stands in an SQS message or a direct invocation, once its wraps are off. */
import { ReadError } from '../errors.ts';

export interface Message {
  readonly value: Readonly<Record<string, unknown>>;
  /** The JSON text that `value` was parsed from; undefined where AWS handed the value over parsed. */
  readonly text: string | undefined;
}

/**
 * Parses JSON text and opens SNS notifications, however they nest; raw message delivery needs no opening. Opens what Lambda
 * writes of an event that it could not get rid of, too: `{"requestContext","requestPayload":<event>,…}`.
 * Throws ReadError naming what was found where no JSON object is inside.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function opened(message: unknown, text?: string): Message {
  if (typeof message === 'string') return opened(parsed(message), message);
  if (!isRecord(message)) throw new ReadError('the message is no JSON object', { found: described(message) });
  if (message.Type === 'Notification' && typeof message.Message === 'string') return opened(message.Message);
  if (isRecord(message.requestContext) && 'requestPayload' in message) return opened(message.requestPayload);
  return { value: message, text };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may be a record.
    throw new ReadError('the message is not JSON', { characters: text.length });
  }
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a message is, in words that tell whoever reads the log where it came from, without its content. */
export function described(value: unknown): string {
  if (!isRecord(value)) return Array.isArray(value) ? 'an array' : `${value === null ? 'null' : `a ${typeof value}`}`;
  if (typeof value['detail-type'] === 'string')
    return `an EventBridge event "${value['detail-type']}" of ${value.source}`;
  if (typeof value.Type === 'string' && typeof value.TopicArn === 'string') return `an SNS ${value.Type}`;
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an empty object' : `an object with ${keys.slice(0, 5).join(', ')}`;
}
