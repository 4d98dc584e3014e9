/**
 * Dates of Inspector: the API gives ISO dates or epoch seconds, some clients write these as text, and events spell them
 * `Jan 2, 2026, 3:04:05 PM`, in UTC and with or without leading zeros.
 * https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html
 */
import { epochMs } from '../../shared/transform/objects/compile.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

// \s: newer Javas put a narrow no-break space in front of AM and PM.
const SPELLED =
  /^(?<month>[A-Z][a-z]{2}) (?<day>\d\d?), (?<year>\d{4}), (?<hour>\d\d?):(?<rest>\d\d:\d\d)\s(?<half>[AP])M$/;
const EPOCH = /^\d+(\.\d+)?$/;

/** Epoch milliseconds, whichever way the date is written; undefined: it is none. */
export function instant(value: unknown): number | undefined {
  if (typeof value !== 'string') return epochMs(value);
  return epochMs(EPOCH.test(value) ? Number(value) : iso(value));
}

/** A spelled date as ISO; anything else as it is. */
function iso(text: string): string {
  const parts = SPELLED.exec(text)?.groups;
  if (parts === undefined) return text;
  const month = MONTHS.indexOf(parts.month) + 1;
  const hour = (Number(parts.hour) % 12) + (parts.half === 'P' ? 12 : 0);
  return `${parts.year}-${two(month)}-${two(parts.day)}T${two(hour)}:${parts.rest}Z`;
}

const two = (part: number | string): string => String(part).padStart(2, '0');
