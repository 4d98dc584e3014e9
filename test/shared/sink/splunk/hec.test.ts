import { describe, expect, test } from '@jest/globals';
import { type Classification, classify } from '../../../../shared/sink/splunk/hec.ts';

/** What is made of an answer to ten events of a kilobyte each. */
const judged = (
  status: number,
  reply: object | string,
  headers: Record<string, string> = {},
  bytes = 10_000,
): Classification =>
  classify(
    { status, headers, text: typeof reply === 'string' ? reply : JSON.stringify(reply) },
    10,
    bytes,
    'hec.example',
  );

const ACCEPTED = { kind: 'accepted' };
const NEARLY_FULL = { kind: 'accepted', busy: true };
const RETRY = { kind: 'retry' };
const BUSY = { kind: 'retry', busy: true };
const BAD = { kind: 'bad', at: 3 };

// https://help.splunk.com/en/splunk-enterprise/get-data-in/collect-http-event-data/troubleshoot-http-event-collector
describe('every code that is documented', () => {
  test.each<[number, number, string, object, string]>([
    [0, 200, 'Success', ACCEPTED, ''],
    [1, 403, 'Token disabled', RETRY, 'enable the token'],
    [2, 401, 'Token is required', RETRY, 'the token is empty'],
    [3, 401, 'Invalid authorization', RETRY, 'the secret must hold the token alone'],
    [4, 403, 'Invalid token', RETRY, 'no such token in Splunk'],
    [5, 400, 'No data', RETRY, ''],
    [6, 400, 'Invalid data format', BAD, ''],
    [
      7,
      400,
      'Incorrect index',
      { ...RETRY, at: 3 },
      "add the index to the token's allowed indexes or correct SPLUNK_INDEX",
    ],
    [8, 500, 'Internal server error', RETRY, ''],
    [9, 503, 'Server is busy', BUSY, ''],
    [10, 400, 'Data channel is missing', RETRY, 'acknowledgement off for the token, or on with SPLUNK_ACK'],
    [11, 400, 'Invalid data channel', RETRY, ''],
    [12, 400, 'Event field is required', BAD, ''],
    [13, 400, 'Event field cannot be blank', BAD, ''],
    [14, 400, 'ACK is disabled', RETRY, ''],
    [15, 400, 'Error in handling indexed fields', BAD, ''],
    [16, 400, 'Query string authorization is not enabled', RETRY, ''],
    [17, 200, 'HEC is healthy', RETRY, ''],
    [18, 503, 'HEC is unhealthy, queues are full', BUSY, ''],
    [19, 503, 'HEC is unhealthy, ack service unavailable', BUSY, ''],
    [20, 503, 'HEC is unhealthy, queues are full, ack service unavailable', BUSY, ''],
    [21, 400, 'Invalid token', RETRY, ''],
    [22, 400, 'Token disabled', RETRY, ''],
    [23, 503, 'Server is shutting down', BUSY, ''],
    [24, 200, 'HEC queue is approaching its capacity limit', NEARLY_FULL, ''],
    [25, 200, 'HEC ACK channel is approaching its capacity limit', NEARLY_FULL, ''],
    [26, 429, 'HEC queue at capacity', BUSY, ''],
    [27, 429, 'HEC ACK channel at capacity', BUSY, ''],
    [28, 400, 'Data channel is missing', RETRY, 'acknowledgement off for the token, or on with SPLUNK_ACK'],
  ])('%i (%i, %s)', (code, status, text, expected, advice) => {
    const found = judged(status, { code, text, 'invalid-event-number': 3 });
    expect({ ...found, reason: '', waitMs: undefined }).toEqual({ ...expected, reason: '', waitMs: undefined });
    if (found.kind === 'accepted') return;
    expect(found.reason).toContain(`code ${code}, ${text}`);
    expect(found.reason).toContain(advice);
  });
});

