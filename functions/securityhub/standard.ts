/**
 * Which standards a check belongs to. Security Hub writes `standards/pci-dss/v/3.2.1`, its generators
 * `arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/1.3`, Prowler `PCI-4.0`.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html
 */

/** Looked for in lower case, with hyphens for white space and punctuation. */
const STANDARDS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/(^|-)cis-(aws-|\d)/, 'CIS'],
  [/foundational-security-best-practices/, 'FSBP'],
  [/(^|-)pci(-|$)/, 'PCI DSS'],
  [/nist-(sp-)?800-53/, 'NIST SP 800-53'],
  [/nist-(sp-)?800-171/, 'NIST SP 800-171'],
  [/nist-csf/, 'NIST CSF'],
  [/iso-?27001/, 'ISO 27001'],
  [/(^|-)soc-?2(-|$)/, 'SOC 2'],
  [/(^|-)hipaa/, 'HIPAA'],
  [/(^|-)gdpr/, 'GDPR'],
  [/fedramp/, 'FedRAMP'],
  [/isms-p/, 'KISA ISMS-P'],
  [/mitre-attack/, 'MITRE ATT&CK'],
  [/well-architected/, 'AWS Well-Architected'],
  [/control-tower/, 'AWS Control Tower'],
  [/resource-tagging-standard/, 'AWS Resource Tagging'],
];

/** Names of the standards that ids of standards, generators or controls tell of, each once. */
export function standardsIn(ids: readonly string[]): readonly string[] {
  const texts = ids.map((id) => id.toLowerCase().replaceAll(/[\s_./:]+/g, '-'));
  return STANDARDS.filter(([pattern]) => texts.some((text) => pattern.test(text))).map(([, name]) => name);
}
