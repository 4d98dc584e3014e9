/** Samples of all sources, repeated with other ids, addresses and accounts until there are as many records as wanted. */
import { isUtf8 } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import type { SourceName } from '../../shared/sources.ts';
import { samplesOf } from '../source.ts';

export const MIXED = [
  'flowlogs',
  'cloudtrail',
  'waf',
  'dns',
  'networkfirewall',
  's3access',
  'guardduty',
  'securityhub',
  'inspector',
  'macie',
  'integrity',
] as const satisfies readonly SourceName[];

const ACCOUNTS = 20;

/** The sample as another one of its kind: ids end in other digits, addresses and accounts are other ones. */
export function varied(sample: string, number: number): string {
  const digits = number.toString(16).padStart(4, '0').slice(-4);
  return sample
    .replace(/\b([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{8})[0-9a-f]{4}\b/g, `$1${digits}`)
    .replace(/\b((?:i|eni|vpc|subnet|sg)-[0-9a-f]{4,13})[0-9a-f]{4}\b/g, `$1${digits}`)
    .replace(/\b(192\.0\.2|198\.51\.100|203\.0\.113)\.(\d{1,3})\b/g, (_, net: string, host: string) => {
      return `${net}.${((Number(host) + number) % 254) + 1}`;
    })
    .replace(/\b1234567890(?:12)\b/g, `1234567890${10 + (number % ACCOUNTS)}`);
}

/** Texts of a source's samples; compressed ones are unpacked, and what is no text, such as Parquet, is left out. */
export function textsOf(source: SourceName): readonly string[] {
  return samplesOf(source).flatMap(([name, content]) => {
    const bytes = name.endsWith('.gz') ? gunzipSync(content) : content;
    return isUtf8(bytes) ? [bytes.toString()] : [];
  });
}
