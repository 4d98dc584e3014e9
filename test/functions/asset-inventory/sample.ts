/** An asset that nothing is known of but what a test says. */
import type { Unclassified } from '../../../functions/asset-inventory/state/merge.ts';

const AT = '2026-11-24T03:00:00.000Z';

export const assetOf = (type: string, nativeId: string, more: Partial<Unclassified> = {}): Unclassified => ({
  id: `arn:aws:x:eu-west-1:123456789012:${nativeId}`,
  idSynthetic: false,
  type,
  class: 'network',
  nativeId,
  name: nativeId,
  partition: 'aws',
  region: 'eu-west-1',
  account: { id: '123456789012', ouPath: 'Root/Prod/Web' },
  tags: {},
  net: {},
  security: {},
  relationships: [],
  firstSeen: AT,
  lastChanged: AT,
  state: 'active',
  hash: '',
  gaps: [],
  ...more,
});
