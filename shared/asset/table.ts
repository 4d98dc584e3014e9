/**
 * The look-up table of assets: a history as sorted arrays that are searched in place (lookup.ts), without parsing.
 * Each kind of key has a section: its rows are sorted by the hash of the key, and `slots` holds the first row for the hash's
 * highest bits. Versions of assets are columns. Each text is stored once, sorted; everything else refers to it by number.
 * The numbers of a row are adjacent: as columns they would take 6 % less when compressed, but a look-up would wait for memory
 * eight times instead of once.
 * The same history always gives the same bytes.
 */
import { type Key, keyOf, partsOf } from './claims.ts';
import type { History, Interval, Known, Version } from './history.ts';
import { type Arrays, type Packed, pack, unpack } from './packed.ts';

/** Key of the table below the inventory's prefix; the content is compressed by zipped.ts. */
export const TABLE_KEY = 'lookup/current';

export interface Head {
  readonly run: string;
  /** Start of the run, epoch seconds. */
  readonly at: number;
  /** Rows of all sections. */
  readonly rows: number;
  /** The accounts really became smaller: a reader must not take this for damage. */
  readonly mayShrink: boolean;
  /** Prefix lengths that have a section, longest first. */
  readonly ipv4: readonly number[];
  readonly ipv6: readonly number[];
}

/**
 * Positions of a row's numbers. Key: an IPv4 address, four quarters of an IPv6 address, or start and end of a name.
 * For addresses the account of the asset follows.
 */
export const ROW = { scope: 0, after: 1, since: 2, until: 3, before: 4, asset: 5, key: 6 } as const;
/** Numbers in a row: 32 bytes, half a cache line, except for IPv6. */
export const widthOf = (kind: string): number => (kind.startsWith('ipv6/') ? 11 : 8);
/** Text columns of an asset's versions. */
export const TEXTS = [
  'type',
  'name',
  'owner',
  'environment',
  'criticality',
  'exposure',
  'account',
  'vpc',
] as const satisfies readonly (keyof Version)[];

export interface TableOptions {
  /** See Head. Default: false. */
  readonly mayShrink?: boolean;
}

/** One row of a section. */
interface Row extends Interval {
  readonly hash: number;
  readonly words: readonly number[];
  readonly scope: number;
  readonly asset: number;
}

export function tableOf(history: History, { mayShrink = false }: TableOptions = {}): Uint8Array<ArrayBuffer> {
  const ids = [...history.assets.keys()].sort();
  const texts = textsOf(history, ids);
  const sections = sectionsOf(history, texts, new Map(ids.map((id, number) => [id, number])));
  const lengths = (family: string) =>
    [...sections.keys()]
      .filter((kind) => kind.startsWith(family))
      .map((kind) => Number(kind.slice(family.length)))
      .sort((a, b) => b - a);
  const head: Head = {
    run: history.run,
    at: history.at,
    rows: [...sections.values()].reduce((sum, rows) => sum + rows.length, 0),
    mayShrink,
    ipv4: lengths('ipv4/'),
    ipv6: lengths('ipv6/'),
  };
  return pack(head, {
    ...textArrays(texts),
    ...assetArrays(ids, history, texts),
    ...Object.assign({}, ...[...sections.keys()].sort().map((kind) => sectionArrays(kind, sections.get(kind)!))),
    accounts: jsonOf(history.accounts),
    networks: jsonOf(history.networks),
    looks: jsonOf(history.looks),
  });
}

type Numbers = ReadonlyMap<string, number>;

/** All texts of rows and versions: their rank, and the position of their bytes. */
interface Texts {
  readonly numbers: Numbers;
  readonly offsets: Uint32Array<ArrayBuffer>;
}

function textsOf({ holders, assets, networks }: History, ids: readonly string[]): Texts {
  const texts = new Set<string>(['', ...ids, ...networks.keys()]);
  for (const { versions } of assets.values())
    for (const each of versions) for (const name of TEXTS) texts.add(each[name]);
  for (const key of holders.keys()) {
    const { kind, scope, value } = partsOf(key);
    texts.add(scope);
    if (kind === NAME) texts.add(value);
  }
  const sorted = [...texts].sort();
  const offsets = new Uint32Array(sorted.length + 1);
  for (const [i, text] of sorted.entries()) offsets[i + 1] = offsets[i] + Buffer.byteLength(text);
  return { numbers: new Map(sorted.map((text, number) => [text, number])), offsets };
}

