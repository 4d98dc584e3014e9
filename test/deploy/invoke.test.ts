/** `sls invoke local` with file sinks, which is the first thing a newcomer does. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { root } from '../rig/cache.ts';
import { serverless } from '../rig/serverless.ts';

const WAITING_MS = 600_000; // while another process packages
const folder = `out/test-${process.pid}`;

afterAll(() => rm(join(root, folder), { recursive: true, force: true }));

test.each([
  ['guardduty', 'event'],
  ['guardduty', 'export-event'],
  ['securityhub', 'event'],
  ['inspector', 'event'],
  ['macie', 'event'],
  ['shield', 'event'],
])(
  'documents of %s (%s) land in a folder of the project, and nothing of AWS is needed',
  async (source, name) => {
    const sinks = ['--param', `opensearchUrl=file:${folder}`, '--param', `splunkHecUrl=file:${folder}`];
    const event = ['--path', `test/sample/${source}/${name}.json`];
    const printed = await serverless(['invoke', 'local', '-f', source, ...event, ...sinks]);
    expect(printed).toContain('"batchItemFailures": []');
    for (const sink of ['opensearch', 'splunk']) {
      const lines = await readFile(join(root, folder, `${source}.${sink}.ndjson`), 'utf8');
      expect(lines.trim().split('\n').length).toBeGreaterThan(0);
    }
  },
  WAITING_MS,
);
