/** Records of an AWS API → what the inventory sees of them, by its own declarations. */
import type { Declaration } from '../../../functions/asset-inventory/discovery/declaration.ts';
import { type Seen, seenOf } from '../../../functions/asset-inventory/state/record.ts';

/** In one account and region. */
export function observing(
  declarations: readonly Declaration[],
  account: string,
  region: string,
): (type: string, record: unknown) => Seen {
  const byType = new Map(declarations.map((each) => [each.type, each]));
  const place = {
    partition: 'aws',
    account,
    region,
    arn: (service: string, resource: string, owner = account, at = region) =>
      `arn:aws:${service}:${at}:${owner}:${resource}`,
  };
  return (type, record) => {
    const declaration = byType.get(type)!;
    return seenOf(declaration, declaration.asset(record, place)!, place, []);
  };
}
