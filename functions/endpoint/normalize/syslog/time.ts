/** Times in the header of a syslog line. */
import { epochMs } from '../../../../shared/text/instant.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const BSD = /^([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)$/;
const DAY = 86_400_000;

/** Minutes east of UTC from `event.timezone` as Filebeat writes it: `+09:00`, `Z`. Names of zones count as UTC. */
export function offsetOf(zone: string | undefined): number {
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(zone ?? '');
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}

/**
 * In: the time as the line has it, when the line was read (it tells the year), and the zone of the host's clock. Servers on
 * AWS have UTC unless somebody changed it. Out: ISO 8601 in UTC; undefined: not a time, or the year can't be known.
 */
export function lineTime(text: string, readAt: unknown, zone: string | undefined): string | undefined {
  const read = typeof readAt === 'string' ? epochMs(readAt) : undefined;
  const bsd = BSD.exec(text);
  const ms = bsd === null ? epochMs(text) : read === undefined ? undefined : bsdTime(bsd, read, offsetOf(zone));
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

function bsdTime([, name, ...numbers]: readonly string[], read: number, offset: number): number | undefined {
  const month = MONTHS.indexOf(name);
  const [day, hour, minute, second] = numbers.map(Number);
  if (month < 0 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return undefined;
  const year = new Date(read).getUTCFullYear();
  // a line of 31 December read in January is of the year before; of 1 January, east of UTC, read on 31 December: of the next
  const ms = [year + 1, year, year - 1].map(
    (each) => Date.UTC(each, month, day, hour, minute, second) - offset * 60_000,
  );
  return ms.find((each) => each <= read + DAY);
}
