/** What findings of every source have in common: an identity that is the same whichever way a finding came. */

/** How a finding got here: through its own EventBridge event, Security Hub, an export to S3, asked for, or missed in a later run. */
export type Way = 'eventbridge' | 'securityhub' | 's3' | 'api' | 'absence';

/** Their findings' ids are unique by themselves; only some ways put them behind an ARN. */
const WITHOUT_ARN: ReadonlySet<string> = new Set(['guardduty', 'inspector', 'macie']);

/**
 * `…/finding/<id>` → `<id>` for GuardDuty, Inspector and Macie; any other id is the finding's as it is.
 * `product`: as Security Hub or the source calls it, in any case.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/finding-update-batchimportfindings.html
 */
export const findingUid = (product: string, id: string): string =>
  WITHOUT_ARN.has(product.toLowerCase()) ? id.slice(id.lastIndexOf('/') + 1) : id;
