/**
 * Inspector: EventBridge → SQS → OpenSearch and Splunk.
 * In: findings in EventBridge's envelope or alone, as the API gives them, also in `{"findings":[…]}`; and what Inspector says
 * of its own work, "Inspector2 Coverage" and "Inspector2 Scan", which are events and no findings.
 * A finding comes again whenever it is updated: each state is kept by its id and time, the newest by its id alone.
 * https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html
 * https://docs.aws.amazon.com/inspector/v2/APIReference/API_ListFindings.html
 */

import { json } from '../../shared/decode/json.ts';
import { type Assets, refreshing } from '../../shared/enrich/assets.ts';
import { type Join, joined } from '../../shared/enrich/joined.ts';
import { DecodeError } from '../../shared/errors.ts';
import { findingUid, type Way } from '../../shared/finding/identity.ts';
import { sentAt, stateAt } from '../../shared/finding/state.ts';
import { type Derived, detailOf, findingIn, listOf, textOrEmpty, withJoin } from '../../shared/finding/values.ts';
import type { Bytes, Facts, SinkName, Source } from '../../shared/model.ts';
import { streamOf } from '../../shared/sources.ts';
import { severityNamed } from '../../shared/table/severity.ts';
import {
  type Casts,
  compile,
  epochMs,
  type Field,
  find,
  isObject,
  type Json,
  type JsonObject,
  override,
  parse,
  spelled,
} from '../../shared/transform/objects/compile.ts';
import { CATEGORIES, EVENT_FIELDS, FIELDS, NAMED } from './fields.ts';

export interface InspectorOptions {
  readonly assets?: Assets | undefined;
  readonly route: readonly SinkName[];
  /** Rows that add to or replace those of both field maps. */
  readonly fields?: readonly Field[];
}

const FINDING = 'Inspector2 Finding';

/** What other events are for ECS: something that happened, or how a resource stands. */
const EVENT_KINDS: ReadonlyMap<unknown, string> = new Map([
  ['Inspector2 Coverage', 'state'],
  ['Inspector2 Scan', 'event'],
]);

/** Splunk's add-on takes everything of the findings' sourcetype for vulnerabilities. */
const EVENT_SOURCETYPE = 'aws:inspector:v2:events';

const CASTS: Casts = {
  severity: severityNamed,
};

/** Throws ConfigError for a row of `fields` that can't be compiled. */
export function inspector({ assets, route, fields = [] }: InspectorOptions): Source<Bytes> {
  const findingDocument = compile(override(FIELDS, fields), CASTS);
  const eventDocument = compile(override(EVENT_FIELDS, fields), CASTS);
  return {
    ...streamOf('inspector'),
    decode: refreshing(assets, json({ member: 'findings' })),
    write(record, _from, doc, facts) {
      const event = parse(record);
      facts.product = 'inspector';
      const kind = EVENT_KINDS.get(event['detail-type']);
      const join = (names: readonly unknown[]): Join | undefined => {
        const { time, account } = facts;
        return joined(assets, { names, time, account });
      };
      if (kind !== undefined) {
        const made = eventOf(event, kind, facts);
        doc.json(eventDocument(withJoin(made, join(listOf(event.resources)))));
      } else {
        const made = findingOf(event, facts);
        doc.json(findingDocument(withJoin(made, join([find(made, 'resources[].id')]))));
      }
      return true;
    },
    raw: (record) => record,
    route: () => route,
  };
}

/** Fills the facts of a finding; gives it with `derived`, what rows can't say. */
function findingOf(event: JsonObject, facts: Facts): Derived {
  const finding = findingIn(event, FINDING);
  const arn = textOrEmpty(finding.findingArn);
  const sent = sentAt(event);
  const updated = epochMs(finding.updatedAt) ?? epochMs(finding.lastObservedAt) ?? sent;
  if (arn === '') throw new DecodeError('the finding has no ARN', { field: 'findingArn' });
  if (updated === undefined) throw new DecodeError('updatedAt of the finding is not a date', { field: 'updatedAt' });
  const time = updated - (updated % 1000); // events know no parts of a second: cut, a state has one id whichever way it came
  const uid = findingUid('inspector', arn);
  facts.workflow = WORKFLOWS.get(finding.status) ?? '';
  const state = stateAt({ updated: time, workflow: facts.workflow, sent });
  facts.id = `${uid}@${state.id}`;
  facts.current = uid;
  facts.time = time;
  facts.version = state.version;
  facts.severity = severityNamed(finding.severity);
  facts.account = textOrEmpty(finding.awsAccountId);
  facts.region = arn.split(':')[3] ?? ''; // that of the resource is "N/A" for an image
  const way: Way = finding === event ? 'api' : 'eventbridge';
  const { account, region } = facts;
  return { ...finding, derived: { ...derive(finding), uid, way, via: event.account, time, account, region } };
}

