/**
 * Tactics of MITRE ATT&CK, as findings name them.
 * https://attack.mitre.org/tactics/enterprise/
 */
export interface Tactic {
  readonly id?: string;
  readonly name: string;
}

const TACTICS: readonly Tactic[] = [
  { id: 'TA0001', name: 'Initial Access' },
  { id: 'TA0002', name: 'Execution' },
  { id: 'TA0003', name: 'Persistence' },
  { id: 'TA0004', name: 'Privilege Escalation' },
  { id: 'TA0005', name: 'Defense Evasion' },
  { id: 'TA0006', name: 'Credential Access' },
  { id: 'TA0007', name: 'Discovery' },
  { id: 'TA0008', name: 'Lateral Movement' },
  { id: 'TA0009', name: 'Collection' },
  { id: 'TA0010', name: 'Exfiltration' },
  { id: 'TA0011', name: 'Command and Control' },
  { id: 'TA0040', name: 'Impact' },
  { id: 'TA0042', name: 'Resource Development' },
  { id: 'TA0043', name: 'Reconnaissance' },
];

const squeezed = (name: string): string => name.replaceAll(/[\s_-]/g, '').toLowerCase();
const BY_NAME = new Map(TACTICS.map((tactic) => [squeezed(tactic.name), tactic]));

/** The tactic that a name in any spelling stands for: `PrivilegeEscalation`, `Command and Control`. */
export const tacticNamed = (name: string): Tactic | undefined => BY_NAME.get(squeezed(name));
