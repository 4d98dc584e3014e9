/**
 * GuardDuty's severity scale: low 1–3.9, medium 4–6.9, high 7–8.9, critical from 9. Compared with the next bound, never with
 * `.9`, so that 8.95 has a place; open at both ends.
 * https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings.html#guardduty_findings-severity
 */
import type { Severity } from '../model.ts';

const RANGES: readonly (readonly [from: number, severity: Severity])[] = [
  [9, 'critical'],
  [7, 'high'],
  [4, 'medium'],
  [1, 'low'],
];

/** The one table that both OpenSearch's and Splunk's documents take the severity's name from. */
export const severityOf = (score: number): Severity => RANGES.find(([from]) => score >= from)?.[1] ?? 'informational';

/** From the least to the most severe. */
export const SCALE: readonly Severity[] = ['informational', 'low', 'medium', 'high', 'critical'];

const NAMES: ReadonlySet<string> = new Set(SCALE);

/** The severity that a label in any case names: `HIGH`, `Informational`. undefined: none of ours, such as `UNTRIAGED`. */
export function severityNamed(label: unknown): Severity | undefined {
  const name = typeof label === 'string' ? label.toLowerCase() : '';
  return NAMES.has(name) ? (name as Severity) : undefined;
}

/** Where each begins on Security Hub's scale from 0 to 100. */
const NORMALIZED: Readonly<Record<Severity, number>> = { informational: 0, low: 1, medium: 40, high: 70, critical: 90 };

/** https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html#Severity */
export const normalizedOf = (severity: Severity): number => NORMALIZED[severity];

/** The severity that a score on Security Hub's scale stands for. */
export const severityNormalized = (score: number): Severity =>
  SCALE.findLast((severity) => score >= NORMALIZED[severity]) ?? 'informational';
