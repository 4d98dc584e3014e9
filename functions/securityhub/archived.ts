/**
 * A finding of Prowler in the AWS Security Finding Format, from its document in `aws-findings-current`, archived. The document
 * has everything that Prowler gives in ASFF; of what it gives in OCSF the details of the resource are left out.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html
 */
import { listOf, textOf, textsOf } from '../../shared/finding/values.ts';
import { find, type JsonObject } from '../../shared/transform/objects/compile.ts';

/** In: `updated`, when it was archived, ISO 8601. */
export function archivedAsff(doc: JsonObject, updated: string): object {
  const at = (path: string): unknown => find(doc, path);
  const hub = (path: string): unknown => find(doc, `aws.securityhub.${path}`);
  const region = textOf(at('cloud.region'));
  const check = textOf(at('rule.id'));
  return {
    SchemaVersion: '2018-10-08',
    Id: at('finding.uid'),
    ProductArn: `arn:aws:securityhub:${region}::product/prowler/prowler`,
    RecordState: 'ARCHIVED',
    ProductFields: hub('product.fields') ?? { ProviderName: 'Prowler', ProviderVersion: hub('product.version') },
    GeneratorId: check === undefined ? undefined : `prowler-${check}`,
    AwsAccountId: at('cloud.account.id'),
    Region: region,
    Types: hub('types'),
    FirstObservedAt: at('event.start'),
    CreatedAt: at('event.created'),
    UpdatedAt: updated,
    Severity: { Label: textOf(at('finding.severity'))?.toUpperCase() },
    Title: at('message'),
    Description: at('event.reason'),
    Resources: resourcesOf(doc, region),
    Compliance: {
      Status: hub('compliance.status'),
      RelatedRequirements: hub('compliance.requirements'),
      AssociatedStandards: textsOf(hub('compliance.standards')).map((StandardsId) => ({ StandardsId })),
    },
    Remediation: { Recommendation: { Text: hub('remediation.text'), Url: hub('remediation.url') } },
  };
}

function resourcesOf(doc: JsonObject, Region: string | undefined): readonly unknown[] {
  const kept = listOf(find(doc, 'aws.securityhub.resources'));
  if (find(doc, 'aws.securityhub.format') === 'asff' && kept.length > 0) return kept;
  const Id = textOf(find(doc, 'cloud.entity.id'));
  return Id === undefined ? [] : [{ Type: find(doc, 'cloud.entity.sub_type') ?? 'Other', Id, Region }];
}
