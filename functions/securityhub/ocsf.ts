/**
 * What rows can't say of a finding in the Open Cybersecurity Schema Framework: those of the new Security Hub, and of Prowler.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-ocsf.html · https://schema.ocsf.io
 */
import { createHash } from 'node:crypto';
import { addressOf, firstOf, type Locate, listOf, othersOf, textOf, textsOf } from '../../shared/finding/values.ts';
import type { Severity } from '../../shared/model.ts';
import { severityNamed } from '../../shared/table/severity.ts';
import { type Tactic, tacticNamed } from '../../shared/table/tactics.ts';
import { compile, find, isObject, type Json, type JsonObject } from '../../shared/transform/objects/compile.ts';
import { isOcsfWorkedOn, ocsfEdits } from './edits.ts';
import { CLASSES, OCSF_NAMED, OCSF_PLACE, SEVERITIES, STATUSES, WORKFLOWS } from './fields.ts';
import { type Product, productOf } from './product.ts';
import { type Resource, resourceOf } from './resource.ts';
import { standardsIn } from './standard.ts';
import { type FindingSummary, identityOf } from './summary.ts';
import { type Kind, kindsOf, tacticsOf } from './taxonomy.ts';

/** Of the category "Findings"; any class, those to come too. */
export const isOcsf = ({ class_uid: uid, finding_info: info }: JsonObject): boolean =>
  typeof uid === 'number' && Math.floor(uid / 1000) === 2 && isObject(info);

/** Before OCSF 1.2 some classes had one `resource`. */
export function inNewOcsf(finding: JsonObject): JsonObject {
  const { resource, ...rest } = finding;
  if (finding.class_uid === undefined || !isObject(resource) || finding.resources !== undefined) return finding;
  return { ...rest, resources: [resource] };
}

const CLOSE = 3;

/** In: when its event was sent, for one whose date of update can't be read. Throws DecodeError where it has no id or no date. */
export function ocsf(finding: JsonObject, geo: Locate, sent?: number): FindingSummary {
  const { metadata, finding_info: info } = finding;
  const product = productOf({
    arn: find(metadata, 'product.uid'),
    names: [find(metadata, 'product.name')],
    companies: [find(metadata, 'product.vendor_name')],
  });
  const resources = resourcesOf(finding);
  const isClosed = finding.activity_id === CLOSE;
  // Epochs first: Prowler's dates have parts of a second that its epochs and its ASFF do not have.
  const updates = ['modified_time', 'modified_time_dt'].map((name) => find(info, name));
  const identity = identityOf('finding_info.uid', find(info, 'uid'), 'finding_info.modified_time', [
    ...updates,
    finding.time,
    finding.time_dt,
    sent,
  ]);
  return {
    ...identity,
    id: prowlerId(finding, product) ?? identity.id,
    product,
    severity: severityOf(finding),
    status: statusOf(finding),
    workflow: isClosed ? 'archived' : (WORKFLOWS.get(finding.status_id) ?? 'new'),
    noted: undefined, // a comment has no date
    edits: ocsfEdits(finding, product),
    isWorkedOn: isOcsfWorkedOn(finding),
    account: textOf(find(finding, 'cloud.account.uid')) ?? '',
    region: textOf(find(finding, 'cloud.region')) ?? textOf(find(finding, 'resources[].region')) ?? '',
    resources,
    tactics: [...tacticsOf(textsOf(find(info, 'types'))), ...attacksIn(info)],
    control: textOf(find(finding, 'compliance.control')) ?? textOf(find(metadata, 'event_code')),
    standards: standardsOf(finding),
    ...kindOf(finding),
    derived: {
      format: 'ocsf',
      record_state: isClosed ? 'ARCHIVED' : 'ACTIVE',
      vulnerability: firstOf(finding.vulnerabilities),
      requirements: requirementsOf(finding),
      other: othersOf(finding, OCSF_NAMED),
      source: endOf(find(finding, 'evidences[].src_endpoint'), geo),
      destination: endOf(find(finding, 'evidences[].dst_endpoint'), geo),
    },
  };
}

