import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { lines } from '../../../../shared/sink/store/reject.ts';

const reject = { source: 'flowlogs', reason: 'too few columns', uri: 's3://b/k@e', seq: 7 };

const decoders: Readonly<Record<string, (raw: string) => Buffer>> = {
  utf8: (raw) => Buffer.from(raw),
  base64: (raw) => Buffer.from(raw, 'base64'),
  'gzip+base64': (raw) => gunzipSync(Buffer.from(raw, 'base64')),
};

/** What a replay would make of the lines. */
function read(all: readonly Buffer[]): Buffer {
  const entries = all.map((line) => JSON.parse(line.toString()));
  if (entries.length > 1) {
    expect(new Set(entries.map(({ id }) => id)).size).toBe(1);
    expect(entries.map(({ part }) => part)).toEqual(entries.map((_, at) => at + 1));
    expect(entries.every(({ parts }) => parts === entries.length)).toBe(true);
  }
  return decoders[entries[0].encoding](entries.map(({ raw }) => raw).join(''));
}

test('a record of text is one line that can be read by eye', () => {
  const [line, ...others] = lines({ ...reject, sink: 'splunk', raw: Buffer.from('2 봉수 "-"\n') }, '1.2.3');
  expect(others).toEqual([]);
  expect(line.toString().endsWith('\n')).toBe(true);
  expect(JSON.parse(line.toString())).toEqual({
    '@timestamp': expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    ...reject,
    sink: 'splunk',
    version: '1.2.3',
    encoding: 'utf8',
    raw: '2 봉수 "-"\n',
  });
});

test('a record that no sink saw names none', () => {
  expect(JSON.parse(lines({ ...reject, raw: Buffer.from('x') }, '1')[0].toString())).not.toHaveProperty('sink');
});

test('every byte is kept, in lines within the limit, whatever the record', () => {
  const raw = fc.oneof(
    fc.uint8Array({ maxLength: 3000, size: 'max' }),
    fc.string({ maxLength: 1000, size: 'max', unit: 'binary' }).map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(raw, fc.integer({ min: 400, max: 2000 }), (bytes, maxBytes) => {
      const all = lines({ ...reject, raw: bytes }, '1', maxBytes);
      for (const line of all) expect(line.length).toBeLessThanOrEqual(maxBytes);
      expect(read(all).equals(bytes)).toBe(true);
    }),
  );
});

test('a view of a larger buffer is kept alone', () => {
  expect(read(lines({ ...reject, raw: Buffer.from('before|record|after').subarray(7, 13) }, '1')).toString()).toBe(
    'record',
  );
});

test('a reason that quotes a whole record is cut', () => {
  const [line] = lines({ ...reject, reason: 'x'.repeat(1 << 20), raw: Buffer.from('r') }, '1', 10_000);
  expect(line.length).toBeLessThan(10_000);
});
