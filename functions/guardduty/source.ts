/**
 * GuardDuty findings: EventBridge or S3 export → SQS → OpenSearch and Splunk.
 * In: the EventBridge envelope, also of what GuardDuty says of its own work (scan results), or a finding alone as S3 exports have it (EventBridge's spelling) and as the API gives it
 * (the same with capital first letters), also in `{"Findings":[…]}`.
 * A finding comes again whenever it is updated: each state is kept by its id and time, the newest by its id alone, whichever
 * way they came.
 * https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html
 * https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_exportfindings.html
 */
import { isIP } from 'node:net';
import { json } from '../../shared/decode/json.ts';
import { type Assets, refreshing } from '../../shared/enrich/assets.ts';
import type { Geo } from '../../shared/enrich/geo.ts';
import { type About, joined } from '../../shared/enrich/joined.ts';
import { DecodeError } from '../../shared/errors.ts';
import { findingUid, type Way } from '../../shared/finding/identity.ts';
import { point } from '../../shared/finding/point.ts';
import { sentAt, stateAt } from '../../shared/finding/state.ts';
import { findingIn, listOf, textOrEmpty } from '../../shared/finding/values.ts';
import type { Bytes, Facts, Severity, SinkName, Source } from '../../shared/model.ts';
import { streamOf } from '../../shared/sources.ts';
import { severityOf } from '../../shared/table/severity.ts';
import { type Tactic, tacticNamed } from '../../shared/table/tactics.ts';
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
  spelled,
} from '../../shared/transform/objects/compile.ts';
import {
  ACTIONS,
  ASSETS,
  CALL_ACTIONS,
  DETAILS,
  EVENT_FIELDS,
  FIELDS,
  KEYED_BY_DATA,
  NAMED,
  NETWORK_ACTIONS,
  PLACE,
  RESPELLED,
} from './fields.ts';

export interface GuarddutyOptions {
  readonly geo: Pick<Geo, 'of'>;
  readonly assets?: Assets | undefined;
  readonly route: readonly SinkName[];
  /** Rows that add to or replace the field map's. */
  readonly fields?: readonly Field[];
}

const DETAIL_TYPE = 'GuardDuty Finding';

/** What GuardDuty says of its own work: results of malware scans, the state of agents and of protection plans. */
const EVENT_TYPE = /^GuardDuty (?!Finding$)/;

const CASTS: Casts = {
  domain: (value) => (typeof value === 'string' ? value.toLowerCase().replace(/\.$/, '') || undefined : undefined),
  point,
  severity: labelOf,
  sha256: (value) => (typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value) ? value.toLowerCase() : undefined),
};

/** A finding without a severity is delivered too. */
function labelOf(severity: unknown): Severity | undefined {
  const score = numberOf(severity);
  return score === undefined ? undefined : severityOf(score);
}

/** Throws ConfigError for a row of `fields` that can't be compiled. */
export function guardduty({ geo, assets, route, fields = [] }: GuarddutyOptions): Source<Bytes> {
  const toDocument = compile(override(FIELDS, fields), CASTS);
  const toEvent = compile(override(EVENT_FIELDS, fields), CASTS);
  return {
    ...streamOf('guardduty'),
    decode: refreshing(assets, json({ member: 'Findings' })),
    write(record, _from, doc, facts) {
      const event = parse(record);
      if (EVENT_TYPE.test(spelled(event['detail-type']))) {
        const made = eventOf(event, facts);
        const { time, account } = facts;
        const names = [find(made, 'derived.bucket'), ...listOf(event.resources)];
        doc.json(toEvent({ ...made, derived: { ...made.derived, joined: joined(assets, { names, time, account }) } }));
        return true;
      }
      const finding = findingOf(event);
      const { id, updatedAt } = finding;
      const sent = sentAt(event);
      const time = epochMs(updatedAt) ?? sent;
      if (typeof id !== 'string' || id === '') throw new DecodeError('the finding has no id', { field: 'id' });
      if (time === undefined) throw new DecodeError('updatedAt of the finding is not a date', { field: 'updatedAt' });
      const uid = findingUid('guardduty', id);
      facts.workflow = find(finding, 'service.archived') === true ? 'archived' : 'new';
      const state = stateAt({ updated: time, workflow: facts.workflow, sent });
      facts.id = `${uid}@${state.id}`; // one spelling of the time, whichever way the finding came
      facts.current = uid;
      facts.time = time;
      facts.version = state.version;
      facts.severity = labelOf(finding.severity);
      facts.outcome = undefined;
      facts.account = textOrEmpty(finding.accountId);
      facts.region = textOrEmpty(finding.region);
      facts.product = 'guardduty';
      const derived = { ...derive(finding, geo), time, uid, way: wayOf(event), via: event.account };
      const join = joined(assets, aboutOf(finding, derived, facts));
      doc.json(toDocument({ ...finding, derived: { ...derived, joined: join } }));
      return true;
    },
    raw: (record) => record,
    route: () => route,
  };
}

