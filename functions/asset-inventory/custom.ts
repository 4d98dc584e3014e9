/**
 * Assets that no account of AWS has: ranges of offices, SaaS, what a CMDB exports. In: objects `custom/*.csv` (the first line
 * names the columns) and `custom/*.json` (a list of objects) in the inventory's bucket. They are merged like all others: an
 * object that can't be read deletes nothing, and says so in the coverage report.
 * Columns: `id`; `type`, `name`, `account`, `region`, `class`; `ip`, `cidr`, `mac`, `dns` with spaces between several. All others
 * are tags, so that `owner`, `environment` and `criticality` are found by the same rules.
 */
import type { AssetClass, Coverage, Status } from '../../shared/asset.ts';
import { DecodeError, messageOf } from '../../shared/errors.ts';
import { isObject } from '../../shared/map/json.ts';
import type { Declaration, Draft } from './declaration.ts';
import type { Found } from './parts.ts';
import { blockedRow } from './plan.ts';
import { type Seen, seenOf } from './record.ts';
import type { Store } from './store.ts';

/** In place of an account, whose only region is `global`. */
export const CUSTOM = 'custom';
const PREFIX = 'custom/';
const TYPE = 'Custom::Asset';

export const hasCustom = async (store: Store): Promise<boolean> => (await store.keys(PREFIX)).some(isFile);

const isFile = (key: string): boolean => /\.(csv|json)$/.test(key);

export async function customIn(store: Store): Promise<Found> {
  const seen: Seen[] = [];
  const faults: string[] = [];
  for (const key of (await store.keys(PREFIX)).filter(isFile)) {
    try {
      seen.push(...recordsIn(key, (await store.text(key)) ?? '').map(seenIn));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      faults.push(`${key}: ${messageOf(error)}`);
    }
  }
  const status: Status = faults.length > 0 ? 'partial' : 'ok';
  const row = (type: string, items: number): Coverage => ({
    ...blockedRow(
      CUSTOM,
      'global',
      status,
      faults.length > 0 ? { message: faults.join(' · ').slice(0, 500) } : {},
      type,
    ),
    items,
  });
  const types = Map.groupBy(seen, ({ type }) => type);
  return { seen, rows: [...[...types].map(([type, all]) => row(type, all.length)), row('*', seen.length)] };
}

type Record = Readonly<{ [column: string]: unknown }>;

/** Throws DecodeError. */
function recordsIn(key: string, text: string): readonly Record[] {
  if (key.endsWith('.csv')) return csv(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DecodeError('no JSON', {}, { cause });
  }
  if (!Array.isArray(value) || !value.every(isObject)) throw new DecodeError('expected a list of objects');
  return value;
}

/** https://www.rfc-editor.org/rfc/rfc4180 */
export function csv(text: string): readonly Record[] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  const plain = text.replace(/^\uFEFF/, '');
  while (cell.lastIndex < plain.length) {
    const found = cell.exec(plain);
    if (found === null) throw new DecodeError('a quote that is not closed, or text behind one', { row: rows.length });
    const [, quoted, bare, end] = found;
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? bare);
    if (end === '') break;
    if (end !== ',') rows.push([]);
  }
  const [head = [], ...others] = rows.filter((row) => row.some((each) => each !== ''));
  const names = head.map((name) => name.trim().toLowerCase());
  if (!names.includes('id')) throw new DecodeError('the first line names no column id', { columns: names });
  return others.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? ''])));
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
const OWN = new Set(['id', 'type', 'name', 'account', 'region', 'class', 'ip', 'cidr', 'mac', 'dns', 'tags']);

/** Throws DecodeError for one without an id. */
function seenIn(record: Record): Seen {
  const id = textOf(record.id);
  if (id === undefined) throw new DecodeError('an asset has no id');
  const type = textOf(record.type) ?? TYPE;
  const others = Object.entries(record).filter(([name, value]) => !OWN.has(name) && textOf(value) !== undefined);
  const draft: Draft = {
    id: `custom:${id}`,
    idSynthetic: true,
    nativeId: id,
    name: textOf(record.name),
    account: textOf(record.account),
    region: textOf(record.region),
    tags: { ...(isObject(record.tags) && tagsIn(record.tags)), ...tagsIn(Object.fromEntries(others)) },
    net: {
      private: textsOf(record.ip).filter((ip) => !ip.includes(':')),
      v6: textsOf(record.ip).filter((ip) => ip.includes(':')),
      prefixes: textsOf(record.cidr),
      mac: textsOf(record.mac),
      dns: textsOf(record.dns),
    },
  };
  const kind = CLASSES.has(record.class) ? (record.class as AssetClass) : 'network';
  const declaration: Pick<Declaration, 'type' | 'class' | 'scope'> = { type, class: kind, scope: 'global' };
  return seenOf(declaration, draft, { partition: 'aws', account: CUSTOM, region: 'global' }, []);
}

const textOf = (value: unknown): string | undefined =>
  value === undefined || value === null || value === '' || typeof value === 'object' ? undefined : String(value).trim();

const tagsIn = (members: object): { readonly [key: string]: string } =>
  Object.fromEntries(Object.entries(members).map(([key, value]) => [key, String(value)]));

const textsOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value.map(String) : (textOf(value) ?? '').split(/[\s;]+/)).filter((each) => each !== '');
