import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { publicKeys } from '../../../functions/integrity/keys.ts';
import { s3Objects } from '../../../functions/integrity/objects.ts';
import { verify } from '../../../functions/integrity/run.ts';
import { integrity } from '../../../functions/integrity/source.ts';
import { log } from '../../../shared/runtime/log.ts';
import { metrics } from '../../../shared/runtime/metrics.ts';
import { type Buckets, buckets } from '../../fake/buckets.ts';
import { type CloudTrail, cloudtrail } from '../../fake/cloudtrail.ts';
import { clientOf } from '../../fake/server.ts';
import { chain, signer, type Trail } from './trail.ts';

const HOUR = 3_600_000;
const FIRST = Date.parse('2026-11-23T12:05:31Z');
const key = signer();

let s3: Buckets;
let trails: CloudTrail;
beforeAll(async () => {
  s3 = await buckets();
  trails = await cloudtrail();
  trails.keys.push({ fingerprint: key.fingerprint, value: key.publicKey });
});
beforeEach(() => s3.objects.clear());
afterAll(() => Promise.all([s3.stop(), trails.stop()]));

function put(trail: Trail, count: number): void {
  const objects = chain(trail, FIRST, count).flatMap(({ digest, logFiles }) => [digest, ...logFiles]);
  for (const { key, ...object } of objects) s3.objects.set(`logs/${key}`, object);
}

/** Counts of a run that has so much time. */
async function run(time: AbortSignal): Promise<string[]> {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  const order = {
    digests: { bucket: 'logs', key: '' },
    state: { bucket: 'state', key: 'integrity.json' },
    graceMs: HOUR,
    at: FIRST + 3 * HOUR,
  };
  const done = verify(order, {
    objects: s3Objects(new S3Client({ ...clientOf(s3), forcePathStyle: true })),
    keys: publicKeys(() => new CloudTrailClient(clientOf(trails))),
    maxBytes: 1 << 20,
    source: integrity({ route: [] }),
    time,
    tools: {
      sinks: [],
      quarantine: { put() {}, flush: async () => {} },
      log: log({ level: 'info', write }),
      metrics: metrics({ source: 'integrity', write }),
      signal: new AbortController().signal,
    },
  });
  return done.then(
    () => lines,
    (error) => [...lines, error.message],
  );
}

test('where the time is over, the run says so, and the next one goes on', async () => {
  put({ signer: key }, 3);
  put({ signer: key, region: 'us-east-1' }, 3);
  const over = await run(AbortSignal.abort());
  expect(over.map((line) => line.replace(/^\{.*"failed":(\d+).*/, '$1 failed'))).toEqual([
    '2 failed',
    'the time was not enough for all digests',
  ]);
  expect((await run(new AbortController().signal)).join()).toContain('"folders":2,"digests":6,"logFiles":12');
});

test('the folder that has waited longest comes first', async () => {
  put({ signer: key }, 3);
  put({ signer: key, region: 'us-east-1' }, 2);
  await run(new AbortController().signal);
  s3.asked.length = 0;
  await run(new AbortController().signal);
  const listings = s3.asked.filter((request) => request.includes('start-after'));
  expect(listings.map((request) => /CloudTrail-Digest%2F([a-z0-9-]+)/.exec(request)![1])).toEqual([
    'us-east-1',
    'eu-west-1',
  ]);
});
