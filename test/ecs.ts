/**
 * Checks documents against the Elastic Common Schema, as every source's tests do.
 * Outside of `aws.*` (ours, anything) and the fields of `finding.*` and `asset.*` each leaf has to be a field of ECS with a value of its
 * type, lists where ECS normalizes to lists and nowhere else, and allowed values where ECS has them, event.type as
 * event.category expects it.
 * https://www.elastic.co/docs/reference/ecs
 */
import { isIP } from 'node:net';
import { EcsFlat } from '@elastic/ecs';
import { SCALE } from '../shared/table/severity.ts';

/** What ECS says of one field, as far as it can be checked. */
interface Field {
  readonly type: string;
  readonly normalize: readonly string[];
  readonly required?: boolean;
  readonly pattern?: string;
  readonly allowed_values?: readonly { readonly name: string; readonly expected_event_types?: readonly string[] }[];
}

interface Node {
  readonly path: string;
  readonly isList: boolean;
  readonly check: ((value: unknown) => string | undefined) | undefined;
  readonly children: Map<string, Node>;
}

/** A top-level field set that is not of ECS and may hold anything. */
const OURS = 'aws';

/** What findings of every source have beside ECS. */
const keyword = { type: 'keyword', normalize: [] };
const FINDING: Readonly<Record<string, Field>> = {
  'finding.uid': keyword,
  'finding.severity': { ...keyword, allowed_values: SCALE.map((name) => ({ name })) },
  'finding.way': { ...keyword, allowed_values: ['eventbridge', 'securityhub', 's3', 'api'].map((name) => ({ name })) },
  'finding.via': keyword,
};

/** Whom of ours a record tells of: shared/enrich/assets.ts. */
const ASSET: Readonly<Record<string, Field>> = {
  ...Object.fromEntries(
    ['id', 'type', 'name', 'owner', 'owner_current', 'environment', 'criticality', 'exposure', 'vpc'].map((name) => [
      name,
      keyword,
    ]),
  ),
  'account.id': keyword,
  'account.name': keyword,
  match: { ...keyword, allowed_values: ['exact', 'bounded', 'ambiguous'].map((name) => ({ name })) },
  count: { ...keyword, type: 'long' },
  candidates: { ...keyword, normalize: ['array'] },
};
const JOINED = Object.fromEntries(
  ['asset', 'source.asset', 'destination.asset', 'user.asset'].flatMap((of) =>
    Object.entries(ASSET).map(([name, field]) => [`${of}.${name}`, field]),
  ),
);

/** Of a finding that AWS scores 8.95: an index truncates it where the field is a long, and takes it. */
const FRACTIONAL: ReadonlySet<string> = new Set(['event.severity']);

const FIELDS = { ...(EcsFlat as unknown as Readonly<Record<string, Field>>), ...FINDING, ...JOINED };
const REQUIRED = Object.keys(FIELDS).filter((path) => FIELDS[path].required);
const EXPECTED_TYPES = new Map(
  FIELDS['event.category'].allowed_values?.map(({ name, expected_event_types: types }) => [name, new Set(types)]),
);

const isString = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isPoint = (value: unknown): boolean =>
  isMap(value) && isNumber(value.lat) && isNumber(value.lon) && Math.abs(value.lat) <= 90 && Math.abs(value.lon) <= 180;

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  boolean: (value) => typeof value === 'boolean',
  constant_keyword: isString,
  date: (value) => isString(value) && DATE.test(value) && !Number.isNaN(Date.parse(value)),
  double: isNumber,
  flattened: isMap,
  float: isNumber,
  geo_point: isPoint,
  integer: (value) => isNumber(value) && value === (value | 0),
  ip: (value) => isString(value) && isIP(value) !== 0 && !value.includes('%'),
  keyword: isString,
  long: Number.isSafeInteger,
  match_only_text: isString,
  nested: isMap,
  object: isMap,
  scaled_float: isNumber,
  wildcard: isString,
};

const ROOT = tree();

function tree(): Node {
  const root: Node = { path: '', isList: false, check: undefined, children: new Map() };
  for (const path of Object.keys(FIELDS).sort()) {
    let at = root;
    const names = path.split('.');
    for (const [i, name] of names.entries()) {
      let next = at.children.get(name);
      if (next === undefined) {
        next = node(names.slice(0, i + 1).join('.'));
        at.children.set(name, next);
      }
      at = next;
    }
  }
  return root;
}

function node(path: string): Node {
  const field = FIELDS[path];
  if (field === undefined) return { path, isList: false, check: undefined, children: new Map() };
  return { path, isList: field.normalize.includes('array'), check: checkOf(path, field), children: new Map() };
}

function checkOf(path: string, field: Field): Node['check'] {
  const type = FRACTIONAL.has(path) ? 'float' : field.type;
  const isOfType = TYPES[type];
  const pattern = field.pattern === undefined ? undefined : new RegExp(field.pattern);
  const allowed = field.allowed_values && new Set(field.allowed_values.map(({ name }) => name));
  return (value) => {
    if (!isOfType(value)) return `${JSON.stringify(value)} is not ${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
    if (pattern && !pattern.test(String(value))) return `${value} does not match ${field.pattern}`;
    if (allowed && !allowed.has(String(value))) return `${value} is not allowed`;
    return undefined;
  };
}

/** Every fault of one document as `path: what is wrong`; none: the document is valid. */
export function ecsFaults(document: Readonly<Record<string, unknown>>): string[] {
  const faults: string[] = [];
  members(document, ROOT, faults);
  for (const path of REQUIRED) if (get(document, path) === undefined) faults.push(`${path}: missing`);
  eventTypes(document, faults);
  return faults;
}

function members(value: Readonly<Record<string, unknown>>, { path, children }: Node, faults: string[]): void {
  for (const name in value) {
    if (path === '' && name === OURS) continue;
    const child = children.get(name);
    if (child === undefined) faults.push(`${path === '' ? name : `${path}.${name}`}: no field of ECS`);
    else field(value[name], child, faults);
  }
}

function field(value: unknown, at: Node, faults: string[]): void {
  if (!Array.isArray(value)) {
    if (at.isList) faults.push(`${at.path}: not a list`);
    one(value, at, faults);
    return;
  }
  if (!at.isList) faults.push(`${at.path}: a list`);
  if (value.length === 0) faults.push(`${at.path}: empty`);
  for (const element of value) one(element, at, faults);
}

function one(value: unknown, at: Node, faults: string[]): void {
  const fault = at.check?.(value);
  if (fault !== undefined) faults.push(`${at.path}: ${fault}`);
  else if (at.check !== undefined && at.children.size === 0) return;
  else if (isMap(value)) members(value, at, faults);
  else if (at.check === undefined) faults.push(`${at.path}: ${JSON.stringify(value)} is not an object`);
}

/** Each type has to be expected by one of the categories. */
function eventTypes(document: Readonly<Record<string, unknown>>, faults: string[]): void {
  const categories = list(get(document, 'event.category'));
  if (categories.length === 0) return;
  for (const type of list(get(document, 'event.type'))) {
    const isExpected = categories.some((category) => EXPECTED_TYPES.get(String(category))?.has(String(type)));
    if (!isExpected) faults.push(`event.type: ${type} is not expected with ${categories.join(', ')}`);
  }
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function get(document: unknown, path: string): unknown {
  let at: unknown = document;
  for (const name of path.split('.')) at = isMap(at) ? at[name] : undefined;
  return at;
}
