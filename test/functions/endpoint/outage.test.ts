/** A destination that is down, and a spill that is down with it: nothing is confirmed that is not kept. */
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { body, line, type Stage, stage } from './stage.ts';

let at: Stage;
beforeAll(async () => {
  at = await stage({ ROUTE: 'opensearch' });
});
afterAll(() => at.stop());

const two = [line(0, 'one'), line(5, 'two')];
const soon = { remainingMs: 6_500 }; // the retries end at once

test('what OpenSearch does not take is spilled, and then it is 201', async () => {
  at.opensearch.status = 503;
  expect((await at.bulk(body(two), soon)).statuses).toEqual([201, 201]);
  const [[key, { bytes }]] = [...at.s3.objects];
  expect(key).toMatch(/^quarantine\/spill\/opensearch\/endpoint\//);
  expect(gunzipSync(bytes).toString()).toMatch(/"message":"two"/);
});

test('what nobody keeps is 429, so that it comes again', async () => {
  const { objects } = at.s3;
  const count = objects.size;
  at.s3.errors.get = () => ({ status: 503, code: 'SlowDown' });
  const { statuses, json } = await at.bulk(body(two), soon);
  expect(statuses).toEqual([429, 429]);
  expect(json.items[0].create.error.type).toBe('es_rejected_execution_exception');
  expect(objects.size).toBe(count);
});
