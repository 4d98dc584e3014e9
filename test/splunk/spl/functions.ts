/**
 * The functions of eval that the app's calculated fields and the CIM's checks use. A null argument gives null unless said otherwise.
 * https://docs.splunk.com/Documentation/Splunk/latest/SearchReference/CommonEvalFunctions
 */
import { BlockList, isIP } from 'node:net';
import { spath } from './json.ts';
import { fromList, isNumeric, listOf, numberOf, pattern, type Scalar, textOf, type Value } from './value.ts';

type Plain = (...args: readonly Value[]) => Value;

const text = (value: Value): string => textOf(value) ?? '';
const strict =
  (f: (...args: readonly string[]) => Value): Plain =>
  (...args) =>
    args.some((each) => each === null) ? null : f(...args.map(text));

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** `%` any text, `_` any character. */
export const like = (value: string, form: string): boolean =>
  new RegExp(`^${escaped(form).replaceAll('%', '.*').replaceAll('_', '.')}$`, 's').test(value);

function mvindex(values: Value, from: Value, to: Value = from): Value {
  if (values === null || from === null || to === null) return null;
  const list = listOf(values);
  const at = (index: Value) => (numberOf(index) < 0 ? list.length + numberOf(index) : numberOf(index));
  return at(from) < 0 ? null : fromList(list.slice(at(from), at(to) + 1));
}

function mvfind(values: Value, regex: Value): Value {
  const at = listOf(values).findIndex((each) => pattern(text(regex)).test(String(each)));
  return at === -1 ? null : at;
}

function cidrmatch(cidr: string, ip: string): boolean {
  const [net, bits] = cidr.split('/');
  const family = isIP(net) === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(net, Number(bits), family);
  return isIP(ip) !== 0 && (isIP(ip) === 6) === (family === 'ipv6') && list.check(ip, family);
}

/** From 1; a negative start counts from the end. */
function substr(value: string, start: string, length?: string): string {
  const from = Number(start) > 0 ? Number(start) - 1 : value.length + Number(start);
  return value.slice(from, length === undefined ? undefined : from + Number(length));
}

const trimmed = (where: 'both' | 'left' | 'right') =>
  strict((value, chars = ' \t') => {
    const set = `[${chars.replaceAll(/[\\\]^-]/g, '\\$&')}]+`;
    const left = where === 'right' ? value : value.replace(new RegExp(`^${set}`), '');
    return where === 'left' ? left : left.replace(new RegExp(`${set}$`), '');
  });

const rounded: Plain = (value, digits = 0) =>
  isNumeric(value) ? Number(numberOf(value).toFixed(numberOf(digits))) : null;

export const FUNCTIONS: Readonly<Record<string, Plain>> = {
  null: () => null,
  true: () => true,
  false: () => false,
  isnull: (value) => value === null,
  isnotnull: (value) => value !== null,
  isnum: (value) => isNumeric(value),
  isstr: (value) => value !== null && !isNumeric(value),
  match: strict((value, regex) => pattern(regex).test(value)),
  like: strict(like),
  in: (value, ...list) => (value === null ? null : list.some((each) => text(each) === text(value))),
  replace: strict((value, regex, by) => value.replaceAll(pattern(regex, 'g'), by.replaceAll(/\\(\d)/g, '$$$1'))),
  lower: strict((value) => value.toLowerCase()),
  upper: strict((value) => value.toUpperCase()),
  len: strict((value) => value.length),
  substr: strict((value, start, length) => substr(value, start, length)),
  trim: trimmed('both'),
  ltrim: trimmed('left'),
  rtrim: trimmed('right'),
  tonumber: (value) => (isNumeric(value) ? numberOf(value) : null),
  tostring: (value) => textOf(value),
  round: rounded,
  floor: (value) => (isNumeric(value) ? Math.floor(numberOf(value)) : null),
  split: strict((value, by) => fromList(value.split(by))),
  mvindex,
  mvfind,
  mvcount: (values) => (values === null ? null : listOf(values).length),
  mvappend: (...values) => fromList(values.flatMap(listOf)),
  mvdedup: (values) => fromList([...new Set(listOf(values))]),
  mvjoin: (values, by) => (values === null ? null : listOf(values).join(text(by))),
  mvzip: (a, b, by = ',') => fromList(zipped(listOf(a), listOf(b), text(by))),
  cidrmatch: strict(cidrmatch),
  spath: (value, path) => (value === null || path === null ? null : spath(value, text(path))),
  urldecode: strict((value) => decodeURIComponent(value)),
  nullif: (a, b) => (text(a) === text(b) ? null : a),
};

const zipped = (a: readonly Scalar[], b: readonly Scalar[], by: string): string[] =>
  a.slice(0, b.length).map((each, at) => `${each}${by}${b[at]}`);
