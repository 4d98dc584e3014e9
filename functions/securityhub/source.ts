/**
 * Security Hub: EventBridge → SQS, what GetFindings tells, and files of Prowler in S3 → OpenSearch and Splunk.
 * In: findings of Security Hub CSPM (ASFF) and of the new Security Hub (OCSF), in EventBridge's envelopes or alone; what
 * somebody did with a finding ("Custom Action"), which is an event of its own; results of an insight, which are no finding.
 * A state that a native source delivers too is a copy: `natives`. What people did with it arrives here alone: that is not a copy.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-types.html
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-v2-cwe-event-types.html
 */
import { type Assets, refreshing } from '../../shared/enrich/assets.ts';
import { type About, joined } from '../../shared/enrich/joined.ts';
import { DecodeError } from '../../shared/errors.ts';
import type { Way } from '../../shared/finding/identity.ts';
import type { Locate } from '../../shared/finding/values.ts';
import type { Facts, SinkName, Source } from '../../shared/model.ts';
import { streamOf } from '../../shared/sources.ts';
import { normalizedOf, severityNamed } from '../../shared/table/severity.ts';
import {
  type Casts,
  compile,
  epochMs,
  type Field,
  find,
  type JsonObject,
  override,
  parse,
  spelled,
} from '../../shared/transform/objects/compile.ts';
import { asff, isAsff } from './asff.ts';
import { ASFF_FIELDS, INSIGHT_FIELDS, OCSF_FIELDS } from './fields.ts';
import { INSIGHT, insight } from './insight.ts';
import { inNewOcsf, isOcsf, ocsf } from './ocsf.ts';
import { ASKED, type Envelope, type Found, findings, GONE, withRaw } from './records.ts';
import { type FindingSummary, iso, outcomeOf, stateOf, uidOf } from './summary.ts';

export interface SecurityhubOptions {
  readonly geo: Locate;
  readonly assets?: Assets | undefined;
  readonly route: readonly SinkName[];
  /** Rows that add to or replace those of all field maps; paths of either format. */
  readonly fields?: readonly Field[];
  /** Products whose findings a source of their own delivers: `guardduty`, `inspector`, `macie`. */
  readonly natives?: readonly string[];
}

const ACTION = 'Security Hub Findings - Custom Action';
const TYPES: ReadonlySet<string> = new Set([
  'Security Hub Findings - Imported',
  'Findings Imported V2',
  ACTION,
  INSIGHT,
  ASKED,
  GONE,
]);
/** Detail-types of findings that Bongsu itself asked for: AWS sent no event, so none orders their states. */
const WAYS: ReadonlyMap<string, Way> = new Map([
  [ASKED, 'api'],
  [GONE, 'absence'],
]);

const CASTS: Casts = {
  classification: (vector) => (typeof vector === 'string' && vector !== '' ? 'CVSS' : undefined),
  enumeration: (id) => (typeof id === 'string' && id.startsWith('CVE-') ? 'CVE' : undefined),
  mac: (value) =>
    typeof value === 'string' && /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(value)
      ? value.toUpperCase().replaceAll(':', '-')
      : undefined,
  severity: severityNamed,
  sha256: (value) => (typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value) ? value.toLowerCase() : undefined),
  yes: (value) => (typeof value === 'boolean' ? (value ? 'YES' : 'NO') : undefined),
};

/** Throws ConfigError for a row of `fields` that can't be compiled. */
export function securityhub({ geo, assets, route, fields = [], natives = [] }: SecurityhubOptions): Source<Found> {
  const unarchived = route.filter((name) => name !== 'archive');
  const toInsight = compile(override(INSIGHT_FIELDS, fields), CASTS);
  const formats = [
    { is: isAsff, read: asff, toDocument: compile(override(ASFF_FIELDS, fields), CASTS), sourcetype: '' },
    { is: isOcsf, read: ocsf, toDocument: compile(override(OCSF_FIELDS, fields), CASTS), sourcetype: OCSF_TYPE },
  ];

  function insightOf(event: JsonObject, envelope: Envelope, facts: Facts): object {
    const { detail, derived } = insight(event);
    const { account, region, id, action } = envelope;
    facts.time = timeOf(envelope);
    facts.id = `insight@${id}`;
    facts.account = account;
    facts.region = region;
    facts.product = 'securityhub';
    facts.sourcetype = INSIGHT_TYPE;
    const join = joined(assets, { names: [], time: facts.time, account });
    return toInsight({
      ...detail,
      derived: { ...derived, time: iso(facts.time), account, region, id, action, joined: join },
    });
  }

  function findingOf(finding: JsonObject, envelope: Envelope | undefined, facts: Facts): object {
    const format = formats.find(({ is }) => is(finding));
    if (format === undefined) throw unknownFormat(finding);
    const sent = sentAt(envelope);
    const summary = format.read(finding, geo, WAYS.has(envelope?.type ?? '') ? undefined : sent);
    const isCopy = summary.product.isAws && natives.includes(summary.product.name) && !summary.isWorkedOn;
    facts.sourcetype = format.sourcetype;
    if (envelope?.type === ACTION) actionFacts(summary, envelope, facts);
    else stateFacts(summary, { sent, isCopy }, facts);
    facts.severity = summary.severity;
    facts.outcome = outcomeOf(summary);
    facts.account = summary.account;
    facts.region = summary.region;
    facts.product = summary.product.name.toLowerCase();
    facts.workflow = summary.workflow;
    return format.toDocument({
      ...finding,
      derived: { ...derivedOf(summary, envelope, facts), ...wayOf(envelope), joined: joined(assets, aboutOf(summary)) },
    });
  }

  return {
    ...streamOf('securityhub'),
    decode: refreshing(assets, findings),
    write(record, _from, doc, facts) {
      const { envelope } = record;
      try {
        if (envelope !== undefined && !TYPES.has(envelope.type)) {
          throw new DecodeError(`unexpected detail-type ${JSON.stringify(envelope.type)}`);
        }
        const value = parse(record);
        if (envelope?.type === INSIGHT) doc.json(insightOf(value, envelope, facts));
        else doc.json(findingOf(inNewOcsf(value), envelope, facts));
      } catch (error) {
        throw envelope === undefined ? error : withRaw(error, envelope.event);
      }
      facts.archived = isArchivedElsewhere(record);
      return true;
    },
    // What somebody did is in the event alone.
    raw: (record) => (record.envelope?.type === ACTION ? record.envelope.event : record),
    event: ({ envelope, ...record }) => envelope?.whole.event ?? record,
    route: ({ archived }) => (archived ? unarchived : route),
  };
}

