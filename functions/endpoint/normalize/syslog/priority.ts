/** Facility and severity by their numbers. https://www.rfc-editor.org/rfc/rfc5424#section-6.2.1 */
import type { Fields } from '../document.ts';

const FACILITIES =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  );
const SEVERITIES = 'emergency alert critical error warning notice informational debug'.split(' ');

/** Facilities of `auth.log` and `secure`. */
export const AUTH: ReadonlySet<number> = new Set([4, 10]);

export function facility(code: number | undefined): Fields {
  if (code === undefined) return {};
  return { 'log.syslog.facility.code': code, 'log.syslog.facility.name': FACILITIES[code] };
}

export function severity(code: number | undefined): Fields {
  if (code === undefined) return {};
  return { 'log.syslog.severity.code': code, 'log.syslog.severity.name': SEVERITIES[code] };
}

export function priorityFields(priority: number | undefined): Fields {
  if (priority === undefined) return {};
  return { 'log.syslog.priority': priority, ...facility(priority >> 3), ...severity(priority & 7) };
}
