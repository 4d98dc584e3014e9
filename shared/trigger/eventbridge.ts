/**
 * EventBridge events as they are: each is one body, its bytes the event's own JSON.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
 */
import { ReadError } from '../errors.ts';
import type { Body } from '../model.ts';
import { described, opened } from './message.ts';

/** uri: `eventbridge:<event id>`. Throws ReadError naming what was found where the message is no EventBridge event. */
export async function* eventBridgeBodies(message: unknown): AsyncGenerator<Body> {
  const { value, text } = opened(message);
  if (typeof value['detail-type'] !== 'string' || typeof value.id !== 'string') {
    throw new ReadError('the message is no EventBridge event', { found: described(value) });
  }
  yield { uri: `eventbridge:${value.id}`, chunks: one(Buffer.from(text ?? JSON.stringify(value))) };
}

async function* one<T>(value: T): AsyncGenerator<T> {
  yield value;
}
