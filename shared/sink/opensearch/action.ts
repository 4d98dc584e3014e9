/**
 * The action that creates a document in the index of its day or month, written and read:
 * `{"create":{"_index":"aws-flowlogs-2026.11.24","_id":"…"}}`.
 */
import type { Index, Text } from '../../model.ts';
import { type Literal, literal } from '../../text/text.ts';

const CREATE = '{"create":{"_index":"';
const DAY = 86_400_000;
const QUOTE = 34;
/** Length of `2026.11.24` that names the period. */
const PERIODS: Readonly<Record<Index['period'], number>> = { day: 10, month: 7 };

/** `2026.11.24`. In: epoch milliseconds. */
const dayAt = (time: number): string => new Date(time).toISOString().slice(0, 10).replaceAll('-', '.');

/** The action up to the id, made once a day of the records' own time. */
export function creation({ name, period }: Index): (time: number) => Literal {
  const made = new Map<number, Literal>();
  let lastDay = Number.NaN;
  let last: Literal;
  const make = (day: number) => {
    // a time that no calendar has: the document's own is refused as well, and the reason is logged
    const isDate = day >= 0 && day < 2_932_897;
    const date = dayAt(isDate ? day * DAY : 0).slice(0, PERIODS[period]);
    const action = literal(`${CREATE}${name}-${date}","_id":"`);
    made.set(day, action);
    return action;
  };
  return (time) => {
    const day = Math.floor(time / DAY);
    if (day !== lastDay) {
      last = made.get(day) ?? make(day);
      lastDay = day;
    }
    return last;
  };
}

/** Where a record goes whose first action is that of `creation`. */
export const indexOf = (record: Uint8Array): string =>
  Buffer.from(record.subarray(CREATE.length, record.indexOf(QUOTE, CREATE.length))).toString();

const DATED = /-(\d{4}\.\d\d(?:\.\d\d)?)$/;

/** Where what comes too late for an index goes: `aws-flowlogs-late` for `aws-flowlogs-2026.08.24`. */
export const lateIndexOf = (index: string): string => index.replace(DATED, '-late');

/** Whether an index is that of a day or month that is over. */
export function isPast(index: string, now: number): boolean {
  const period = DATED.exec(index)?.[1];
  return period !== undefined && period < dayAt(now).slice(0, period.length);
}

/** Appends a record whose document is created in another index, under the same id. */
export function appendTo(text: Text, index: string, record: Uint8Array): void {
  text.string(CREATE + index);
  text.append(record.subarray(record.indexOf(QUOTE, CREATE.length)));
}
