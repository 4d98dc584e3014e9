/** Rows for what shared/enrich/joined.ts says of a finding, which is put where they find it: as `derived.joined`. */
import type { Field } from './objects/compile.ts';

export const JOINED: readonly Field[] = [
  ['asset', 'derived.joined.asset', 'flat'],
  ['source.asset', 'derived.joined.source', 'flat'],
  ['destination.asset', 'derived.joined.destination', 'flat'],
  ['cloud.account.name', 'derived.joined.account.name'],
  ['organization.id', 'derived.joined.account.organization'],
  ['aws.account', 'derived.joined.account.detail', 'flat'],
];
