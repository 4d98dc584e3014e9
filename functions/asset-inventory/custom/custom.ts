/**
 * Assets and owners that users provide: assets outside of AWS (office networks, SaaS, a CMDB export), and owners of AWS assets.
 * In: objects below `custom/` in the inventory's bucket: `*.csv` (the first line names the columns) and `*.json`, `*.jsonl`,
 * `*.ndjson` (a list of objects, or one a line). They are merged like all other assets. An unreadable row is reported with
 * its file and line in the coverage report; the other rows count, and nothing is deleted until it is fixed.
 * Columns: `id` (or `ip` or `cidr`); `type`, `name`, `account`, `region`, `vpc`, `class`; `ip`, `cidr`, `mac`, `dns` (several
 * values separated by spaces); `tags` as `key=value; key=value`. All other columns become tags, so that the usual rules find
 * `owner`, `environment` and `criticality`.
 * A row with the id of an AWS asset sets that asset's owner, environment and criticality.
 */
import { isIP } from 'node:net';
import { parse } from 'csv-parse/sync';
import type { AssetClass, Coverage, Status } from '../../../shared/asset/model.ts';
import { DecodeError, messageOf } from '../../../shared/errors.ts';
import { isObject } from '../../../shared/transform/objects/compile.ts';
import type { Mapped, Rules } from '../classify/owner.ts';
import type { Declaration, Draft } from '../discovery/declaration.ts';
import type { Found } from '../run/model.ts';
import { blockedRow } from '../run/plan.ts';
import type { Store } from '../run/store.ts';
import { type Seen, seenOf } from '../state/record.ts';

/** Stands for the account id of custom assets; their only region is `global`. */
export const CUSTOM = 'custom';
const PREFIX = 'custom/';
const TYPE = 'Custom::Asset';
const RANGE = 'Custom::Range';

export const hasCustom = async (store: Store): Promise<boolean> => (await store.keys(PREFIX)).some(isFile);

const isFile = (key: string): boolean => /\.(csv|json|jsonl|ndjson)$/.test(key);

/** Assets outside of AWS. */
export async function customIn(store: Store): Promise<Found> {
  const { rows, faults } = await rowsIn(store);
  const seen: Seen[] = [];
  for (const { record, place } of rows.filter(({ record }) => !isOfAws(idOf(record)))) {
    try {
      seen.push(seenIn(record));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      faults.push(`${place}: ${messageOf(error)}`);
    }
  }
  const status: Status = faults.length > 0 ? 'partial' : 'ok';
  const why = faults.length > 0 ? { message: faults.join(' · ').slice(0, MESSAGE) } : {};
  const row = (type: string, items: number): Coverage => ({
    ...blockedRow(CUSTOM, 'global', status, why, type),
    items,
  });
  const types = Map.groupBy(seen, ({ type }) => type);
  return { seen, rows: [...[...types].map(([type, all]) => row(type, all.length)), row('*', seen.length)] };
}

const MESSAGE = 2000; // characters of a list of faults

/** Adds the rows about AWS assets to the rules, by asset id. */
export async function withMap(rules: Rules, store: Store): Promise<Rules> {
  const { rows } = await rowsIn(store);
  const map = new Map<string, Mapped>();
  for (const { record, key } of rows) {
    const id = idOf(record);
    if (id === undefined || !isOfAws(id)) continue;
    const [owner, environment, criticality] = [record.owner, record.environment, record.criticality].map(textOf);
    map.set(id, {
      ...map.get(id),
      file: key,
      ...(owner && { owner }),
      ...(environment && { environment }),
      ...(criticality && { criticality }),
    });
  }
  return { ...rules, map };
}

/** ARNs and unique AWS ids: `i-0abc…`; `AROA…` of a role, `AIDA…` of a user, `AKIA…` of an access key. */
const isOfAws = (id = ''): boolean =>
  /^(arn:[\w-]+:.+|[a-z]+-[0-9a-f]{17}|(AKIA|ASIA|AIDA|AROA)[A-Z0-9]{12,})$/.test(id);

type Record = Readonly<{ [column: string]: unknown }>;

interface Row {
  readonly record: Record;
  readonly key: string;
  /** `custom/offices.csv line 7` */
  readonly place: string;
}

/** `faults`: rows that can't be read, with their place. */
async function rowsIn(store: Store): Promise<{ readonly rows: Row[]; readonly faults: string[] }> {
  const rows: Row[] = [];
  const faults: string[] = [];
  for (const key of (await store.keys(PREFIX)).filter(isFile)) {
    const text = (await store.text(key)) ?? '';
    const to: Reading = {
      take: (record, at) => rows.push({ record, key, place: `${key} ${at}` }),
      refuse: (fault, at) => faults.push(`${key} ${at}: ${fault}`),
    };
    if (key.endsWith('.csv')) readCsv(text, to);
    else if (text.trimStart().startsWith('[')) readList(text, to);
    else readLines(text, to);
  }
  return { rows, faults };
}

/** `at`: `line 7` */
interface Reading {
  take(record: Record, at: string): void;
  refuse(fault: string, at: string): void;
}

