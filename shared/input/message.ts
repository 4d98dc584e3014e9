/** What is in an SQS message or a direct invocation, without its wrappings. */
import { ReadError } from '../errors.ts';

export interface Message {
  readonly value: Readonly<Record<string, unknown>>;
  /** The JSON text that `value` was parsed from; undefined where AWS handed the value over parsed. */
  readonly text: string | undefined;
  /**
   * It announces objects and may do nothing else: it names some, or came through SNS. Whoever may publish to the topic can't
   * send records, findings or replays.
   */
  readonly isAnnouncement: boolean;
}

/**
 * Parses JSON text and opens SNS notifications, however they nest; raw message delivery needs no opening. Opens what Lambda
 * writes of an event that it gave up on, too: `{"requestContext","requestPayload":<event>,…}`. A message that names objects
 * is opened no further, so that nothing can hide in it.
 * Throws ReadError naming what was found where no JSON object is inside.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export const opened = (message: unknown): Message => unwrap(message, undefined, false);

function unwrap(message: unknown, text: string | undefined, isFromSns: boolean): Message {
  if (typeof message === 'string') return unwrap(parsed(message), message, isFromSns);
  if (!isRecord(message)) throw new ReadError('the message is no JSON object', { found: described(message) });
  const namesObjects = 'Records' in message || 's3ObjectKey' in message;
  if (namesObjects) return { value: message, text, isAnnouncement: true };
  if (message.Type === 'Notification' && typeof message.Message === 'string')
    return unwrap(message.Message, undefined, true);
  if (isRecord(message.requestContext) && 'requestPayload' in message)
    return unwrap(message.requestPayload, undefined, isFromSns);
  return { value: message, text, isAnnouncement: isFromSns };
}

/** CloudTrail publishes this text, which is not JSON, when somebody gives a trail its topic. */
export const VALIDATION = 'CloudTrail validation message.';

function parsed(text: string): unknown {
  if (text.trim() === VALIDATION) return { Event: VALIDATION };
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may be a record.
    throw new ReadError('the message is not JSON', { characters: text.length });
  }
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a message is, for the log: where it came from, without its content. */
export function described(value: unknown): string {
  if (!isRecord(value)) return Array.isArray(value) ? 'an array' : `${value === null ? 'null' : `a ${typeof value}`}`;
  if (typeof value['detail-type'] === 'string')
    return `an EventBridge event "${value['detail-type']}" of ${value.source}`;
  if (typeof value.Type === 'string' && typeof value.TopicArn === 'string') return `an SNS ${value.Type}`;
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an empty object' : `an object with ${keys.slice(0, 5).join(', ')}`;
}
