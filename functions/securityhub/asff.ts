/**
 * What rows can't say of a finding in the AWS Security Finding Format.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html
 */

import { addressOf, firstOf, type Locate, listOf, othersOf, textOf, textsOf } from '../../shared/finding/values.ts';
import type { Severity } from '../../shared/model.ts';
import { severityNamed, severityNormalized } from '../../shared/table/severity.ts';
import {
  compile,
  epochMs,
  find,
  isObject,
  type JsonObject,
  numberOf,
  spelled,
} from '../../shared/transform/objects/compile.ts';
import { asffEdits, isWorkedOn } from './edits.ts';
import { ASFF_NAMED, ASFF_PLACE, BLOCKS, INDICATORS } from './fields.ts';
import { type Product, productOf } from './product.ts';
import { type Resource, resourceOf } from './resource.ts';
import { standardsIn } from './standard.ts';
import { type FindingSummary, identityOf } from './summary.ts';
import { kindsOf, tacticsOf } from './taxonomy.ts';

export const isAsff = ({ ProductArn, SchemaVersion }: JsonObject): boolean =>
  typeof ProductArn === 'string' || typeof SchemaVersion === 'string';

/** In: when its event was sent, for one whose date of update can't be read. Throws DecodeError where it has no id or no date. */
export function asff(finding: JsonObject, geo: Locate, sent?: number): FindingSummary {
  const product = productOf({
    arn: finding.ProductArn,
    names: [finding.ProductName, fieldOf(finding, 'aws/securityhub/ProductName'), fieldOf(finding, 'ProviderName')],
    companies: [finding.CompanyName, fieldOf(finding, 'aws/securityhub/CompanyName')],
  });
  const resources = resourcesOf(finding);
  return {
    ...identityOf('Id', finding.Id, 'UpdatedAt', [finding.UpdatedAt, sent]),
    product,
    severity: severityOf(finding),
    status: textOf(find(finding, 'Compliance.Status')),
    workflow: workflowOf(finding),
    noted: epochMs(find(finding, 'Note.UpdatedAt')),
    edits: asffEdits(finding, product),
    isWorkedOn: isWorkedOn(finding) || isSentLater(finding, sent),
    account: textOf(finding.AwsAccountId) ?? '',
    region: regionOf(finding),
    resources,
    tactics: tacticsOf(textsOf(finding.Types)),
    ...controlOf(finding, product),
    ...kindOf(finding),
    derived: {
      format: 'asff',
      host: find(listOf(finding.Resources).find(isInstance), 'Details.AwsEc2Instance'),
      vulnerability: firstOf(finding.Vulnerabilities),
      indicator: indicatorOf(firstOf(finding.ThreatIntelIndicators)),
      hashes: hashesOf(finding),
      product_version: fieldOf(finding, 'ProviderVersion'),
      other: othersOf(finding, ASFF_NAMED),
      ...endsOf(finding, geo),
    },
  };
}

/** Nothing came from its product when the event was sent: somebody set it back to what it was. */
const isSentLater = ({ ProcessedAt }: JsonObject, sent = 0): boolean =>
  sent > (epochMs(ProcessedAt) ?? sent) + IMPORT_MS;

const IMPORT_MS = 5 * 60_000; // Security Hub sends what a product reports within seconds

/** Names in ProductFields hold slashes, which paths may, and dots, which they can't. */
function fieldOf({ ProductFields }: JsonObject, name: string): unknown {
  return isObject(ProductFields) && Object.hasOwn(ProductFields, name) ? ProductFields[name] : undefined;
}

/** What somebody here gave it, else its product; old ones have a number alone. */
function severityOf(finding: JsonObject): Severity | undefined {
  const all = [finding.Severity, find(finding, 'FindingProviderFields.Severity')];
  const label = all.map((severity) => severityNamed(find(severity, 'Label'))).find((each) => each !== undefined);
  const score = numberOf(find(finding, 'Severity.Normalized'));
  return label ?? (score === undefined ? undefined : severityNormalized(score));
}

function workflowOf(finding: JsonObject): string {
  if (finding.RecordState === 'ARCHIVED') return 'archived';
  return (textOf(find(finding, 'Workflow.Status')) ?? textOf(finding.WorkflowState) ?? 'new').toLowerCase();
}

function regionOf(finding: JsonObject): string {
  const regions = [finding.Region, find(finding, 'Resources[].Region'), spelled(finding.ProductArn).split(':')[3]];
  return regions.map(textOf).find((region) => region !== undefined) ?? '';
}

const resourcesOf = (finding: JsonObject): readonly Resource[] =>
  listOf(finding.Resources)
    .map((resource) => resourceOf([find(resource, 'Id')], find(resource, 'Type')))
    .filter((resource) => resource !== undefined);

/** Of several the first is the host; the others are resources only. */
const isInstance = (resource: unknown): boolean => find(resource, 'Type') === 'AwsEc2Instance';

