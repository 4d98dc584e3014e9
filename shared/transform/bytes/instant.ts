/** Points in time by their bytes; most often `2026-11-24T13:40:38Z`. */
import { type JsonFields, PLAIN } from '../../decode/jsonfields.ts';
import { epochMs } from '../../text/instant.ts';

let day = '';
let dayMs = Number.NaN;

/** Epoch milliseconds; most often of `2026-11-24T13:40:38Z`. */
export function instantOf(fields: JsonFields, index: number): number | undefined {
  const { bytes } = fields;
  const at = fields.starts[index];
  if (fields.kinds[index] === PLAIN) return epochMs(Number(fields.text(index)));
  if (fields.ends[index] - at === 20 && bytes[at + 10] === 84 && bytes[at + 19] === 90) {
    const hour = pair(bytes, at + 11);
    const minute = pair(bytes, at + 14);
    const second = pair(bytes, at + 17);
    if (!isDay(bytes, at)) {
      day = String.fromCharCode(...bytes.subarray(at, at + 10));
      dayMs = epochMs(`${day}T00:00:00Z`) ?? Number.NaN;
    }
    if (hour < 24 && minute < 60 && second < 60 && dayMs >= 0)
      return dayMs + ((hour * 60 + minute) * 60 + second) * 1000;
  }
  return epochMs(fields.text(index));
}

function isDay(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < 10; i++) if (bytes[at + i] !== day.charCodeAt(i)) return false;
  return true;
}

/** Two digits; NaN or beyond 99 for what is none. */
function pair(bytes: Uint8Array, at: number): number {
  const tens = bytes[at] - 48;
  const ones = bytes[at + 1] - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 100;
}