/**
 * Prowler gives a finding another id in OCSF than in ASFF, which it makes from the check, the account, the region and a hash
 * of the resource.
 * https://github.com/prowler-cloud/prowler/blob/master/prowler/lib/outputs/asff/asff.py
 */
function prowlerId(finding: JsonObject, { name }: Product): string | undefined {
  const parts = ['metadata.event_code', 'cloud.account.uid', 'cloud.region'].map((path) => textOf(find(finding, path)));
  const resource = textOf(find(finding, 'resources[].uid'));
  if (name !== 'Prowler' || resource === undefined || parts.includes(undefined)) return undefined;
  return `prowler-${parts.join('-')}-${createHash('sha512').update(resource).digest('hex').slice(0, 9)}`;
}

function severityOf(finding: JsonObject): Severity | undefined {
  const { severity, severity_id: id } = finding;
  return severityNamed(severity) ?? SEVERITIES.get(id) ?? severityNamed(find(finding, 'vendor_attributes.severity'));
}

/** Prowler's checks are detections, and say so elsewhere. */
function statusOf(finding: JsonObject): string | undefined {
  const status = textOf(find(finding, 'compliance.status')) ?? textOf(finding.status_code);
  return STATUSES.get(status?.toLowerCase());
}

const attacksIn = (info: unknown): readonly Tactic[] =>
  listOf(find(info, 'attacks')).flatMap((attack) => {
    const name = textOf(find(attack, 'tactic.name'));
    const id = textOf(find(attack, 'tactic.uid'));
    return name === undefined ? [] : [tacticNamed(name) ?? { name, ...(id !== undefined && { id }) }];
  });

const resourcesOf = (finding: JsonObject): readonly Resource[] =>
  listOf(finding.resources)
    .map((each) => resourceOf([find(each, 'uid_alt'), find(each, 'uid'), find(each, 'name')], find(each, 'type')))
    .filter((resource) => resource !== undefined);

/** `{"CIS-1.4":["1.20"]}` */
function prowlerStandards(finding: JsonObject): readonly (readonly [standard: string, requirements: Json])[] {
  const compliance = find(finding, 'unmapped.compliance');
  return isObject(compliance) ? Object.entries(compliance) : [];
}

function standardsOf(finding: JsonObject): FindingSummary['standards'] {
  const ids = [
    ...textsOf(find(finding, 'compliance.standards')),
    ...prowlerStandards(finding).map(([standard]) => standard),
  ];
  return { ids, names: standardsIn(ids) };
}

const requirementsOf = (finding: JsonObject): readonly string[] =>
  prowlerStandards(finding).map(([standard, requirements]) => [standard, ...textsOf(requirements)].join(' '));

/** ECS's categories and types, by its class and its types; a check is about configuration. */
function kindOf(finding: JsonObject): Pick<FindingSummary, 'categories' | 'types'> {
  const isCheck = statusOf(finding) !== undefined;
  const ofClass = isCheck ? CLASSES.get(2003) : CLASSES.get(finding.class_uid);
  const kinds: Kind[] = [
    ...(ofClass === undefined ? [] : [ofClass]),
    ...(isCheck ? [] : kindsOf(textsOf(find(finding, 'finding_info.types')))),
    ...(listOf(finding.malware).length > 0 ? ([['malware', 'info']] as const) : []),
    ...(isObject(find(finding, 'evidences[].process')) ? ([['process', 'info']] as const) : []),
    ...(isObject(find(finding, 'evidences[].connection_info')) ? ([['network', 'connection']] as const) : []),
  ];
  return { categories: kinds.map(([category]) => category), types: ['info', ...kinds.map(([, type]) => type)] };
}

const toPlace = compile(OCSF_PLACE);

function endOf(endpoint: unknown, geo: Locate): object | undefined {
  if (!isObject(endpoint)) return undefined;
  const { ip, port, hostname, domain } = endpoint;
  return { port, domain: hostname ?? domain, ...toPlace(endpoint), ...addressOf([ip], geo) };
}
