/**
 * Macie findings: EventBridge → SQS → OpenSearch and Splunk.
 * In: EventBridge's envelope, or findings alone as the API gives them, also in `{"findings":[…]}`.
 * Out: how much sensitive data of which kind there is, and where to ask for more. The places that Macie found it at are left
 * out everywhere, since paths and column names in them are data themselves.
 * https://docs.aws.amazon.com/macie/latest/user/findings-publish-event-schemas.html
 * https://docs.aws.amazon.com/macie/latest/user/findings-locate-sd-schema.html
 */

import { json } from '../../shared/decode/json.ts';
import { type Assets, refreshing } from '../../shared/enrich/assets.ts';
import type { Geo } from '../../shared/enrich/geo.ts';
import { joined } from '../../shared/enrich/joined.ts';
import { DecodeError } from '../../shared/errors.ts';
import { findingUid, type Way } from '../../shared/finding/identity.ts';
import { point } from '../../shared/finding/point.ts';
import { sentAt, stateAt } from '../../shared/finding/state.ts';
import { findingIn, textOrEmpty } from '../../shared/finding/values.ts';
import type { Bytes, Facts, SinkName, Source } from '../../shared/model.ts';
import { streamOf } from '../../shared/sources.ts';
import { severityNamed } from '../../shared/table/severity.ts';
import { bytesOf } from '../../shared/text/bytes.ts';
import {
  type Casts,
  compile,
  epochMs,
  type Field,
  find,
  isObject,
  type Json,
  type JsonObject,
  numberOf,
  override,
  parse,
} from '../../shared/transform/objects/compile.ts';
import { ASSETS, FIELDS, KINDS, NAMED, PLACE } from './fields.ts';

export interface MacieOptions {
  readonly geo: Pick<Geo, 'of'>;
  readonly assets?: Assets | undefined;
  readonly route: readonly SinkName[];
  /** Rows that add to or replace the field map's. */
  readonly fields?: readonly Field[];
}

const DETAIL_TYPE = 'Macie Finding';

const CASTS: Casts = {
  asn: (value) => {
    const n = numberOf(value);
    return n !== undefined && Number.isSafeInteger(n) && n > 0 ? n : undefined; // "-1" in samples
  },
  point,
  severity: severityNamed,
};

/** Throws ConfigError for a row of `fields` that can't be compiled. */
export function macie({ geo, assets, route, fields = [] }: MacieOptions): Source<Bytes> {
  const toDocument = compile(override(FIELDS, fields), CASTS);
  return {
    ...streamOf('macie'),
    decode: refreshing(assets, json({ member: 'findings' })),
    write(record, _from, doc, facts) {
      const event = parse(record);
      const finding = withoutPlaces(findingOf(event)) as JsonObject;
      tell(finding, sentAt(event), facts);
      const way: Way = event['detail-type'] === undefined ? 'api' : 'eventbridge';
      const { time, account } = facts;
      const derived = { ...derive(finding, geo), time, uid: facts.current, way, via: event.account };
      const names = ASSETS.map((path) => find(finding, path));
      const source = find(finding, 'policyDetails.actor.ipAddressDetails.ipAddressV4');
      doc.json(
        toDocument({ ...finding, derived: { ...derived, joined: joined(assets, { names, time, account, source }) } }),
      );
      return true;
    },
    raw: redacted,
    route: () => route,
  };
}

/** The finding in an envelope or alone. */
function findingOf(event: JsonObject): JsonObject {
  const finding = findingIn(event, DETAIL_TYPE);
  if (finding === event && !KINDS.has(finding.category) && !isObject(finding.resourcesAffected)) {
    throw new DecodeError('this is not a finding of Macie', { expected: 'its category or resourcesAffected' });
  }
  return finding;
}

const PLACES = 'occurrences';

function withoutPlaces(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (!isObject(value)) return value;
  const fields = Object.entries(value).filter(([name]) => name !== PLACES);
  return Object.fromEntries(fields.map(([name, inner]) => [name, withoutPlaces(inner)]));
}

/** The record without the places. */
function redacted(record: Bytes): Bytes {
  const { bytes, start, end } = record;
  if (!Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).includes(PLACES)) return record;
  try {
    return bytesOf(JSON.stringify(withoutPlaces(parse(record))));
  } catch {
    return record; // no JSON: it was refused, and is for whoever looks into the quarantine
  }
}

function tell(finding: JsonObject, sent: number | undefined, facts: Facts): void {
  const id = textOrEmpty(finding.id);
  const time = epochMs(finding.updatedAt) ?? sent;
  if (id === '') throw new DecodeError('the finding has no id', { field: 'id' });
  if (time === undefined) throw new DecodeError('updatedAt of the finding is not a date', { field: 'updatedAt' });
  const uid = findingUid('macie', id);
  facts.workflow = finding.archived === true ? 'archived' : 'new';
  const state = stateAt({ updated: time, workflow: facts.workflow, sent });
  facts.id = `${uid}@${state.id}`;
  facts.current = uid;
  facts.time = time;
  facts.version = state.version;
  facts.severity = severityNamed(find(finding, 'severity.description'));
  facts.account = textOrEmpty(finding.accountId);
  facts.region = textOrEmpty(finding.region);
  facts.product = 'macie';
}

/** What rows can't say. */
function derive(finding: JsonObject, geo: MacieOptions['geo']): object {
  const [category, ...types] = KINDS.get(finding.category) ?? ['configuration', 'info'];
  const identities = find(finding, 'policyDetails.actor.userIdentity');
  return {
    categories: [category],
    types,
    source: sourceOf(find(finding, 'policyDetails.actor.ipAddressDetails'), geo),
    actor: isObject(identities) ? Object.values(identities).find(isObject)?.arn : undefined, // the one that is not null
    file: textOrEmpty(find(finding, 'resourcesAffected.s3Object.key')).split('/').at(-1),
    count: countOf(find(finding, 'classificationDetails.result')),
    other: otherOf(finding),
  };
}

const toPlace = compile(PLACE, CASTS);

/** Our own database places an address; where it can't, Macie's word counts. */
function sourceOf(details: unknown, geo: MacieOptions['geo']): object {
  const ip = textOrEmpty(find(details, 'ipAddressV4'));
  return { ip, ...toPlace(details), ...geo.of(ip) };
}

/** Occurrences of sensitive data in the object, by managed and by custom identifiers. */
function countOf(result: unknown): number | undefined {
  const kinds = find(result, 'sensitiveData');
  const counts = [...(Array.isArray(kinds) ? kinds : []), find(result, 'customDataIdentifiers')]
    .map((kind) => numberOf(find(kind, 'totalCount')))
    .filter((count) => count !== undefined);
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
}

/** Fields that no row names: what AWS has added since. */
function otherOf(finding: JsonObject): object | undefined {
  const fields = Object.entries(finding).filter(([name]) => !NAMED.has(name));
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}
