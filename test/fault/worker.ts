/**
 * One heavy input through the path in a process of its own, whose memory is measured: `node worker.ts <kind> <input>`.
 * stdout: one JSON object, see Run.
 */

import { unpacked } from '../../shared/input/unpacked.ts';
import type { Body, Chunk } from '../../shared/model.ts';
import { direct, type Seen } from './direct.ts';
import { HEAVY } from './heavy.ts';
import { kindNamed } from './kinds.ts';

export interface Run extends Seen {
  /** Bytes of the input that were read. */
  readonly read: number;
  /** Megabytes. */
  readonly peak: number;
}

const [kindName, inputName] = process.argv.slice(2);
const kind = kindNamed(kindName);
const input = HEAVY.find(({ name }) => name === inputName)!;
const MAX_BYTES = 8 * 2 ** 30; // as it is deployed by default
const CHUNK_BYTES = 65_536;

let read = 0;

async function* chunks(): AsyncGenerator<Chunk> {
  for (const whole of input.body(kind)) {
    for (let at = 0; at < whole.length; at += CHUNK_BYTES) {
      const chunk = whole.subarray(at, at + CHUNK_BYTES);
      read += chunk.length;
      yield chunk;
    }
  }
}

async function* bodies(): AsyncGenerator<Body> {
  const uri = 's3://logs/heavy@0';
  yield { uri, stays: true, chunks: unpacked(chunks(), { uri, maxBytes: MAX_BYTES }) };
}

const seen = await direct(kind, [bodies]);
const peak = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(`${JSON.stringify({ ...seen, read, peak } satisfies Run)}\n`);
