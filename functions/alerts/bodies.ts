/**
 * Messages of the alerting plugin, as `scripts/detections/alertrecord.ts` writes them, through SNS:
 * `{"detection":{…},"monitor":"…","link":"…","alerts":[{"id","start","keys","samples":[…,null]},null]}`.
 */
import { ReadError } from '../../shared/errors.ts';
import { isRecord, opened } from '../../shared/input/message.ts';
import { one } from '../../shared/input/one.ts';
import type { Bodies } from '../../shared/input/sqs.ts';

type Value = Readonly<Record<string, unknown>>;

/**
 * A body for each message, with a line for each alert. uri: `alert:<detection>`. Of any other message the bodies are what `others` makes
 * of it. Throws ReadError for a message about a detection that names no alert.
 */
export const alertBodies =
  (others: Bodies): Bodies =>
  (message, signal) => {
    const { value } = opened(message);
    return isRecord(value.detection) ? alerts(value, value.detection) : others(message, signal);
  };

async function* alerts({ alerts, ...about }: Value, { name }: Value): ReturnType<Bodies> {
  const all = Array.isArray(alerts) ? alerts.filter(isRecord) : [];
  if (all.length === 0) throw new ReadError('the message names no alert', { detection: name });
  const lines = all.map(({ samples, ...alert }) =>
    JSON.stringify({ ...about, ...alert, samples: Array.isArray(samples) ? samples.filter(isRecord) : [] }),
  );
  yield { uri: `alert:${name}`, chunks: one(Buffer.from(`${lines.join('\n')}\n`)) };
}
