/** A document with the country and network of its addresses, and the asset that it is about. What it has already stays. */
import type { Assets } from '../../../shared/enrich/assets.ts';
import type { Geo } from '../../../shared/enrich/geo.ts';
import { joined } from '../../../shared/enrich/joined.ts';
import { find, isObject, type JsonObject } from '../../../shared/transform/objects/compile.ts';

export interface Enrichment {
  readonly geo: Pick<Geo, 'of'>;
  readonly assets?: Assets | undefined;
}

const ENDS = ['source', 'destination'] as const;

/** `time`: the document's, epoch milliseconds. */
export function enriched(document: JsonObject, time: number, { geo, assets }: Enrichment): JsonObject {
  const address = (end: string) => find(document, `${end}.ip`);
  const account = textOf(find(document, 'cloud.account.id'));
  const names = [find(document, 'cloud.instance.id'), find(document, 'host.name')];
  const join = joined(assets, { names, time, account, source: address('source'), destination: address('destination') });
  const ends = ENDS.flatMap((end) => {
    const ip = address(end);
    const place = typeof ip === 'string' ? geo.of(ip) : undefined;
    const found = { ...place, ...(join?.[end] !== undefined && { asset: join[end] }) };
    return Object.keys(found).length === 0 ? [] : [[end, { ...found, ...own(document[end]) }]];
  });
  return {
    ...document,
    ...Object.fromEntries(ends),
    ...(join?.asset !== undefined && document.asset === undefined && { asset: join.asset }),
    ...(join?.account.name !== undefined && { cloud: withName(document.cloud, join.account.name) }),
  } as JsonObject;
}

const own = (value: unknown): object => (isObject(value) ? value : {});
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function withName(cloud: unknown, name: string): object {
  const { account, ...others } = own(cloud) as { account?: unknown };
  return { ...others, account: { name, ...own(account) } };
}
