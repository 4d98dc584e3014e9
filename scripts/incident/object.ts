/** A log object as AWS delivers it to S3, and what should become of it. */
import { gzipSync } from 'node:zlib';
import type { Rng } from './random.ts';
import { REGION } from './scenario.ts';

export interface LogObject {
  readonly key: string;
  readonly body: Buffer;
  readonly source: 'flowlogs' | 'cloudtrail' | 'waf' | 'dns' | 'networkfirewall' | 's3access' | 'securityhub';
  /** Records, including the broken ones; headers do not count. */
  readonly records: number;
  /** Unreadable records: each must give one reject. */
  readonly broken: number;
  /** Readable records that a filter keeps from Splunk. */
  readonly heldBack: number;
}

/** The parts of a time that keys are made of, UTC. In: epoch seconds. */
export const parts = (at: number): string[] => new Date(at * 1000).toISOString().split(/\D/);

/** One JSON record a line, compressed. */
export const gzippedLines = (records: readonly object[]): Buffer =>
  gzipSync(`${records.map((record) => JSON.stringify(record)).join('\n')}\n`);

/** A log object of such lines. `place` is the folder below the account's. */
export function jsonLines(
  source: LogObject['source'],
  records: readonly object[],
  { account, place, at, rng, heldBack = 0 }: Place,
): LogObject {
  const [year, month, day, hour, minute] = parts(at);
  const key = `AWSLogs/${account}/${place}/${year}/${month}/${day}/${account}_${source}_${REGION}_${year}${month}${day}T${hour}${minute}Z_${rng.hex(8)}.log.gz`;
  const body = gzippedLines(records);
  return { key, body, source, records: records.length, broken: 0, heldBack };
}

export interface Place {
  readonly account: string;
  readonly place: string;
  readonly at: number;
  readonly rng: Rng;
  readonly heldBack?: number;
}
