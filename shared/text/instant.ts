/**
 * The one reader of points in time: every spelling that an AWS service has been seen to write.
 * ISO 8601 (UTC where no zone is named) · epoch seconds or milliseconds, as a number or a text, also `1.663703546405E9` ·
 * `Jan 2, 2026, 3:04:05 PM` and `Tue Nov 24 13:40:38.123 UTC 2026` (Inspector) · `06/Feb/2019:00:00:38 +0000` (S3 access logs).
 */

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?<zone>Z|[+-]\d\d:?\d\d)?$/;
const NUMBER = /^\d+(\.\d+)?([eE]\+?\d+)?$/;

type Groups = Readonly<Record<string, string>>;

/** Each gives the same time in ISO 8601. */
const SPELLED: readonly (readonly [pattern: RegExp, toIso: (groups: Groups) => string])[] = [
  // \s: newer Javas put a narrow no-break space in front of AM and PM
  [
    /^(?<month>[A-Z][a-z]{2}) (?<day>\d\d?), (?<year>\d{4}), (?<hour>\d\d?):(?<rest>\d\d:\d\d)\s(?<half>[AP])M$/,
    ({ hour, half, rest, ...day }) => `${dayOf(day)}T${two((Number(hour) % 12) + (half === 'P' ? 12 : 0))}:${rest}Z`,
  ],
  [
    /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) +(?<day>\d\d?) (?<time>\d\d:\d\d:\d\d(?:\.\d+)?) (?:UTC|GMT|Z) (?<year>\d{4})$/,
    ({ time, ...day }) => `${dayOf(day)}T${time}Z`,
  ],
  [
    /^(?<day>\d\d?)\/(?<month>[A-Z][a-z]{2})\/(?<year>\d{4}):(?<time>\d\d:\d\d:\d\d) (?<sign>[+-]\d\d)(?<minutes>\d\d)$/,
    ({ time, sign, minutes, ...day }) => `${dayOf(day)}T${time}${sign}:${minutes}`,
  ],
];

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const dayOf = ({ year, month, day }: Groups): string => `${year}-${two(MONTHS.indexOf(month) + 1)}-${two(day)}`;
const two = (part: number | string): string => String(part).padStart(2, '0');

const SECONDS_BELOW = 1e11; // as milliseconds this is 1973, as seconds 5138
const LAST = 253_402_300_799_999; // year 9999, as Text.instant

/** Epoch milliseconds; undefined: not a point in time from 1970 to 9999. */
export function epochMs(value: unknown): number | undefined {
  let ms = Number.NaN;
  if (typeof value === 'number') ms = Math.round(value < SECONDS_BELOW ? value * 1000 : value);
  if (typeof value === 'string') return NUMBER.test(value) ? epochMs(Number(value)) : fromText(value);
  return ms >= 0 && ms <= LAST ? ms : undefined;
}

function fromText(text: string): number | undefined {
  const zone = ISO.exec(text);
  const ms = zone === null ? fromSpelled(text) : Date.parse(zone.groups?.zone === undefined ? `${text}Z` : text);
  return ms >= 0 && ms <= LAST ? ms : undefined;
}

function fromSpelled(text: string): number {
  for (const [pattern, toIso] of SPELLED) {
    const groups = pattern.exec(text)?.groups;
    if (groups !== undefined) return Date.parse(toIso(groups));
  }
  return Number.NaN;
}
