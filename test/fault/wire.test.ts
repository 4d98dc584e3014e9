import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { retrying } from '../../shared/sink/delivery/retry.ts';
import { type SplunkOptions, splunk } from '../../shared/sink/splunk/sink.ts';
import { selfSigned } from '../rig/hec/certificate.ts';
import { type Hec, startHec } from '../rig/hec/hec.ts';
import { batchOf, ids, lines, NEVER, sent, TOKEN } from '../shared/sink/events.ts';
import { startWire, type Wire, type WireFault } from './wire.ts';

let hec: Hec;
let wire: Wire;
let ca: string;
beforeEach(async () => {
  hec = await startHec({ token: TOKEN, tls: selfSigned() });
  ca = await readFile(hec.caFile!, 'utf8');
  wire = await startWire(hec.url);
});
afterEach(async () => {
  await wire.stop();
  await hec.stop();
});

const sink = (options: Partial<SplunkOptions> = {}) =>
  splunk({ endpoints: [wire.url], token: async () => TOKEN, sourcetype: 'x', format: 'text', ca, ...options });

test('what passes is as secret and as whole as without it', async () => {
  const over = sink();
  expect(await over.send(batchOf(over, lines(500)), NEVER)).toEqual({ accepted: 500, retry: [], rejected: [] });
  expect(ids(hec)).toEqual(sent(500));
  expect(wire.count()).toBe(1);
});

describe('TLS that breaks', () => {
  test.each<[string, WireFault]>([
    ['before its first byte', { cutRequest: 0 }],
    ['in the handshake of the client', { cutRequest: 100 }],
    ['in the handshake of the server', { cutAnswer: 200 }],
    ['in the request', { cutRequest: 1500 }],
    ['by silence', { isSilent: true }],
  ])('%s lets all wait', async (_, fault) => {
    wire.script(fault);
    const over = sink({ timeoutMs: 500 });
    const delivery = await over.send(batchOf(over, lines(100)), NEVER);
    expect(delivery).toMatchObject({ accepted: 0, retry: lines(100).map((_, i) => i), rejected: [] });
    expect(hec.events()).toEqual([]);
  });
});

test('wherever a connection breaks, each event arrives, whole and by its own id', async () => {
  const { POSITIVE_INFINITY } = Number;
  const forever = { deadline: () => POSITIVE_INFINITY, patienceMs: POSITIVE_INFINITY, mostLost: POSITIVE_INFINITY };
  const patient = retrying(sink(), { ...forever, sleep: async () => {} });
  for (let at = 0; at < 3000; at += 250) wire.script({ cutRequest: at }, { cutAnswer: at });
  for (let i = 0; i < 5; i++) {
    expect(await patient.send(batchOf(patient, lines(100)), NEVER)).toMatchObject({ accepted: 100, retry: [] });
  }
  expect(new Set(ids(hec))).toEqual(new Set(sent(100)));
  expect(wire.count()).toBeGreaterThan(12);
});
