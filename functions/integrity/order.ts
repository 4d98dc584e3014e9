/** What an invocation is to verify. The rule of function.yml gives it, or a person who invokes the function by hand. */
import { ConfigError } from '../../shared/errors.ts';
import { epochMs, isObject } from '../../shared/transform/objects/compile.ts';

export interface Order {
  readonly digests: S3Url;
  /** Where the runs before this one left what they found out; without it there were none. */
  readonly state: S3Url | undefined;
  /** How long after its hour's end a digest may come. */
  readonly graceMs: number;
  /** Epoch milliseconds: the time to take for now. */
  readonly at: number;
}

export interface S3Url {
  readonly bucket: string;
  /** Without a slash before it. */
  readonly key: string;
}

const GRACE_MINUTES = 90; // by then the next digest should be there too, which tells a late one from a missing one

/**
 * In: `{"digests":"s3://bucket/prefix","state":"s3://bucket/key","graceMinutes":90,"at":"2026-11-24T13:40:00Z"}`, all but
 * `digests` optional. Throws ConfigError with a sentence that names what is wrong.
 */
export function orderOf(event: unknown, now: number): Order {
  const { digests, state, graceMinutes = GRACE_MINUTES, at = now } = isObject(event) ? event : {};
  const time = epochMs(at);
  if (time === undefined) throw fault('at', 'a time', at);
  if (typeof graceMinutes !== 'number' || !(graceMinutes > 0)) throw fault('graceMinutes', 'a number', graceMinutes);
  return {
    digests: urlOf('digests', digests),
    state: state === undefined ? undefined : urlOf('state', state),
    graceMs: graceMinutes * 60_000,
    at: time,
  };
}

function urlOf(name: string, value: unknown): S3Url {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(String(value)) ?? [];
  if (bucket === undefined) throw fault(name, 's3://<bucket>/<prefix>', value);
  return { bucket, key };
}

const fault = (name: string, expected: string, found: unknown): ConfigError =>
  new ConfigError(`"${name}" of the event is ${JSON.stringify(found) ?? 'not there'}: expected ${expected}.`);
