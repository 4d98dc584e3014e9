/**
 * What people changed in a finding beside its workflow and its note: `BatchUpdateFindings` and automation rules change these
 * fields and leave the finding's time of update as it was.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchupdatefindings.html
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindingsV2.html
 */

import { textOf } from '../../shared/finding/values.ts';
import { normalizedOf, severityNamed } from '../../shared/table/severity.ts';
import { find, isObject, type JsonObject, numberOf } from '../../shared/transform/objects/compile.ts';
import type { Product } from './product.ts';

/** `<field>=<value>` of each field that is not as the product gave it, sorted: the same for the same edits. */
export type Edits = readonly string[];

/** Lists that people may replace; the product's are beside them. */
const LISTS = ['Types', 'RelatedFindings'] as const;
const NUMBERS = ['Confidence', 'Criticality'] as const;

/** A file of a scanner has been through nobody's hands. */
const isUntouched = ({ name }: Product): boolean => name === 'Prowler';

/** `FindingProviderFields` has what the product gave; where it is missing, every value may be somebody's. */
export function asffEdits(finding: JsonObject, product: Product): Edits {
  const given = isObject(finding.FindingProviderFields)
    ? finding.FindingProviderFields
    : isUntouched(product)
      ? finding
      : {};
  const { UserDefinedFields: own, VerificationState: verified } = finding;
  return sorted([
    ...severityEdits(finding, given, product),
    ...[...NUMBERS, ...LISTS].flatMap((name) => differs(name, canonical(finding[name]), canonical(given[name]))),
    ...(isObject(own) && Object.keys(own).length > 0 ? [`UserDefinedFields=${canonical(own)}`] : []),
    ...(textOf(verified) !== undefined && verified !== 'UNKNOWN' ? [`VerificationState=${verified}`] : []),
  ]);
}

/** Of `vendor_attributes`, which has the product's severity, and the comment, which has no date. */
export function ocsfEdits(finding: JsonObject, product: Product): Edits {
  const vendor = isUntouched(product) ? finding : finding.vendor_attributes;
  const comment = isUntouched(product) ? undefined : textOf(finding.comment);
  return sorted([
    ...differs('severity', ocsfSeverity(finding), ocsfSeverity(vendor)),
    ...(comment === undefined ? [] : [`comment=${comment}`]),
  ]);
}

/** A person did something: unlike `Edits`, only what a product can't have done itself. */
export function isWorkedOn(finding: JsonObject): boolean {
  const given = finding.FindingProviderFields;
  const provided = severityNamed(find(given, 'Severity.Label'));
  const { VerificationState: verified, UserDefinedFields: own } = finding;
  return (
    (textOf(find(finding, 'Workflow.Status')) ?? 'NEW') !== 'NEW' ||
    isObject(finding.Note) ||
    (isObject(own) && Object.keys(own).length > 0) ||
    (textOf(verified) !== undefined && verified !== 'UNKNOWN') ||
    (provided !== undefined && provided !== severityNamed(find(finding, 'Severity.Label'))) ||
    (isObject(given) && NUMBERS.some((name) => numberOf(finding[name]) !== numberOf(given[name])))
  );
}

/** The same in OCSF. */
export function isOcsfWorkedOn(finding: JsonObject): boolean {
  const provided = ocsfSeverity(finding.vendor_attributes);
  return (
    WORKED.has(finding.status_id) ||
    textOf(finding.comment) !== undefined ||
    (provided !== undefined && provided !== ocsfSeverity(finding))
  );
}

/** Notified, suppressed, resolved. https://schema.ocsf.io/classes/compliance_finding, status_id */
const WORKED: ReadonlySet<unknown> = new Set([2, 3, 4]);

/** Security Hub's own products give a finer number beside the label; for others the label says it all. */
function severityEdits(finding: JsonObject, given: JsonObject, { isAws, name }: Product): Edits {
  const label = severityNamed(find(finding, 'Severity.Label'));
  const score = numberOf(find(finding, 'Severity.Normalized'));
  const isFiner = isAws && name !== 'securityhub';
  const isOwn = label !== undefined && score !== undefined && !isFiner && score !== normalizedOf(label);
  const isGiven = score === numberOf(find(given, 'Severity.Normalized'));
  return [
    ...differs('severity', label, severityNamed(find(given, 'Severity.Label'))),
    ...(isOwn && !isGiven ? [`Normalized=${score}`] : []),
  ];
}

const differs = (name: string, value: string | undefined, given: string | undefined): Edits =>
  value === undefined || value === given ? [] : [`${name}=${value}`];

const ocsfSeverity = (of: unknown): string | undefined =>
  severityNamed(find(of, 'severity')) ?? numberOf(find(of, 'severity_id'))?.toString();

/** JSON in one order, whichever way the finding came. */
function canonical(value: unknown): string | undefined {
  if (Array.isArray(value)) return `[${sorted(value.map((each) => canonical(each) ?? 'null')).join()}]`;
  if (!isObject(value)) return value === undefined ? undefined : JSON.stringify(value);
  const members = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`);
  return `{${sorted(members).join()}}`;
}

const sorted = (texts: readonly string[]): Edits => texts.toSorted();
