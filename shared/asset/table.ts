/**
 * The look-up table of assets: a history as sorted columns that are searched as they lie (lookup.ts), without being parsed.
 * Each kind of key has a section: its rows are sorted by the hash of the key, and `slots` says where the rows of a hash's
 * highest bits begin. Texts stand once, sorted, and are numbers everywhere else.
 * The same history is always the same bytes.
 */
import { type Key, keyOf, partsOf } from './claims.ts';
import type { History, Interval, Known, Version } from './history.ts';
import { type Arrays, type Packed, pack, unpack } from './packed.ts';

/** Where it lies below the inventory's prefix, as gzip. */
export const TABLE_KEY = 'lookup/current';

export interface Head {
  readonly run: string;
  /** Time of the run, epoch seconds. */
  readonly at: number;
  /** Rows of all sections. */
  readonly rows: number;
  /** The world has really become smaller: a reader must not take it for damage. */
  readonly mayShrink: boolean;
  /** Lengths of blocks that there are sections for, the longest first. */
  readonly ipv4: readonly number[];
  readonly ipv6: readonly number[];
}

export const TIMES = ['after', 'since', 'until', 'before'] as const;
/** Columns of an asset's versions that are texts. */
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

/** Every text that a row or a version has, by its place in their order. */
function textsOf({ holders, assets, networks }: History, ids: readonly string[]): Numbers {
  const texts = new Set<string>(['', ...ids, ...networks.keys()]);
  for (const { versions } of assets.values())
    for (const each of versions) for (const name of TEXTS) texts.add(each[name]);
  for (const key of holders.keys()) {
    const { kind, scope, value } = partsOf(key);
    texts.add(scope);
    if (kind === NAME) texts.add(value);
  }
  return new Map([...texts].sort().map((text, number) => [text, number]));
}

const NAME = 'name';

function textArrays(texts: Numbers): Arrays {
  const parts = [...texts.keys()].map((text) => Buffer.from(text));
  const offsets = new Uint32Array(parts.length + 1);
  parts.forEach((part, i) => {
    offsets[i + 1] = offsets[i] + part.length;
  });
  return { texts: new Uint8Array(Buffer.concat(parts)), 'texts.offsets': offsets };
}

function assetArrays(ids: readonly string[], { assets }: History, texts: Numbers): Arrays {
  const known = ids.map((id) => assets.get(id)!);
  const versions = known.flatMap((each) => each.versions);
  const first = new Uint32Array(ids.length + 1);
  known.forEach((each, i) => {
    first[i + 1] = first[i] + each.versions.length;
  });
  return {
    'assets.id': Uint32Array.from(ids, (id) => texts.get(id)!),
    'assets.goneAt': Uint32Array.from(known, ({ goneAt }) => goneAt),
    'assets.first': first,
    'versions.from': Uint32Array.from(versions, ({ from }) => from),
    ...Object.fromEntries(
      TEXTS.map((name) => [`versions.${name}`, Uint32Array.from(versions, (each) => texts.get(each[name])!)]),
    ),
  };
}

function sectionsOf({ holders }: History, texts: Numbers, assets: Numbers): ReadonlyMap<string, readonly Row[]> {
  const sections = new Map<string, Row[]>([[NAME, []]]);
  for (const [key, byAsset] of holders) {
    const { kind, scope, value } = partsOf(key);
    const words = wordsOf(kind, value, texts);
    const hash = kind === NAME ? hashOfText(Buffer.from(value)) : hashOf(words);
    const rows = sections.get(kind) ?? [];
    sections.set(kind, rows);
    for (const [asset, intervals] of byAsset) {
      const common = { hash, words, scope: texts.get(scope)!, asset: assets.get(asset)! };
      for (const interval of intervals) rows.push({ ...common, ...interval });
    }
  }
  for (const rows of sections.values()) rows.sort(inOrder);
  return sections;
}

/** A key as numbers: an IPv4 address, the four quarters of an IPv6 address, the number of a text. */
function wordsOf(kind: string, value: string, texts: Numbers): readonly number[] {
  if (kind === NAME) return [texts.get(value)!];
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
  const column = (of: (row: Row) => number) => Uint32Array.from(rows, of);
  const width = rows.at(0)?.words.length ?? 1;
  return {
    [`${kind}.slots`]: slots,
    ...Object.fromEntries(
      Array.from({ length: width }, (_, i) => [`${kind}.key${i}`, column(({ words }) => words[i])]),
    ),
    [`${kind}.scope`]: column(({ scope }) => scope),
    ...Object.fromEntries(TIMES.map((name) => [`${kind}.${name}`, column((row) => row[name])])),
    [`${kind}.asset`]: column(({ asset }) => asset),
  };
}

/** About one row a slot. */
const bitsFor = (rows: number): number => Math.max(1, Math.ceil(Math.log2(rows + 1)));

/** Multiplication spreads to the highest bits, and these choose the slot. */
const mixed = (hash: number): number => Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> 0;

export const hashOf = (words: readonly number[]): number => words.reduce((hash, word) => mixed(hash ^ word), 0);
export const hashOfWord = (word: number): number => mixed(word);

/** FNV-1a, mixed. */
export function hashOfText(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return mixed(hash);
}

const jsonOf = (map: ReadonlyMap<string, unknown>): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(JSON.stringify([...map].sort(([a], [b]) => (a < b ? -1 : 1)))));

export function mapIn<V>(packed: Packed<Head>, name: string): Map<string, V> {
  return new Map(JSON.parse(Buffer.from(packed.bytes(name)).toString()));
}

/** The texts of a table by their number, decoded when they are asked for. */
export function textsIn(packed: Packed<Head>): (number: number) => string {
  const bytes = Buffer.from(
    packed.bytes('texts').buffer,
    packed.bytes('texts').byteOffset,
    packed.bytes('texts').length,
  );
  const offsets = packed.numbers('texts.offsets');
  return (number) => bytes.toString('utf8', offsets[number], offsets[number + 1]);
}

/** The history that a table was made of. Throws DecodeError for bytes that are no table. */
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
  const numbers = (name: string) => packed.numbers(`${kind}.${name}`);
  const words = Array.from({ length: kind.startsWith('ipv6/') ? 4 : 1 }, (_, i) => numbers(`key${i}`));
  const [scope, after, since, until, before, asset] = ['scope', ...TIMES, 'asset'].map(numbers);
  const result = new Map<Key, Map<string, Interval[]>>();
  for (let i = 0; i < scope.length; i++) {
    const key = keyOf(
      kind,
      textOf(scope[i]),
      spelled(
        kind,
        words.map((word) => word[i]),
        textOf,
      ),
    );
    const holders = result.get(key) ?? new Map<string, Interval[]>();
    const id = ids[asset[i]];
    const interval = { after: after[i], since: since[i], until: until[i], before: before[i] };
    result.set(key, holders.set(id, [...(holders.get(id) ?? []), interval]));
  }
  return result;
}

function spelled(kind: string, words: readonly number[], textOf: (number: number) => string): string | number {
  if (kind === NAME) return textOf(words[0]);
  return kind.startsWith('ipv4/') ? words[0] : words.map((word) => word.toString(16).padStart(8, '0')).join('');
}