const NAME = 'name';

function textArrays(texts: Texts): Arrays {
  return { texts: new Uint8Array(Buffer.from([...texts.numbers.keys()].join(''))), 'texts.offsets': texts.offsets };
}

function assetArrays(ids: readonly string[], { assets }: History, { numbers }: Texts): Arrays {
  const known = ids.map((id) => assets.get(id)!);
  const versions = known.flatMap((each) => each.versions);
  const first = new Uint32Array(ids.length + 1);
  known.forEach((each, i) => {
    first[i + 1] = first[i] + each.versions.length;
  });
  return {
    'assets.id': Uint32Array.from(ids, (id) => numbers.get(id)!),
    'assets.goneAt': Uint32Array.from(known, ({ goneAt }) => goneAt),
    'assets.first': first,
    'versions.from': Uint32Array.from(versions, ({ from }) => from),
    ...Object.fromEntries(
      TEXTS.map((name) => [`versions.${name}`, Uint32Array.from(versions, (each) => numbers.get(each[name])!)]),
    ),
  };
}

function sectionsOf(
  { holders, assets: known }: History,
  texts: Texts,
  assets: Numbers,
): ReadonlyMap<string, readonly Row[]> {
  const sections = new Map<string, Row[]>([[NAME, []]]);
  for (const [key, byAsset] of holders) {
    const { kind, scope, value } = partsOf(key);
    const words = wordsOf(kind, value, texts);
    const hash = kind === NAME ? hashOfName(value) : hashOf(words);
    const rows = sections.get(kind) ?? [];
    sections.set(kind, rows);
    for (const [id, intervals] of byAsset) {
      const account = texts.numbers.get(known.get(id)!.versions[0].account)!;
      const asset = assets.get(id)!;
      const common = {
        hash,
        words: kind === NAME ? words : [...words, account],
        scope: texts.numbers.get(scope)!,
        asset,
      };
      for (const interval of intervals) rows.push({ ...common, ...interval });
    }
  }
  for (const rows of sections.values()) rows.sort(inOrder);
  return sections;
}

function hashOfName(name: string): number {
  const { view, end } = viewOf(name);
  return hashOfText(view, 0, end);
}

function wordsOf(kind: string, value: string, { numbers, offsets }: Texts): readonly number[] {
  if (kind === NAME) return [offsets[numbers.get(value)!], offsets[numbers.get(value)! + 1]];
  if (kind.startsWith('ipv4/')) return [Number(value)];
  return [0, 8, 16, 24].map((at) => Number.parseInt(value.slice(at, at + 8), 16));
}

function inOrder(a: Row, b: Row): number {
  if (a.hash !== b.hash) return a.hash - b.hash;
  for (let i = 0; i < a.words.length; i++) if (a.words[i] !== b.words[i]) return a.words[i] - b.words[i];
  return a.scope - b.scope || a.after - b.after || a.since - b.since || a.asset - b.asset || a.before - b.before;
}

function sectionArrays(kind: string, rows: readonly Row[]): Arrays {
  const bits = bitsFor(rows.length);
  const slots = new Uint32Array(2 ** bits + 1);
  for (const { hash } of rows) slots[(hash >>> (32 - bits)) + 1]++;
  for (let i = 1; i < slots.length; i++) slots[i] += slots[i - 1];
  const width = widthOf(kind);
  const numbers = new Uint32Array(rows.length * width);
  for (const [i, { scope, after, since, until, before, asset, words }] of rows.entries()) {
    numbers.set([scope, after, since, until, before, asset, ...words], i * width);
  }
  return { [`${kind}.slots`]: slots, [`${kind}.rows`]: numbers };
}

/** About one row per slot. */
const bitsFor = (rows: number): number => Math.max(1, Math.ceil(Math.log2(rows + 1)));

/** Multiplicative hashing: the highest bits, which choose the slot, depend on all others. */
const mixed = (hash: number): number => Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> 0;

export const hashOf = (words: readonly number[]): number => words.reduce((hash, word) => mixed(hash ^ word), 0);
export const hashOfWord = (word: number): number => mixed(word);