/** OCSF 1.0 has classes that later versions read otherwise: which one it was helps whoever looks into the quarantine. */
function unknownFormat(finding: JsonObject): DecodeError {
  const { class_uid: uid, class_name: name } = finding;
  if (uid === undefined) return new DecodeError('this is a finding neither in ASFF nor in OCSF');
  const version = spelled(find(finding, 'metadata.version')) || 'unknown';
  return new DecodeError(`OCSF ${version} class ${spelled(uid)} (${spelled(name)}) is not read`, {
    field: 'class_uid',
  });
}

const aboutOf = ({ resources, updated, account, derived }: FindingSummary): About => ({
  names: resources.flatMap(({ id, arn }) => [arn, id]),
  time: updated,
  account,
  source: find(derived, 'source.ip'),
  destination: find(derived, 'destination.ip'),
});

// Splunk's add-on parses ASFF: what looks otherwise must not go by the same name.
const OCSF_TYPE = 'aws:securityhub:ocsf';
const ACTION_TYPE = 'aws:securityhub:action';
const INSIGHT_TYPE = 'aws:securityhub:insight';

/** Throws DecodeError. */
function timeOf({ time }: Envelope): number {
  const ms = epochMs(time);
  if (ms === undefined) throw new DecodeError('the time of the event is not a date', { field: 'time' });
  return ms;
}

/** When the event was sent, or Security Hub asked, epoch milliseconds. */
const sentAt = (envelope: Envelope | undefined): number | undefined =>
  envelope === undefined ? undefined : epochMs(envelope.time);

interface Arrival {
  readonly sent: number | undefined;
  readonly isCopy: boolean;
}

function stateFacts(summary: FindingSummary, { sent, isCopy }: Arrival, facts: Facts): void {
  const { id, version } = stateOf(summary, sent);
  facts.id = isCopy ? `${id}/securityhub` : id;
  facts.copy = isCopy;
  facts.current = uidOf(summary);
  facts.time = summary.updated;
  facts.version = version;
}

/** No state of the finding: it happened when the event did, as often as somebody does it. */
function actionFacts(summary: FindingSummary, envelope: Envelope, facts: Facts): void {
  facts.id = `${stateOf(summary, undefined).id}/action/${envelope.id}`;
  facts.about = uidOf(summary);
  facts.time = timeOf(envelope);
  facts.sourcetype = ACTION_TYPE;
}

/** A check that passed is how things stand, nothing to act on. */
function kindOf({ status }: FindingSummary, facts: Facts): string {
  if (facts.current === '') return 'event';
  return status === 'PASSED' ? 'state' : 'alert';
}

/** The archive has each event once, with the first of its findings that could be read. */
function isArchivedElsewhere(record: Found): boolean {
  if (record.envelope === undefined) return false;
  const { whole } = record.envelope;
  whole.with ??= record;
  return whole.with !== record;
}

function wayOf(envelope: Envelope | undefined): { readonly way: Way; readonly via?: string | undefined } {
  if (envelope === undefined) return { way: 's3' };
  return { way: WAYS.get(envelope.type) ?? 'securityhub', via: envelope.account };
}

/** What rows find as `derived.*`. */
function derivedOf(summary: FindingSummary, envelope: Envelope | undefined, facts: Facts): object {
  const { severity, derived } = summary;
  const isVulnerability = 'vulnerability' in derived && derived.vulnerability !== undefined;
  return {
    ...summary,
    ...derived,
    id: facts.current === '' ? envelope?.id : summary.id,
    uid: uidOf(summary),
    action: envelope?.action,
    time: iso(facts.time),
    kind: kindOf(summary, facts),
    outcome: outcomeOf(summary),
    severity: severity === undefined ? undefined : { label: severity, value: normalizedOf(severity) },
    ruleset: summary.standards.names.length === 1 ? summary.standards.names[0] : undefined,
    framework: summary.tactics.length > 0 ? 'MITRE ATT&CK' : undefined,
    resource: summary.resources[0],
    instance: summary.resources.find(({ type }) => type === 'AwsEc2Instance')?.id,
    ...(isVulnerability && { vulnerability_severity: severity, vulnerability_scanner: summary.product.vendor }),
  };
}
