/**
 * Lookup tables for Splunk, as gzipped CSV in the inventory's bucket: who has an address now, for Enterprise Security's
 * assets, and who had it when, for a time-based look-up. What they say of an address is what the join says (shared/asset/).
 * https://docs.splunk.com/Documentation/ES/latest/Admin/Formatassetoridentitylist
 * https://docs.splunk.com/Documentation/Splunk/latest/Knowledge/Defineatime-basedlookupinSplunkWeb
 */
import { type Claim, claimsOf, type Key, NOWHERE, PUBLIC, partsOf } from '../../../shared/asset/claims.ts';
import { type History, type Interval, type Known, NEVER, type Version } from '../../../shared/asset/history.ts';
import type { Asset, Manifest } from '../../../shared/asset/model.ts';
import { ReadError } from '../../../shared/errors.ts';
import type { Store } from '../run/store.ts';
import { sha256 } from '../state/canonical.ts';

/** Non-empty cells of a row, by column. */
type Row<Column extends string> = Readonly<Partial<Record<Column, string>>>;

const ADDRESS_COLUMNS = [
  'ip',
  'mac',
  'nt_host',
  'dns',
  'owner',
  'priority',
  'lat',
  'long',
  'city',
  'country',
  'bunit',
  'category',
  'pci_domain',
  'is_expected',
  'should_timesync',
  'should_update',
  'requires_av',
  'cim_entity_zone',
] as const;
type AddressRow = Row<(typeof ADDRESS_COLUMNS)[number]>;

const HISTORY_COLUMNS = ['start', 'end', 'vpc', 'ip', 'asset_id', 'type', 'name', 'owner', 'account', 'match'] as const;
type HistoryRow = Row<(typeof HISTORY_COLUMNS)[number]>;

const keys = {
  addresses: 'lookups/asset_lookup_by_cidr.csv.gz',
  history: 'lookups/asset_ip_history.csv.gz',
  written: 'lookups/written.json',
} as const;

/** `lookups/written.json`: checksums of the tables, so that only changed tables are written. */
interface Written {
  /** Sequence number of the run. */
  readonly seq: number;
  /** SHA-256 of the plain bytes, by key. */
  readonly sums: Readonly<Record<string, string>>;
}

/** In: all assets of a run. A run older than the last one writes nothing. Rejects with ReadError and DeliveryError. */
export async function writeLookups(
  { run, seq }: Pick<Manifest, 'run' | 'seq'>,
  assets: readonly Asset[],
  history: History,
  store: Store,
): Promise<void> {
  const before = await store.read<Written>(keys.written);
  if (before !== undefined && before.value.seq > seq) return;
  const tables = {
    [keys.addresses]: [...csv(ADDRESS_COLUMNS, addressRows(assets))],
    [keys.history]: [...csv(HISTORY_COLUMNS, historyRows(history))],
  };
  const sums: Record<string, string> = {};
  for (const [key, lines] of Object.entries(tables)) {
    sums[key] = sha256(lines.join('\n'));
    if (before?.value.sums[key] !== sums[key]) await store.writeLines(key, lines);
  }
  const written: Written = { seq, sums };
  const isOurs = await store.write(keys.written, written, before === undefined ? 'new' : { etag: before.etag });
  if (!isOurs) throw new ReadError('another run wrote its look-up tables at the same time', { run });
}

/**
 * One row for each address or block of a VPC. Enterprise Security merges rows of a zone that share an `ip`, `mac`, `nt_host`
 * or `dns` into one asset. So the zone is the VPC, and the host is the asset's unique id, not its name.
 */
export function addressRows(assets: readonly Asset[]): readonly AddressRow[] {
  const byId = new Map(assets.map((asset) => [asset.id, asset]));
  const claims = claimsOf(assets).filter(({ key }) => isAddress(key));
  const places = Map.groupBy(claims, ({ key }) => `${zoneOf(key)} ${addressOf(key)}`);
  return [...places.keys()].sort().map((place) => addressRow(places.get(place)!, byId));
}

function addressRow(claims: readonly Claim[], byId: ReadonlyMap<string, Asset>): AddressRow {
  const [{ key }] = claims;
  const holders = [...new Set(claims.map(({ asset }) => asset))].sort().map((id) => byId.get(id)!);
  const sayers = [...new Set(claims.map(({ by }) => by))].map((id) => byId.get(id)!);
  const said = [...holders, ...sayers];
  return {
    ip: addressOf(key),
    mac: several(said.flatMap(({ net }) => net.mac ?? [])),
    nt_host: several(holders.map(({ nativeId }) => nativeId)),
    dns: several(said.flatMap(({ net }) => net.dns ?? [])),
    owner: agreed(holders.map(({ owner }) => owner?.value)),
    priority: agreed(holders.map(({ criticality = '' }) => (PRIORITIES.has(criticality) ? criticality : 'unknown'))),
    bunit: agreed(holders.map(({ account }) => account.name ?? account.id)),
    category: several(holders.flatMap((each) => [each.class, each.type, each.environment ?? '', each.exposure.level])),
    cim_entity_zone: zoneOf(key),
  };
}