/** Fills the facts of an event that reports no finding; gives its detail with `derived`. Throws DecodeError. */
function eventOf(event: JsonObject, facts: Facts): { readonly derived: object } {
  const { detail, resources } = event;
  const [id, type, time] = [textOrEmpty(event.id), textOrEmpty(event['detail-type']), sentAt(event)];
  if (!isObject(detail)) throw new DecodeError('the event has no detail', { field: 'detail' });
  if (id === '') throw new DecodeError('the event has no id', { field: 'id' });
  if (time === undefined) throw new DecodeError('time of the event is not a date', { field: 'time' });
  facts.id = id;
  facts.time = time;
  facts.account = textOrEmpty(event.account);
  facts.region = textOrEmpty(event.region);
  facts.product = 'guardduty';
  const { account, region } = facts;
  const result = find(detail, 'scanResultDetails.scanResultStatus');
  const isThreat = result === 'THREATS_FOUND';
  const bucket = textOrEmpty(find(detail, 's3ObjectDetails.bucketName'));
  const file = textOrEmpty(find(detail, 's3ObjectDetails.objectKey'));
  return {
    ...detail,
    derived: {
      ...{ id, type, time, account, region, resources, detail },
      kind: isThreat ? 'alert' : 'event',
      categories: [/Malware/.test(type) ? 'malware' : 'host'],
      bucket: bucket && `arn:aws:s3:::${bucket}`,
      file: file.split('/').at(-1),
      message: [type, result, bucket && `s3://${bucket}/${file}`].filter((part) => spelled(part) !== '').join(': '),
      ...wayOfEvent(event),
    },
  };
}

const wayOfEvent = ({ account }: JsonObject): object => ({ way: 'eventbridge', via: account });

/** In an envelope, in the API's spelling, or as exports to S3 have it. */
function wayOf(event: JsonObject): Way {
  if (event['detail-type'] !== undefined) return 'eventbridge';
  return isOfApi(event) ? 'api' : 's3';
}

const isOfApi = (finding: JsonObject): boolean => Object.keys(finding).some((key) => /^[A-Z]/.test(key));

/** The finding in an envelope or alone, in EventBridge's spelling. */
function findingOf(value: JsonObject): JsonObject {
  const finding = findingIn(value, DETAIL_TYPE);
  const spelled = isOfApi(finding) ? (respell(finding) as JsonObject) : finding;
  if (finding === value && SIGNS.filter((is) => is(spelled)).length < 2) {
    throw new DecodeError('this is not a finding of GuardDuty', {
      expected: 'schemaVersion 2.0, arn, type, service, resource',
    });
  }
  return spelled;
}

/** By what a finding alone is known: those of other products have an id and a date, and some one of these. */
const SIGNS: readonly ((finding: JsonObject) => boolean)[] = [
  ({ schemaVersion }) => schemaVersion === '2.0',
  ({ arn }) => /^arn:[^:]+:guardduty:/.test(spelled(arn)),
  ({ type }) => typeOf(type) !== undefined,
  ({ service }) => isObject(service),
  ({ resource }) => isObject(resource),
];

/** The API's spelling → EventBridge's. `free`: levels of keys left that are data. */
function respell(value: Json, parent = '', free = 0): Json {
  if (Array.isArray(value)) return value.map((element) => respell(element, parent, free));
  if (!isObject(value)) return value;
  const fields = Object.entries(value).map(([key, inner]) => {
    if (free > 0) return [key, respell(inner, key, free - 1)] as const;
    const name = RESPELLED.get(`${parent}.${key}`) ?? key.slice(0, 1).toLowerCase() + key.slice(1);
    return [name, respell(inner, name, KEYED_BY_DATA.get(name) ?? 0)] as const;
  });
  return Object.fromEntries(fields);
}

/** When it was seen last, not when GuardDuty said so: an address may have moved on since. */
function aboutOf(finding: JsonObject, ends: Ends, { time, account }: Facts): About {
  const [source, destination] = [find(ends.source, 'ip'), find(ends.destination, 'ip')];
  const principal = find(finding, 'resource.accessKeyDetails.principalId');
  return {
    names: [...ASSETS.map((path) => find(finding, path)), spelled(principal).split(':')[0]],
    time: epochMs(find(finding, 'service.eventLastSeen')) ?? time,
    account,
    vpc: find(finding, 'resource.instanceDetails.networkInterfaces[].vpcId'),
    source,
    destination,
  };
}

/** What rows can't say. */
function derive(finding: JsonObject, geo: GuarddutyOptions['geo']): Ends & Readonly<Record<string, unknown>> {
  const type = typeOf(finding.type);
  const tactics = tacticsOf(finding, type?.purpose);
  return {
    type,
    tactics,
    framework: tactics.length > 0 ? 'MITRE ATT&CK' : undefined,
    sample: isSample(find(finding, 'service.additionalInfo')),
    other: otherOf(finding),
    ...kindOf(finding),
    ...endsOf(finding, geo),
  };
}