describe('nothing is dropped for', () => {
  test.each([100, 204, 301, 302, 307, 400, 401, 403, 404, 405, 408, 415, 418, 429, 500, 502, 503, 504, 599])(
    '%i of somebody else than a HEC',
    (status) => {
      for (const page of ['', '<html>', 'null', '5', '"x"', '[]', '{"code":']) {
        expect(judged(status, page)).toMatchObject({ kind: 'retry', reason: expect.stringContaining('not as a HEC') });
      }
    },
  );

  test.each([
    [200, 6],
    [200, 99],
    [201, 0],
    [400, 0],
    [400, 99],
    [403, 6],
    [500, 6],
    [503, 0],
  ])('%i with code %i, which do not go together', (status, code) => {
    expect(judged(status, { code, text: 'x', 'invalid-event-number': 0 })).toMatchObject(RETRY);
  });

  test('a code that is not a number', () => {
    expect(judged(200, { code: '0' })).toMatchObject(RETRY);
    expect(judged(200, { text: 'Success' })).toMatchObject(RETRY);
  });
});

describe('a refused event', () => {
  const refused = (at: unknown, bytes?: number) =>
    judged(400, { code: 6, text: 'x', 'invalid-event-number': at }, {}, bytes);

  test.each([undefined, null, -1, 10, 1.5, '3'])('that is named as %j is looked for in halves', (at) => {
    expect(refused(at)).toMatchObject({ kind: 'refused' });
  });

  test.each([0, 9])('may be number %i of ten', (at) => {
    expect(refused(at)).toMatchObject({ kind: 'bad', at });
  });

  test('that is the first one of more than 5 MiB is perhaps none', () => {
    expect(refused(0, (5 << 20) + 1)).toMatchObject({ kind: 'refused' });
    expect(refused(0, 5 << 20)).toMatchObject({ kind: 'bad' });
    expect(refused(1, (5 << 20) + 1)).toMatchObject({ kind: 'bad' });
    const alone = { status: 400, headers: {}, text: '{"code":6,"invalid-event-number":0}' };
    expect(classify(alone, 1, (5 << 20) + 1, 'h')).toMatchObject({ kind: 'bad', at: 0 });
  });
});

test.each(['', '{"code":6,"text":"Content too large"}', '<html>'])(
  '413 is a matter of size, whatever it says: %j',
  (text) => {
    expect(judged(413, text)).toEqual({
      kind: 'refused',
      reason: 'hec.example accepts no event of 10000 bytes',
      isTooLarge: true,
    });
  },
);

test('202 with code 0 is accepted: the events are queued', () => {
  expect(judged(202, { code: 0, text: 'Success' })).toEqual(ACCEPTED);
  expect(judged(202, '')).toMatchObject(RETRY);
});

describe('the ackId', () => {
  test.each([0, 7, 2 ** 53 - 1])('%i stands with events that were taken', (ackId) => {
    expect(judged(200, { code: 0, ackId })).toEqual({ kind: 'accepted', ackId });
    expect(judged(200, { code: 25, ackId })).toEqual({ kind: 'accepted', busy: true, ackId });
    expect(judged(400, { code: 12, 'invalid-event-number': 2, ackId })).toMatchObject({ kind: 'bad', at: 2, ackId });
  });

  test.each([null, '7', 1.5, [1]])('%j is none', (ackId) => {
    expect(judged(200, { code: 0, ackId })).toEqual({ kind: 'accepted' });
  });

  test('of an answer that refuses all is of no use', () => {
    expect(judged(503, { code: 9, text: 'x', ackId: 1 })).not.toHaveProperty('ackId');
  });
});

describe('Retry-After', () => {
  const waitOf = (header: string) =>
    (judged(503, { code: 9 }, { 'retry-after': header }) as { waitMs?: number }).waitMs;

  test('is told in milliseconds', () => {
    expect(waitOf('7')).toBe(7000);
    expect(waitOf(new Date(Date.now() + 60_000).toUTCString())).toBeGreaterThan(50_000);
  });

  test.each(['soon', '', '-1', 'Mon, 01 Jan 2024 00:00:00 GMT'])('%j asks for nothing', (header) => {
    expect(waitOf(header)).toBeUndefined();
  });
});

test('of a long text the beginning is told', () => {
  const { reason } = judged(500, { code: 8, text: 'x'.repeat(5000) }) as { reason: string };
  expect(reason.length).toBeLessThan(300);
});