/** Hashes words of four bytes; bytes behind the end of the last word are masked. */
export function hashOfText(view: DataView, start: number, end: number): number {
  let hash = end - start;
  for (let at = start; at < end; at += 4) hash = Math.imul(hash ^ wordAt(view, at, end), 0x01000193) ^ (hash >>> 13);
  return mixed(hash);
}

/** Four bytes of a text, without those behind its end. Four bytes have to be readable. */
export function wordAt(view: DataView, at: number, end: number): number {
  const word = view.getInt32(at, true);
  const left = end - at;
  return left >= 4 ? word : word & ((1 << (8 * left)) - 1);
}

/** A text as bytes, with slack behind them. */
export function viewOf(text: string): { readonly view: DataView; readonly end: number } {
  const bytes = Buffer.from(text);
  const view = new DataView(new ArrayBuffer(bytes.length + 4));
  new Uint8Array(view.buffer).set(bytes);
  return { view, end: bytes.length };
}

const jsonOf = (map: ReadonlyMap<string, unknown>): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(JSON.stringify([...map].sort(([a], [b]) => (a < b ? -1 : 1)))));

export function mapIn<V>(packed: Packed<Head>, name: string): Map<string, V> {
  return new Map(JSON.parse(Buffer.from(packed.bytes(name)).toString()));
}

/** Texts of a table by number, decoded on demand. */
export function textsIn(packed: Packed<Head>): (number: number) => string {
  const bytes = Buffer.from(
    packed.bytes('texts').buffer,
    packed.bytes('texts').byteOffset,
    packed.bytes('texts').length,
  );
  const offsets = packed.numbers('texts.offsets');
  return (number) => bytes.toString('utf8', offsets[number], offsets[number + 1]);
}

/** Reads the history back from a table. Throws DecodeError for bytes that are not a table. */
export function historyIn(bytes: Uint8Array): History {
  const packed = unpack<Head>(bytes);
  const { run, at, ipv4, ipv6 } = packed.head;
  const textOf = textsIn(packed);
  const assets = assetsIn(packed, textOf);
  const ids = [...assets.keys()];
  const kinds = [NAME, ...ipv4.map((bits) => `ipv4/${bits}`), ...ipv6.map((bits) => `ipv6/${bits}`)];
  return {
    run,
    at,
    assets,
    holders: new Map(kinds.flatMap((kind) => [...holdersIn(packed, kind, textOf, ids)])),
    accounts: mapIn(packed, 'accounts'),
    networks: mapIn(packed, 'networks'),
    looks: mapIn(packed, 'looks'),
  };
}

function assetsIn(packed: Packed<Head>, textOf: (number: number) => string): Map<string, Known> {
  const [id, goneAt, first] = ['id', 'goneAt', 'first'].map((name) => packed.numbers(`assets.${name}`));
  const from = packed.numbers('versions.from');
  const columns = TEXTS.map((name) => [name, packed.numbers(`versions.${name}`)] as const);
  const version = (at: number): Version =>
    ({ from: from[at], ...Object.fromEntries(columns.map(([name, column]) => [name, textOf(column[at])])) }) as Version;
  return new Map(
    Array.from(id, (number, i) => {
      const versions = Array.from({ length: first[i + 1] - first[i] }, (_, n) => version(first[i] + n));
      return [textOf(number), { versions, goneAt: goneAt[i] }];
    }),
  );
}

function holdersIn(packed: Packed<Head>, kind: string, textOf: (number: number) => string, ids: readonly string[]) {
  const rows = packed.numbers(`${kind}.rows`);
  const width = widthOf(kind);
  const bytes = Buffer.from(packed.bytes('texts'));
  const result = new Map<Key, Map<string, Interval[]>>();
  for (let at = 0; at < rows.length; at += width) {
    const [scope, after, since, until, before, asset, ...words] = rows.subarray(at, at + width);
    const key = keyOf(kind, textOf(scope), spelled(kind, words, bytes));
    const holders = result.get(key) ?? new Map<string, Interval[]>();
    const id = ids[asset];
    result.set(key, holders.set(id, [...(holders.get(id) ?? []), { after, since, until, before }]));
  }
  return result;
}

function spelled(kind: string, words: readonly number[], bytes: Buffer): string | number {
  if (kind === NAME) return bytes.toString('utf8', words[0], words[1]);
  return kind.startsWith('ipv4/')
    ? words[0]
    : words
        .slice(0, 4)
        .map((word) => word.toString(16).padStart(8, '0'))
        .join('');
}
