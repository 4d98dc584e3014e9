/**
 * Values of audit records. The kernel and auditd write text that somebody else chose either in quotes or, if it has a quote, a
 * space or a control character in it, as hexadecimal digits without quotes.
 * https://github.com/linux-audit/audit-documentation/wiki/SPEC-Audit-Event-Parsing
 */

const HEX = /^(?:[\dA-F]{2})+$/;
const NONE: ReadonlySet<string> = new Set([
  '',
  '?',
  '(null)',
  '(none)',
  '"?"',
  '(unset)',
  'unset',
  '4294967295',
  '-1',
  '""',
]);

/** `(null)` is followed by names where a shipper drops the separator in front of them. */
const isNone = (raw: string): boolean => NONE.has(raw) || raw.startsWith('(null)');

/** A value that is never encoded: without its quotes; undefined: none. */
export function plain(raw: string | undefined): string | undefined {
  if (raw === undefined || isNone(raw)) return undefined;
  return unquoted(raw);
}

const unquoted = (raw: string): string =>
  raw.startsWith('"') ? raw.slice(1, raw.endsWith('"') ? -1 : undefined) : raw;

/** The bytes of a value that may be encoded. */
export const bytesOf = (raw: string): Buffer => (HEX.test(raw) ? Buffer.from(raw, 'hex') : Buffer.from(unquoted(raw)));

/** A value that may be encoded, as text. */
export function untrusted(raw: string | undefined): string | undefined {
  if (raw === undefined || isNone(raw)) return undefined;
  return bytesOf(raw).toString();
}

/** A list of arguments that is separated by NUL, as in PROCTITLE and `cmd`. */
export const parts = (text: string): string[] => text.replace(/\0+$/, '').split('\0');
