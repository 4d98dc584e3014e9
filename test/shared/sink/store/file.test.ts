import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Sink } from '../../../../shared/model.ts';
import { file } from '../../../../shared/sink/store/file.ts';
import { Batch } from '../../../../shared/text/batch.ts';

test('batches are appended as they would be sent, and all is accepted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bongsu-'));
  const path = join(folder, 'out/flowlogs.splunk.ndjson');
  const sink: Sink = {
    name: 'splunk',
    maxBytes: 1000,
    append: () => {},
    send: () => Promise.reject(new Error('never called')),
  };
  const dry = file(sink, path);
  expect([dry.name, dry.maxBytes]).toEqual(['splunk', 1000]);
  const batch = new Batch(100);
  for (let seq = 1; seq <= 2; seq++) {
    batch.begin(0, 'u', seq);
    batch.text.string('{"event":1}\n');
  }
  const { signal } = new AbortController();
  expect(await dry.send(batch, signal)).toEqual({ accepted: 2, retry: [], rejected: [] });
  await dry.send(batch, signal);
  expect(await readFile(path, 'utf8')).toBe('{"event":1}\n'.repeat(4));
  await rm(folder, { recursive: true });
});
