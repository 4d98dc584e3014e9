/**
 * AWS WAF logs in S3: S3 → SQS → OpenSearch, and what a rule saw (facts.detected) to Splunk. A record is a request: one JSON
 * object a line, or one behind the other.
 * Values of headers that nobody may see are neither in documents nor in what Splunk gets. Of bytes that are no record the
 * quarantine keeps what stands around them. In paths, query strings and bodies there may be secrets that nobody knows as such.
 * The id is the place in the object. A request's own id won't do: behind a load balancer it is the client's X-Amzn-Trace-Id,
 * and whoever sends one twice could make the second request look like the first one delivered again.
 * https://docs.aws.amazon.com/waf/latest/developerguide/logging-s3.html
 */
import type { Places } from '../../shared/enrich/places.ts';
import { DecodeError } from '../../shared/errors.ts';
import { override } from '../../shared/map/columns.ts';
import { flat, isObject, type Json, type JsonObject, parse } from '../../shared/map/json.ts';
import { memberCasts } from '../../shared/map/membercasts.ts';
import { compile, type Field } from '../../shared/map/members.ts';
import type { Bytes, Decoder, SinkName, Source } from '../../shared/model.ts';
import { json } from '../../shared/split/json.ts';
import { casts } from './casts.ts';
import { DERIVED, deriver } from './derived.ts';
import { FIELDS } from './fields.ts';
import { type Secrets, secrets } from './secrets.ts';
import { SEEN, Seen } from './seen.ts';
import { bytesOf, Shown } from './shown.ts';

export interface WafOptions {
  readonly places: Pick<Places, 'members'>;
  readonly route: readonly SinkName[];
  /** Rows that add to or replace the field map's. */
  readonly fields?: readonly Field[];
  /** Names of headers whose values nobody may see. */
  readonly redact?: readonly string[];
}

export const SECRET_HEADERS: readonly string[] = ['authorization', 'cookie'];

/** Throws ConfigError for rows of `fields` that can't be. */
export function waf({ places, route, fields = [], redact = SECRET_HEADERS }: WafOptions): Source<Bytes> {
  const hidden = secrets(redact);
  const shown = new Shown(hidden);
  const rows = override(FIELDS, fields);
  const paths = [...DERIVED, ...SEEN, ...rows.flatMap(([, names]) => names ?? [])];
  const seen = new Seen(hidden);
  const map = compile(rows, { ...memberCasts(places), ...casts(seen, places) }, [...DERIVED, ...SEEN], seen.each);
  const { members } = map;
  seen.bind(map, paths);
  const derive = deriver(map);
  return {
    name: 'waf',
    index: { name: 'aws-waf', period: 'day' },
    splunk: { sourcetype: 'aws:waf', format: 'json' },
    decode: scrubbing(json({ probe: (from) => members.probe(from) }), hidden),
    write(record, _from, doc, facts) {
      shown.forget();
      members.find(record);
      if (seen.read()) {
        shown.patch(seen.patches());
      } else {
        const clean = hidden.redact(parse(record), true) as JsonObject;
        shown.replace(clean);
        members.find(bytesOf(Buffer.from(JSON.stringify(trimmed(clean)))));
        seen.read();
      }
      derive();
      facts.outcome = seen.verdict.is;
      facts.detected = seen.verdict.isDetected;
      facts.time = Number.NaN;
      map.write(doc, facts);
      if (!(facts.time >= 0)) throw new DecodeError('timestamp is no time', { field: 'timestamp' });
      return true;
    },
    raw: (record) => shown.of(record),
    route: () => route,
  };
}

/** The same as flat_object fields take it: without nulls, with long strings cut. */
function trimmed(record: JsonObject): JsonObject {
  const trim = ([name, value]: readonly [string, Json]): readonly [string, Json] => {
    if (name === 'httpRequest' && isObject(value)) return [name, trimmed(value)];
    return [name, typeof value === 'string' ? value : (flat(value) ?? null)];
  };
  return Object.fromEntries(Object.entries(record).map(trim));
}

/** Of what can't be read as records, the quarantine may not see everything either. */
const scrubbing = (decode: Decoder<Bytes>, { scrub }: Secrets): Decoder<Bytes> =>
  async function* (chunks) {
    for await (const page of decode(chunks)) {
      yield {
        get seq() {
          return page.seq;
        },
        next() {
          try {
            return page.next();
          } catch (error) {
            if (!(error instanceof DecodeError) || error.raw === undefined) throw error;
            throw new DecodeError(error.message, error.fields, { raw: scrub(error.raw) });
          }
        },
      };
    }
  };