/** https://csv.js.org/parse/options/ */
function readCsv(text: string, { take, refuse }: Reading): void {
  const rows: unknown = parse(text, {
    bom: true,
    columns: (names: string[]) => names.map((name) => name.trim().toLowerCase()),
    info: true,
    trim: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip(error) {
      refuse(error?.message ?? 'no CSV', `line ${error?.lines ?? '?'}`);
      return undefined;
    },
  });
  for (const { record, info } of rows as { record: Record; info: { lines: number } }[])
    take(record, `line ${info.lines}`);
}

function readList(text: string, { take, refuse }: Reading): void {
  const list = jsonIn(text);
  if (!Array.isArray(list)) {
    refuse('no JSON', 'as a whole');
    return;
  }
  for (const [i, each] of list.entries()) {
    if (isObject(each)) take(each, `entry ${i + 1}`);
    else refuse('no JSON object', `entry ${i + 1}`);
  }
}

function readLines(text: string, { take, refuse }: Reading): void {
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const value = jsonIn(line);
    if (isObject(value)) take(value, `line ${i + 1}`);
    else refuse('no JSON object', `line ${i + 1}`);
  }
}

/** Undefined: not an address. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

const CLASSES: ReadonlySet<unknown> = new Set<AssetClass>([
  'compute',
  'container',
  'database',
  'dns',
  'edge',
  'identity',
  'messaging',
  'network',
  'org',
  'security',
  'storage',
]);
const OWN = new Set(['id', 'type', 'name', 'account', 'region', 'vpc', 'class', 'ip', 'cidr', 'mac', 'dns', 'tags']);

/** Default: the first address or block. */
const idOf = (record: Record): string | undefined =>
  textOf(record.id) ?? textsOf(record.ip)[0] ?? textsOf(record.cidr)[0];

/** Throws DecodeError for a row without an id, and for a value that is not an address. */
function seenIn(record: Record): Seen {
  const id = idOf(record);
  if (id === undefined) throw new DecodeError('an asset has no id, ip or cidr');
  const all = [...textsOf(record.ip), ...textsOf(record.cidr)].map(addressOf);
  const blocks = all.filter((each) => each.includes('/'));
  const addresses = all.filter((each) => !each.includes('/'));
  const vpc = textOf(record.vpc);
  const isInside = (address: string) => vpc !== undefined || PRIVATE.test(address);
  const v4 = addresses.filter((each) => isIP(each) === 4);
  const type = textOf(record.type) ?? (textOf(record.id) === undefined && blocks.length > 0 ? RANGE : TYPE);
  const others = Object.entries(record).filter(([name, value]) => !OWN.has(name) && textOf(value) !== undefined);
  const draft: Draft = {
    id: `custom:${id}`,
    idSynthetic: true,
    nativeId: id,
    name: textOf(record.name),
    account: textOf(record.account),
    region: textOf(record.region),
    tags: { ...pairsIn(record.tags), ...tagsIn(Object.fromEntries(others)) },
    net: {
      vpc,
      private: v4.filter(isInside),
      public: v4.filter((each) => !isInside(each)),
      v6: addresses.filter((each) => isIP(each) === 6),
      prefixes: blocks,
      mac: textsOf(record.mac),
      dns: textsOf(record.dns),
    },
  };
  const kind = CLASSES.has(record.class) ? (record.class as AssetClass) : 'network';
  const declaration: Pick<Declaration, 'type' | 'class' | 'scope'> = { type, class: kind, scope: 'global' };
  return seenOf(declaration, draft, { partition: 'aws', account: CUSTOM, region: 'global' }, []);
}

/** https://www.rfc-editor.org/rfc/rfc1918 https://www.rfc-editor.org/rfc/rfc6598 */
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;

/** `192.0.2.7` or `192.0.2.0/24`; a block of one address becomes the address. Throws DecodeError for anything else. */
function addressOf(text: string): string {
  const [address, bits, ...more] = text.split('/');
  const most = isIP(address) === 4 ? 32 : 128;
  const isBlock = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= most);
  if (isIP(address) === 0 || address.includes('%') || !isBlock || more.length > 0)
    throw new DecodeError(`no address or block: ${text}`);
  return bits === undefined || Number(bits) === most ? address : text;
}

/** In: an object, or `key=value; key=value`. */
function pairsIn(tags: unknown): { readonly [key: string]: string } {
  if (isObject(tags)) return tagsIn(tags);
  const pairs = (textOf(tags) ?? '').split(';').map((pair) => pair.trim().split('='));
  return Object.fromEntries(pairs.filter(([key]) => key !== '').map(([key, ...value]) => [key, value.join('=')]));
}

const textOf = (value: unknown): string | undefined =>
  value === undefined || value === null || value === '' || typeof value === 'object' ? undefined : String(value).trim();

const tagsIn = (members: object): { readonly [key: string]: string } =>
  Object.fromEntries(Object.entries(members).map(([key, value]) => [key, String(value)]));

const textsOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value.map(String) : (textOf(value) ?? '').split(/[\s;]+/)).filter((each) => each !== '');
