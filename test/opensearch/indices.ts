/** Where a document of a golden file goes. */
import { valuesAt } from '../../scripts/page/text.ts';
import type { Doc } from './panels.ts';

const INDICES: Readonly<Record<string, readonly string[]>> = {
  'aws.vpcflow': ['aws-flowlogs-2026.09.21'],
  'aws.cloudtrail': ['aws-cloudtrail-2026.11.24'],
  'aws.waf': ['aws-waf-2026.09.21'],
  'aws.dns': ['aws-dns-2026.09.21'],
  'aws.integrity': ['aws-integrity-2026.11'],
  'aws.alerts': ['aws-alerts-2026.11'],
  'aws.networkfirewall': ['aws-networkfirewall-2026.11.24'],
  'aws.s3access': ['aws-s3access-2026.11.24'],
};
const FINDINGS = ['aws-findings-history-2026.11', 'aws-findings-current'];

/** None for what is not a document of a source. */
export function indicesOf(doc: Doc): readonly string[] {
  const [dataset] = valuesAt(doc, 'event.dataset').map(String);
  if (dataset === undefined || !('@timestamp' in doc)) return [];
  return INDICES[dataset] ?? (/^aws\.(guardduty|securityhub|inspector|macie|shield)$/.test(dataset) ? FINDINGS : []);
}
