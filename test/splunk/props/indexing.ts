/**
 * What becomes of text before it is indexed: where events end, how long they may be, where their time stands.
 * https://docs.splunk.com/Documentation/Splunk/latest/Admin/Propsconf
 */
import type { Settings } from '../../../scripts/splunk/conf.ts';
import { pattern } from '../spl/value.ts';
import type { App } from './app.ts';

/** Bytes, where no TRUNCATE is set. */
const TRUNCATE = 10_000;

/** Events of a file or of HEC's raw endpoint. Each is cut after TRUNCATE bytes, 0: never. */
export function broken(text: string, sourcetype: string, { props }: App): string[] {
  const rules: Settings = props.get(sourcetype) ?? new Map();
  const breaker = pattern(rules.get('LINE_BREAKER') ?? '([\\r\\n]+)');
  return text
    .split(breaker)
    .filter((part) => part.trim() !== '')
    .map((event) => truncated(event, rules));
}

/** An event of HEC's event endpoint is not broken into lines, but it is cut all the same. */
export function truncated(event: string, rules: Settings | undefined): string {
  const limit = Number(rules?.get('TRUNCATE') ?? TRUNCATE);
  return limit === 0 ? event : Buffer.from(event).subarray(0, limit).toString();
}

const DIRECTIVES: Readonly<Record<string, string>> = {
  '%Y': '(?<Y>\\d{4})',
  '%m': '(?<m>\\d{2})',
  '%d': '(?<d>\\d{2})',
  '%b': '(?<b>[A-Z][a-z]{2})',
  '%H': '(?<H>\\d{2})',
  '%M': '(?<M>\\d{2})',
  '%S': '(?<S>\\d{2})',
  '%z': '(?<z>[+-]\\d{4})',
  '%s': '(?<s>\\d{10})',
  '%3N': '(?<N>\\d{3})',
};

/** Epoch milliseconds by TIME_PREFIX and TIME_FORMAT; undefined where there is nothing of that form. */
export function timeOf(event: string, sourcetype: string, { props }: App): number | undefined {
  const rules = props.get(sourcetype);
  const prefix = pattern(rules?.get('TIME_PREFIX') ?? '').exec(event);
  if (rules === undefined || prefix === null) return undefined;
  const from = prefix.index + prefix[0].length;
  const text = event.slice(from, from + Number(rules.get('MAX_TIMESTAMP_LOOKAHEAD') ?? 128));
  const form = (rules.get('TIME_FORMAT') ?? '').replaceAll(/%3N|%./g, (each) => DIRECTIVES[each] ?? each);
  const found = new RegExp(`^${form}`).exec(text)?.groups;
  if (found === undefined) return undefined;
  if (found.s !== undefined) return Number(found.s) * 1000 + Number(found.N ?? 0);
  const month = found.m ?? String(MONTHS.indexOf(found.b) + 1).padStart(2, '0');
  return Date.parse(`${found.Y}-${month}-${found.d}T${found.H}:${found.M}:${found.S}${zone(found.z)}`);
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const zone = (z: string | undefined): string => (z === undefined ? 'Z' : `${z.slice(0, 3)}:${z.slice(3)}`);
