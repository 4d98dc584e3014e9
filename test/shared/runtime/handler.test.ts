import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { json } from '../../../shared/decode/json.ts';
import { noGeo } from '../../../shared/enrich/geo.ts';
import type { Bytes, Source } from '../../../shared/model.ts';
import { collecting, sourceHandler } from '../../../shared/runtime/handler.ts';
import { log } from '../../../shared/runtime/log.ts';
import type { SourceOptions } from '../../../shared/runtime/wiring.ts';
import { type SourceName, streamOf } from '../../../shared/sources.ts';

const before = process.env;
const context = { getRemainingTimeInMillis: () => 60_000 } as Context;
const event = { id: 'e1', 'detail-type': 'x', source: 'aws.y', detail: {} };
const asMessage = (body: object) => ({
  Records: [{ messageId: 'm1', eventSource: 'aws:sqs', body: JSON.stringify(body) }],
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bongsu-'));
  const files = `file:${folder}`;
  process.env = { ROUTE: 'splunk', SPLUNK_HEC_URL: files, QUARANTINE_STREAM: files, GEO_URL: 's3://none/here' };
  jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
});
afterEach(async () => {
  jest.restoreAllMocks();
  process.env = before;
  await rm(folder, { recursive: true });
});

/** Takes any JSON object. */
const made =
  (name: SourceName, seen: SourceOptions[] = []) =>
  (options: SourceOptions): Source<Bytes> => {
    seen.push(options);
    return {
      ...streamOf(name),
      decode: json({}),
      write: (_record, _from, doc) => {
        doc.json({});
        return true;
      },
      raw: (record) => record,
      route: () => options.route,
    };
  };

test('the events of a source that EventBridge sends to are its records', async () => {
  const handler = sourceHandler('shield', made('shield'));
  process.env.GEO_URL = 'off';
  expect(await handler(asMessage(event), context)).toEqual({ batchItemFailures: [] });
  expect(await readFile(join(folder, 'shield.splunk.ndjson'), 'utf8')).toContain('"detail-type":"x"');
});

test('a source without an EventBridge pattern reads objects only', async () => {
  process.env.GEO_URL = 'off';
  const handler = sourceHandler('dns', made('dns'));
  expect(await handler(asMessage(event), context)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
});

test('nothing is opened to look up addresses for a source that has none', async () => {
  const seen: SourceOptions[] = [];
  const runtime = { source: 'integrity', log: log(), metrics: { add() {}, flush() {} }, deadline: () => 0 };
  await sourceHandler('integrity', made('integrity', seen)).wire(runtime);
  expect(seen).toEqual([{ geo: noGeo, assets: undefined, route: ['splunk'], fields: [] }]);
});

test('an invocation settles once everything was delivered, and not before', async () => {
  process.env.GEO_URL = 'off';
  const settle = jest.fn(async () => {});
  const handler = sourceHandler('shield', made('shield'), (wired) =>
    collecting(wired, () => ({ bodies: wired.bodies, settle })),
  );
  await handler(asMessage({ id: 'not an event' }), context);
  expect(settle).toHaveBeenCalledTimes(0);
  await handler(asMessage(event), context);
  expect(settle).toHaveBeenCalledTimes(1);
});