const WORKFLOWS: ReadonlyMap<unknown, string> = new Map([
  ['ACTIVE', 'new'],
  ['SUPPRESSED', 'suppressed'],
  ['CLOSED', 'resolved'],
]);

function derive(finding: JsonObject): object {
  const cvss = cvssOf(finding);
  return {
    categories: CATEGORIES.get(finding.type) ?? ['vulnerability'],
    provider: textOrEmpty(finding.provider).toLowerCase() || 'aws',
    cvss,
    classification: cvss === undefined ? undefined : 'CVSS',
    enumeration: enumerationOf(finding),
    package: only(find(finding, 'packageVulnerabilityDetails.vulnerablePackages')),
    port: portOf(find(finding, 'networkReachabilityDetails.openPortRange')),
    instance: idOf(finding, 'AWS_EC2_INSTANCE'),
    function: idOf(finding, 'AWS_LAMBDA_FUNCTION'),
    other: otherOf(finding),
  };
}

const only = (value: unknown): Json | undefined => (listOf(value).length === 1 ? listOf(value)[0] : undefined);

/** The score that Inspector started from, else the one of the newest version, else Inspector's own. */
function cvssOf(finding: JsonObject): { baseScore?: unknown; version?: unknown } | undefined {
  const scores = listOf(find(finding, 'packageVulnerabilityDetails.cvss')).filter(isObject);
  const adjusted = find(finding, 'inspectorScoreDetails.adjustedCvss');
  const own = scores.find(
    ({ source, version }) => source === find(adjusted, 'cvssSource') && version === find(adjusted, 'version'),
  );
  const newest = scores.toSorted((a, b) => textOrEmpty(a.version).localeCompare(textOrEmpty(b.version))).at(-1);
  const used = own ?? newest;
  if (used !== undefined) return used;
  return isObject(adjusted) ? { baseScore: adjusted.score, version: adjusted.version } : undefined;
}

function enumerationOf(finding: JsonObject): string | undefined {
  const id =
    find(finding, 'packageVulnerabilityDetails.vulnerabilityId') ?? find(finding, 'codeVulnerabilityDetails.cwes[]');
  return /^(CVE|CWE)-/.exec(textOrEmpty(id))?.[1];
}

/** The port, where it is one. */
const portOf = (range: unknown): unknown =>
  find(range, 'begin') === find(range, 'end') ? find(range, 'begin') : undefined;

const idOf = (finding: JsonObject, type: string): unknown =>
  listOf(finding.resources)
    .filter(isObject)
    .find((resource) => resource.type === type)?.id;

/** Fields that no row names: what AWS has added since. */
function otherOf(finding: JsonObject): object | undefined {
  const fields = Object.entries(finding).filter(([name]) => !NAMED.has(name));
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

/** Fills the facts of an event that is not a finding; gives its detail with `derived`. */
function eventOf(event: JsonObject, kind: string, facts: Facts): Derived {
  const detail = detailOf(event);
  const id = textOrEmpty(event.id);
  const time = epochMs(detail.eventTimestamp) ?? epochMs(event.time);
  if (id === '') throw new DecodeError('the event has no id', { field: 'id' });
  if (time === undefined) throw new DecodeError('time of the event is not a date', { field: 'time' });
  facts.id = id;
  facts.time = time;
  facts.sourcetype = EVENT_SOURCETYPE;
  facts.account = textOrEmpty(event.account);
  facts.region = textOrEmpty(event.region);
  const { 'detail-type': type, resources } = event;
  const { account, region } = facts;
  const instance = listOf(resources).find((resource) => /^i-[0-9a-f]+$/.test(textOrEmpty(resource)));
  const message = `${type}: ${listOf(resources).map(spelled).join(', ')}`;
  return {
    ...detail,
    derived: { id, kind, type, time, account, region, provider: 'aws', resources, instance, message, detail },
  };
}
