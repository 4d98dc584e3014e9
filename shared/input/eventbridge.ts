/**
 * EventBridge events as they are: each is one body, its bytes the event's own JSON.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
 */
import { ReadError } from '../errors.ts';
import type { Body } from '../model.ts';
import { described, type Message, opened } from './message.ts';
import { one } from './one.ts';
import type { Bodies } from './sqs.ts';

/**
 * uri: `eventbridge:<source>/<event id>`. Events of AWS services only, as the rules match them: anybody may put others on a
 * bus. Throws ReadError naming what was found where the message is no such event.
 */
export async function* eventBridgeBodies(message: unknown): AsyncGenerator<Body> {
  const { value, text, isAnnouncement } = opened(message);
  if (!isEvent(value) || isAnnouncement) {
    throw new ReadError('the message is no EventBridge event of AWS', { found: described(value) });
  }
  const uri = `eventbridge:${value.source}/${value.id}`;
  yield { uri, isFixed: true, chunks: one(Buffer.from(text ?? JSON.stringify(value))) };
}

const isEvent = (value: Message['value']): boolean =>
  typeof value['detail-type'] === 'string' &&
  typeof value.id === 'string' &&
  typeof value.source === 'string' &&
  value.source.startsWith('aws.');

/**
 * For a source whose records come as events and as objects: an event is the body itself, unless S3 announces an object with
 * it; of that and of any other message the bodies are what `others` makes of it.
 */
export const onEvent =
  (others: Bodies): Bodies =>
  (message, signal) => {
    const { value, isAnnouncement } = opened(message);
    return isEvent(value) && !isAnnouncement && value.source !== 'aws.s3'
      ? eventBridgeBodies(message)
      : others(message, signal);
  };
