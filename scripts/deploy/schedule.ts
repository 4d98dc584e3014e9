/**
 * Schedule expressions of EventBridge: `rate(6 hours)`, `cron(0 3 * * ? *)`. EventBridge refuses a wrong one only while the stack
 * is being made.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */

interface Field {
  readonly least: number;
  readonly most: number;
  /** Names for numbers from `least` on. */
  readonly names?: readonly string[];
  /** What else the field takes. */
  readonly signs?: RegExp;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const FIELDS: readonly Field[] = [
  { least: 0, most: 59 },
  { least: 0, most: 23 },
  { least: 1, most: 31, signs: /^(\?|L|LW|\d{1,2}W)$/ },
  { least: 1, most: 12, names: MONTHS },
  { least: 1, most: 7, names: DAYS, signs: /^(\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/ },
  { least: 1970, most: 2199 },
];

export function isSchedule(expression: string): boolean {
  const [, kind, inner = ''] = /^(rate|cron)\((.*)\)$/.exec(expression) ?? [];
  return kind === 'rate' ? isRate(inner) : kind === 'cron' && isCron(inner.split(' '));
}

/** One of a unit, or several of its plural. */
function isRate(text: string): boolean {
  const [, count, plural] = /^([1-9]\d{0,4}) (?:minute|hour|day)(s?)$/.exec(text) ?? [];
  return count !== undefined && (count === '1') === (plural === '');
}

/** Either the day of the month or the day of the week has to be `?`. */
function isCron(fields: readonly string[]): boolean {
  const isWhole = fields.length === FIELDS.length && fields.every((field, at) => isOf(FIELDS[at], field));
  return isWhole && (fields[2] === '?') !== (fields[4] === '?');
}

const isOf = (field: Field, text: string): boolean =>
  field.signs?.test(text) === true || text.split(',').every((part) => isPart(field, part));

/** `*`, a value, a range, and each of them with a step. */
function isPart(field: Field, text: string): boolean {
  const [, range, step] = /^([^/]+?)(?:\/([1-9]\d*))?$/.exec(text) ?? [];
  if (range === undefined) return false;
  if (step !== undefined && Number(step) > field.most) return false;
  if (range === '*') return true;
  const [from, to = from, ...more] = range.split('-').map((value) => numberOf(field, value));
  return more.length === 0 && isIn(field, from) && isIn(field, to) && from <= to;
}

function numberOf({ least, names = [] }: Field, text: string): number {
  const at = names.indexOf(text.toUpperCase());
  if (at >= 0) return least + at;
  return /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
}

const isIn = ({ least, most }: Field, value: number): boolean => value >= least && value <= most;