const TYPE = /^(?<purpose>[^:]+):(?<resource>[^/]+)\/(?<family>[^.!]+)(?:\.(?<mechanism>[^!]+))?(?:!(?<artifact>.+))?$/;

/**
 * `ThreatPurpose:Resource/Family.Mechanism!Artifact`, the last two optional.
 * https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-format.html
 */
const typeOf = (type: unknown): Record<string, string> | undefined => TYPE.exec(spelled(type))?.groups;

/** The type's purpose, where it is one, and those an attack sequence names: of these also ones not known here. */
function tacticsOf(finding: JsonObject, purpose = ''): readonly Tactic[] {
  const own = tacticNamed(purpose);
  const indicators = find(finding, 'service.detection.sequence.sequenceIndicators');
  const values = (Array.isArray(indicators) ? indicators : [])
    .filter((indicator) => find(indicator, 'key') === 'ATTACK_TACTIC')
    .flatMap((indicator) => find(indicator, 'values') ?? [])
    .filter((name) => typeof name === 'string');
  const named = values.map((name) => tacticNamed(name) ?? { name });
  return own === undefined ? named : [own, ...named];
}

/** Sample findings say so in additionalInfo: as a member (EventBridge) or in a JSON text (the API). */
function isSample(info: unknown): boolean {
  const value = find(info, 'value');
  return find(info, 'sample') === true || (typeof value === 'string' && /"sample"\s*:\s*true/.test(value));
}

/** Fields that no row names: what AWS has added since. */
function otherOf(finding: JsonObject): object | undefined {
  const fields = Object.entries(finding).filter(([name]) => !NAMED.has(name));
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

/** ECS's categories and types. */
function kindOf(finding: JsonObject): { categories: readonly string[]; types: readonly string[] } {
  const service = isObject(finding.service) ? finding.service : {};
  const kinds = [
    ACTIONS.get(find(service, 'action.actionType')),
    ...[...DETAILS].map(([name, kind]) => (isObject(service[name]) ? kind : undefined)),
  ].filter((kind) => kind !== undefined);
  const blocked = NETWORK_ACTIONS.map((name) => find(service, `action.${name}.blocked`)).find((is) => is !== undefined);
  const verdict = typeof blocked !== 'boolean' ? 'info' : blocked ? 'denied' : 'allowed';
  return {
    categories: ['intrusion_detection', ...kinds.map(([category]) => category)],
    types: [verdict, ...kinds.map(([, type]) => type)],
  };
}

interface Ends {
  readonly source?: object;
  readonly destination?: object;
}

/**
 * Who talked to whom. GuardDuty tells the remote end from the local one: of a connection its direction says which is the
 * source, or else the resource's role; a call always comes from the remote end. An attack sequence has neither.
 */
function endsOf(finding: JsonObject, geo: GuarddutyOptions['geo']): Ends {
  const action = find(finding, 'service.action');
  const network = NETWORK_ACTIONS.map((name) => find(action, name)).find(isObject);
  if (network === undefined) {
    const call = CALL_ACTIONS.map((name) => find(action, name)).find(isObject);
    return { source: { ...remoteOf(call, geo), domain: find(call, 'domainDetails.domain') } };
  }
  const probes = network.portProbeDetails;
  const details = Array.isArray(probes) ? probes[0] : network;
  const remote = remoteOf(details, geo);
  const local = {
    ip:
      addressOf(find(details, 'localIpDetails')) ??
      find(finding, 'resource.instanceDetails.networkInterfaces[].privateIpAddress'),
    port: find(details, 'localPortDetails.port'),
  };
  const isInbound = DIRECTIONS.get(network.connectionDirection) ?? isTarget(finding);
  return isInbound ? { source: remote, destination: local } : { source: local, destination: remote };
}

const DIRECTIONS: ReadonlyMap<unknown, boolean> = new Map([
  ['INBOUND', true],
  ['OUTBOUND', false],
]);

const isTarget = (finding: JsonObject): boolean =>
  find(finding, 'service.action.actionType') !== 'DNS_REQUEST' && find(finding, 'service.resourceRole') !== 'ACTOR';

const toPlace = compile(PLACE, CASTS);

/** Our own database places an address; where it can't, GuardDuty's word counts. */
function remoteOf(details: unknown, geo: GuarddutyOptions['geo']): object {
  const remote = find(details, 'remoteIpDetails');
  const ip = addressOf(remote);
  return {
    ip,
    port: find(details, 'remotePortDetails.port'),
    ...toPlace(remote),
    ...(ip === undefined ? undefined : geo.of(ip)),
  };
}

const addressOf = (details: unknown): string | undefined =>
  [find(details, 'ipAddressV4'), find(details, 'ipAddressV6')].find(
    (ip): ip is string => typeof ip === 'string' && isIP(ip) !== 0,
  );
