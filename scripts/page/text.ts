/** Values as people read them, and as HTML. */

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `4,115`, `1.3 M`. */
export function numberText(value: number): string {
  if (Math.abs(value) >= 1e6) return `${(value / 1e6).toFixed(1)} M`;
  return value.toLocaleString('en', { maximumFractionDigits: 1 });
}

/** `17.4 MB`. */
export function bytesText(value: number): string {
  const unit = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, Math.abs(value))) / 3)));
  return `${(value / 1000 ** unit).toLocaleString('en', { maximumFractionDigits: unit === 0 ? 0 : 1 })} ${UNITS[unit]}`;
}

/** Epoch milliseconds → `2026-11-24 13:40:38`, UTC. */
export const timeText = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

/** A number of a field: bytes, a time or a plain number. */
export function valueText(value: number, field = ''): string {
  if (field === '@timestamp' || /\.(created|changed|seen|last_changed)$/.test(field)) return timeText(value);
  if (/port$|number$|status_code$|\.id$/.test(field)) return String(value); // a name, no quantity
  return /bytes$|\.size$/.test(field) ? bytesText(value) : numberText(value);
}

/** All values at a dotted path of a document, also where members have dots in their names. */
export function valuesAt(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((each) => valuesAt(each, path));
  if (path === '') return value === null || value === undefined ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (path === name) return valuesAt(inner, '');
    return path.startsWith(`${name}.`) ? valuesAt(inner, path.slice(name.length + 1)) : [];
  });
}

/** What stands in a cell of a list. */
export function cellText(document: unknown, path: string): string {
  const values = valuesAt(document, path);
  if (path === '@timestamp') return values.map((each) => timeText(Date.parse(String(each)))).join(', ');
  return values.map((each) => (typeof each === 'number' ? valueText(each, path) : String(each))).join(', ');
}
