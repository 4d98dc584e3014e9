import { gunzipSync } from 'node:zlib';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { publicKeys } from '../../functions/integrity/keys.ts';
import { s3Objects } from '../../functions/integrity/objects.ts';
import { verify } from '../../functions/integrity/run.ts';
import { integrity } from '../../functions/integrity/source.ts';
import type { Batch, Sink } from '../../shared/model.ts';
import { type Buckets, buckets } from '../fake/buckets.ts';
import { type CloudTrail, cloudtrail } from '../fake/cloudtrail.ts';
import { clientOf } from '../fake/server.ts';
import { chain, signer } from '../functions/integrity/trail.ts';
import { BODY_DAMAGES, mutants } from './corpus.ts';

const HOUR = 3_600_000;
const END = Date.parse('2026-11-23T12:05:31Z');
const key = signer();
const [{ digest, logFiles }] = chain({ signer: key }, END, 1);

let s3: Buckets;
let trails: CloudTrail;
beforeAll(async () => {
  s3 = await buckets();
  trails = await cloudtrail();
  trails.keys.push({ fingerprint: key.fingerprint, value: key.publicKey });
});
afterAll(() => Promise.all([s3.stop(), trails.stop()]));

/** What is told of an hour of which one object has these bytes instead. */
async function told(changed: string, bytes: Uint8Array): Promise<string[]> {
  s3.objects.clear();
  for (const object of [digest, ...logFiles]) {
    const { metadata } = 'metadata' in object ? object : { metadata: undefined };
    s3.objects.set(`logs/${object.key}`, { bytes: object.key === changed ? bytes : object.bytes, metadata });
  }
  const events: string[] = [];
  const sink: Sink = {
    name: 'splunk',
    maxBytes: 1 << 20,
    append: (text, _facts, _from, doc) => text.append(doc.slice()),
    async send(batch: Batch) {
      for (let at = 0; at < batch.count; at++) events.push(JSON.parse(Buffer.from(batch.slice(at)).toString()).message);
      return { accepted: batch.count, retry: [], rejected: [] };
    },
  };
  const quiet = { info() {}, warn() {}, error() {} };
  const signal = new AbortController().signal;
  await verify(
    { digests: { bucket: 'logs', key: '' }, state: undefined, graceMs: HOUR, at: END + HOUR / 2 },
    {
      objects: s3Objects(new S3Client({ ...clientOf(s3), forcePathStyle: true })),
      keys: publicKeys(() => new CloudTrailClient(clientOf(trails))),
      maxBytes: 1 << 20,
      source: integrity({ route: ['splunk'] }),
      time: signal,
      tools: {
        sinks: [sink],
        quarantine: { put: ({ reason }) => void events.push(`quarantined: ${reason}`), flush: async () => {} },
        log: quiet,
        metrics: { add() {}, flush() {} },
        signal,
      },
    },
  );
  return events;
}

/** Unzipped as often as it may be. */
function contentOf(bytes: Uint8Array, layers = 2): string {
  if (layers === 0 || bytes[0] !== 0x1f || bytes[1] !== 0x8b) return Buffer.from(bytes).toString('latin1');
  try {
    return contentOf(gunzipSync(bytes), layers - 1);
  } catch {
    return 'none';
  }
}

/** Bytes that unzip to something else than they did, or to nothing. */
function damaged(bytes: Uint8Array, seed: number): Uint8Array[] {
  const all = [...BODY_DAMAGES.map(({ apply }) => apply(bytes)), ...mutants(bytes, 100, seed)];
  return all.filter((each) => contentOf(each) !== contentOf(bytes) && each.length > 0);
}

test('an hour as it was delivered tells of nothing', async () => {
  expect(await told('', digest.bytes)).toEqual([]);
});

test('whatever a digest becomes, that it was altered is told', async () => {
  for (const bytes of damaged(digest.bytes, 1)) {
    expect(await told(digest.key, bytes)).toEqual([expect.stringMatching(/^A digest of CloudTrail was altered/)]);
  }
});

test('whatever a log file becomes, that it was altered is told', async () => {
  for (const bytes of damaged(logFiles[0].bytes, 2)) {
    expect(await told(logFiles[0].key, bytes)).toEqual([
      expect.stringMatching(/^A log file of CloudTrail was altered/),
    ]);
  }
});
