import { expect, test } from '@jest/globals';
import { tacticNamed } from '../../../shared/table/tactics.ts';

test('a tactic is known in any spelling, and nothing else is one', () => {
  const names = ['PrivilegeEscalation', 'privilege-escalation', 'PRIVILEGE_ESCALATION', 'Privilege Escalation'];
  for (const name of names) expect(tacticNamed(name)).toEqual({ id: 'TA0004', name: 'Privilege Escalation' });
  expect(['CryptoCurrency', '', 'toString'].map(tacticNamed)).toEqual([undefined, undefined, undefined]);
});
