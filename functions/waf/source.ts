/**
 * AWS WAF logs in S3: S3 → SQS → OpenSearch, and what a rule saw (facts.detected) to Splunk. A record is a request: one JSON
 * object a line, or one behind the other.
 * Values of headers that nobody may see are neither in documents nor in what Splunk gets. Of bytes that are no record the
 * quarantine keeps what stands around them. In paths, query strings and bodies there may be secrets that nobody knows as such.
 * The id is the place in the object. A request's own id won't do: behind a load balancer it is the client's X-Amzn-Trace-Id,
 * and whoever sends one twice could make the second request look like the first one delivered again.
 * https://docs.aws.amazon.com/waf/latest/developerguide/logging-s3.html
 */

import { json } from '../../shared/decode/json.ts';
import { ABSENT, LIST } from '../../shared/decode/jsonfields.ts';
import { type Assets, refreshing } from '../../shared/enrich/assets.ts';
import { finder } from '../../shared/enrich/finder.ts';
import type { Geo } from '../../shared/enrich/geo.ts';
import { DecodeError } from '../../shared/errors.ts';
import type { Bytes, Decoder, Patch, SinkName, Source } from '../../shared/model.ts';
import { streamOf } from '../../shared/sources.ts';
import { bytesOf } from '../../shared/text/bytes.ts';
import { accountJsonCasts, accountRows } from '../../shared/transform/accounts.ts';
import { asAsset, jsonCasts, withAsset } from '../../shared/transform/bytes/casts.ts';
import { compile, type FieldMap } from '../../shared/transform/bytes/compile.ts';
import type { Emit } from '../../shared/transform/bytes/write.ts';
import { trimmed as bounded } from '../../shared/transform/flat.ts';
import { isObject, type Json, type JsonObject, parse } from '../../shared/transform/objects/compile.ts';
import type { Field } from '../../shared/transform/rows.ts';
import { override } from '../../shared/transform/rows.ts';
import { FIELDS } from './fields.ts';
import { PROTECTED, protector } from './protected.ts';
import { deriver, HEADERS, Headers, REQUEST, requestCasts } from './request.ts';
import { type Context, NESTED, RULES, Rules, ruleCasts } from './rules.ts';
import { type Secrets, secrets, showing } from './secrets.ts';

export interface WafOptions {
  readonly geo: Pick<Geo, 'rendered'>;
  readonly assets?: Assets | undefined;
  readonly route: readonly SinkName[];
  /** Rows that add to or replace the field map's. */
  readonly fields?: readonly Field[];
  /** Names of headers whose values nobody may see. */
  readonly redact?: readonly string[];
}

const ASSET_ROWS: readonly Field[] = [...accountRows('derived.acl.account'), ['asset', [], 'asset']];
const ASSETS = ['derived.ip', 'derived.acl.account', ...PROTECTED];

export const SECRET_HEADERS: readonly string[] = ['authorization', 'cookie'];

/** A record without any of them is of another kind. */
const SIGNS: readonly string[] = [
  'webaclId',
  'action',
  'httpRequest.clientIp',
  'httpRequest.headers',
  'httpRequest.uri',
  'httpRequest.httpMethod',
  'httpRequest.requestId',
];

/** Throws ConfigError for rows of `fields` that can't be. */
export function waf({ geo, assets, route, fields: rows = [], redact = SECRET_HEADERS }: WafOptions): Source<Bytes> {
  const hidden = secrets(redact);
  const show = showing(hidden);
  const headers = new Headers(hidden.names);
  const rules = new Rules(hidden);
  const all = override(FIELDS, assets === undefined ? rows : [...ASSET_ROWS, ...rows]);
  const requests = requestCasts(headers, geo);
  const casts: Readonly<Record<string, Emit<Context>>> = {
    ...jsonCasts(geo),
    ...requests,
    ...ruleCasts(rules),
    ...(assets && {
      ...accountJsonCasts(assets),
      source: withAsset(requests.source, (time) => find?.address(ip, undefined, account, time)),
      asset: asAsset((time) => protectedBy?.(time)),
    }),
  };
  const paths = [...REQUEST, ...RULES, ...ASSETS, ...SIGNS];
  const map: FieldMap<Context> = compile(all, { casts, paths, lists: { [HEADERS]: headers, ...rules.each } });
  const { fields } = map;
  const [ip, account] = ASSETS.map(map.indexOf);
  const find = assets && finder(assets, fields);
  const protectedBy = find && protector(map, find);
  headers.bind(map, [...paths, ...all.flatMap(([, names]) => names ?? [])]);
  rules.bind(map);
  const derive = deriver(map);
  const signs = SIGNS.map(map.indexOf);
  const isFlat = flatness(map);

  /** Looks at what was found. False: some part is not in the shape that AWS gives it, so that a secret may stand anywhere. */
  function look(): boolean {
    const isRequest = headers.read();
    return rules.read(headers.hasSecret || headers.count === 0) && isRequest && isFlat();
  }

  return {
    ...streamOf('waf'),
    decode: refreshing(assets, scrubbing(json({ probe: (from) => fields.probe(from) }), hidden)),
    write(record, _from, doc, facts) {
      fields.find(record);
      if (signs.every((each) => fields.kinds[each] === ABSENT))
        throw new DecodeError('not a WAF log', { expected: SIGNS });
      if (look()) {
        facts.patches = patchesOf(headers, rules);
      } else {
        const clean = hidden.redact(parse(record), true) as JsonObject;
        facts.patches = [{ start: record.start, end: record.end, json: JSON.stringify(clean) }];
        fields.find(bytesOf(JSON.stringify(trimmed(clean))));
        look();
      }
      derive();
      facts.outcome = rules.verdict.is;
      facts.detected = rules.verdict.isDetected;
      facts.time = Number.NaN;
      map.write(doc, facts, rules);
      if (!(facts.time >= 0)) throw new DecodeError('timestamp is no time', { field: 'timestamp' });
      return true;
    },
    raw: (record, { patches }) => show(record, patches),
    route: () => route,
  };
}

/** Whether there is nothing in the record with something in it, but where AWS has it. */
function flatness({ fields, indexOf }: FieldMap): () => boolean {
  const nested = [HEADERS, ...NESTED].map(indexOf);
  const { kinds, others } = fields;
  const scalars = [...kinds.keys()].filter((each) => !nested.includes(each));
  return () => {
    for (let i = 0; i < others.length; i++) if (isOpening(fields.bytes[others[i].start])) return false;
    for (let i = 0; i < scalars.length; i++) if (kinds[scalars[i]] >= LIST) return false;
    return true;
  };
}

const isOpening = (c: number): boolean => c === 123 || c === 91; // { [

/** Parts of the record that hold what nobody may see, in their order. */
function patchesOf(headers: Headers, rules: Rules): readonly Patch[] {
  if (rules.patches.length === 0) return headers.patches;
  return [...headers.patches, ...rules.patches].sort((a, b) => a.start - b.start);
}

/** The same as flat_object fields take it: without nulls, with long strings cut. */
function trimmed(record: JsonObject): JsonObject {
  const trim = ([name, value]: readonly [string, Json]): readonly [string, Json] => {
    if (name === 'httpRequest' && isObject(value)) return [name, trimmed(value)];
    return [name, typeof value === 'string' ? value : (bounded(value) ?? null)];
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