/** https://docs.splunk.com/Documentation/ES/latest/Admin/Formatassetoridentitylist */
const PRIORITIES: ReadonlySet<string> = new Set(['low', 'medium', 'high', 'critical']);

/** Several values of a field in Splunk's notation. */
const several = (texts: readonly string[]): string => [...new Set(texts)].filter((text) => text !== '').join('|');

/** Empty where the values differ. */
const agreed = (texts: readonly (string | undefined)[]): string =>
  texts.every((text) => text === texts[0]) ? (texts[0] ?? '') : '';

const isAddress = (key: Key): boolean => key.startsWith('ip');

/** The VPC; empty outside of one. */
function zoneOf(key: Key): string {
  const { scope } = partsOf(key);
  return scope === PUBLIC || scope === NOWHERE ? '' : scope;
}

/** `10.0.0.7`, `10.0.9.0/28`, `2001:db8::7` */
function addressOf(key: Key): string {
  const { kind, value } = partsOf(key);
  const [family, bits] = kind.split('/');
  const address = family === 'ipv4' ? dotted(Number(value)) : compressed(value);
  return bits === (family === 'ipv4' ? '32' : '128') ? address : `${address}/${bits}`;
}

const dotted = (address: number): string => [24, 16, 8, 0].map((by) => (address >>> by) & 255).join('.');

/** In: 32 hexadecimal digits. https://www.rfc-editor.org/rfc/rfc5952 */
const compressed = (digits: string): string =>
  new URL(`http://[${digits.match(/.{4}/g)!.join(':')}]`).hostname.slice(1, -1);

/**
 * Who had an address from when to when, in epoch seconds, both inclusive; intervals of an address do not overlap. `match` is
 * that of the join: `exact`, `bounded` (the only possible holder) or `ambiguous`. No end: until now.
 */
export function* historyRows({ holders, assets }: History): Generator<HistoryRow> {
  const places = [...holders.keys()].filter(isAddress).map((key) => [`${zoneOf(key)} ${addressOf(key)}`, key] as const);
  for (const [, key] of places.sort(([a], [b]) => (a < b ? -1 : 1))) {
    const place = { vpc: zoneOf(key), ip: addressOf(key) };
    let last: Span | undefined;
    for (const span of spansOf(holders.get(key)!, assets)) {
      const isSame = last?.end === span.start && JSON.stringify(last.says) === JSON.stringify(span.says);
      if (isSame) last = { ...last!, end: span.end };
      else {
        if (last !== undefined) yield { ...place, ...rowOf(last) };
        last = span;
      }
    }
    if (last !== undefined) yield { ...place, ...rowOf(last) };
  }
}

/** `end`: the holder lost the address then. */
interface Span {
  readonly start: number;
  readonly end: number;
  readonly says: HistoryRow;
}

const rowOf = ({ start, end, says }: Span): HistoryRow => ({
  start: String(start),
  end: end === NEVER ? '' : String(end - 1),
  ...says,
});

/** Moments in time order; between two of them the holder does not change. */
function* spansOf(
  holders: ReadonlyMap<string, readonly Interval[]>,
  assets: ReadonlyMap<string, Known>,
): Generator<Span> {
  const intervals = [...holders].flatMap(([asset, all]) => all.map((interval) => ({ asset, ...interval })));
  const moments = new Set(
    intervals.flatMap(({ after, since, until, before }) => [after + 1, since, Math.min(until + 1, NEVER), before]),
  );
  for (const asset of holders.keys()) for (const { from } of assets.get(asset)?.versions ?? []) moments.add(from);
  const times = [...moments].sort((a, b) => a - b);
  for (const [i, start] of times.slice(0, -1).entries()) {
    const end = times[i + 1];
    const possible = intervals.filter(({ after, before }) => after < start && end <= before);
    const certain = possible.filter(({ since, until }) => since <= start && end <= until + 1);
    const chosen = [...new Set((certain.length > 0 ? certain : possible).map(({ asset }) => asset))].sort();
    if (chosen.length === 0) continue;
    const match = chosen.length > 1 ? 'ambiguous' : certain.length > 0 ? 'exact' : 'bounded';
    yield { start, end, says: { asset_id: several(chosen), ...versionsAt(start, chosen, assets), match } };
  }
}

const TOLD = ['type', 'name', 'owner', 'account'] as const satisfies readonly (keyof Version)[];

function versionsAt(time: number, ids: readonly string[], assets: ReadonlyMap<string, Known>): HistoryRow {
  const versions = ids.map((id) => {
    const all = assets.get(id)?.versions ?? [];
    return all.findLast(({ from }) => from <= time) ?? all[0];
  });
  return Object.fromEntries(TOLD.map((name) => [name, agreed(versions.map((each) => each?.[name]))]));
}

/** Lines without their ends. https://www.rfc-editor.org/rfc/rfc4180 */
export function* csv<Column extends string>(
  columns: readonly Column[],
  rows: Iterable<Row<Column>>,
): Generator<string> {
  yield columns.join(',');
  for (const row of rows) yield columns.map((column) => quoted(row[column] ?? '')).join(',');
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