const PROWLER = 'prowler-';

/** The control that a check is of, and its standards. */
function controlOf(finding: JsonObject, { name, isAws }: Product): Pick<FindingSummary, 'control' | 'standards'> {
  const generator = textOf(finding.GeneratorId) ?? '';
  const isHub = isAws && name === 'securityhub';
  const control =
    textOf(find(finding, 'Compliance.SecurityControlId')) ??
    textOf(fieldOf(finding, 'ControlId')) ??
    textOf(fieldOf(finding, 'RuleId')) ??
    (name === 'Prowler' && generator.startsWith(PROWLER) ? generator.slice(PROWLER.length) : undefined) ??
    (isHub ? generator.split('/').at(-1) : undefined);
  const associated = listOf(find(finding, 'Compliance.AssociatedStandards')).map((each) => find(each, 'StandardsId'));
  const ids = [...associated, fieldOf(finding, 'StandardsArn'), fieldOf(finding, 'StandardsGuideArn')]
    .map(textOf)
    .filter((id) => id !== undefined);
  return { control, standards: { ids, names: standardsIn(isHub ? [...ids, generator, control ?? ''] : ids) } };
}

/** ECS's categories and types, by the blocks that it has and, where it is no check, by its types. */
function kindOf(finding: JsonObject): Pick<FindingSummary, 'categories' | 'types'> {
  const blocks = BLOCKS.filter(([name]) => isObject(finding[name]) || listOf(finding[name]).length > 0);
  const isCheck = isObject(finding.Compliance);
  const kinds = [...blocks.map(([, ...kind]) => kind), ...(isCheck ? [] : kindsOf(textsOf(finding.Types)))];
  const blocked = ACTIONS.map((name) => find(finding, `Action.${name}.Blocked`)).find((is) => typeof is === 'boolean');
  const verdict = blocked === undefined ? [] : ([['network', blocked ? 'denied' : 'allowed']] as const);
  const found = [...kinds, ...verdict];
  return {
    categories: found.length > 0 ? found.map(([category]) => category) : ['intrusion_detection'],
    types: found.length > 0 ? found.map(([, type]) => type) : ['info'],
  };
}

function indicatorOf(indicator: JsonObject | undefined): object | undefined {
  const [type, row] = INDICATORS.get(indicator?.Type) ?? [];
  if (indicator === undefined || row === undefined) return undefined;
  const { Value, Category, Source, SourceUrl, LastObservedAt } = indicator;
  return { type, [row]: Value, category: Category, provider: Source, reference: SourceUrl, seen: LastObservedAt };
}

const hashesOf = (finding: JsonObject): readonly unknown[] =>
  listOf(finding.ThreatIntelIndicators)
    .filter((indicator) => spelled(find(indicator, 'Type')).startsWith('HASH_'))
    .map((indicator) => find(indicator, 'Value'));

const ACTIONS = ['NetworkConnectionAction', 'PortProbeAction', 'DnsRequestAction'] as const;

/** Who talked to whom: the Network block says it; an action tells the remote end from the local one. */
function endsOf(finding: JsonObject, geo: Locate): { readonly source?: object; readonly destination?: object } {
  const { Network, Action } = finding;
  if (isObject(Network)) {
    return { source: endOf(Network, 'Source', geo), destination: endOf(Network, 'Destination', geo) };
  }
  const call = find(Action, 'AwsApiCallAction');
  if (isObject(call)) return { source: { ...remoteOf(call, geo), domain: find(call, 'DomainDetails.Domain') } };
  const name = ACTIONS.find((each) => isObject(find(Action, each)));
  if (name === undefined) return {};
  const action = find(Action, name);
  const details = firstOf(find(action, 'PortProbeDetails')) ?? action;
  const remote = remoteOf(details, geo);
  const local = { ip: find(details, 'LocalIpDetails.IpAddressV4'), port: find(details, 'LocalPortDetails.Port') };
  const isOutbound = name === 'DnsRequestAction' || find(action, 'ConnectionDirection') === 'OUTBOUND';
  return isOutbound ? { source: local, destination: remote } : { source: remote, destination: local };
}

const endOf = (network: JsonObject, side: 'Source' | 'Destination', geo: Locate): object => ({
  port: network[`${side}Port`],
  domain: network[`${side}Domain`],
  ...addressOf([network[`${side}IpV4`], network[`${side}IpV6`]], geo),
});

const toPlace = compile(ASFF_PLACE);

/** Our own database places an address; where it can't, the product's word counts. */
function remoteOf(details: unknown, geo: Locate): object {
  const remote = find(details, 'RemoteIpDetails');
  const address = addressOf([find(remote, 'IpAddressV4'), find(remote, 'IpAddressV6')], geo);
  return { port: find(details, 'RemotePortDetails.Port'), ...toPlace(remote), ...address };
}
