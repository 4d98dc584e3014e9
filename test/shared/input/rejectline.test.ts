import { describe, expect, test } from '@jest/globals';
import { DecodeError } from '../../../shared/errors.ts';
import { lineOf, rawOf } from '../../../shared/input/rejectline.ts';
import { lines } from '../../../shared/sink/store/reject.ts';

const uri = 's3://logs/a.log.gz@0123456789abcdef0123456789abcdef';
const reject = (raw: Uint8Array) => ({ source: 'waf', sink: 'splunk' as const, reason: 'no', uri, seq: 3, raw });

describe('a reject that was kept', () => {
  const records: readonly [string, Uint8Array, number][] = [
    ['text', Buffer.from('{"a":"봉수\\u0000"}'), Number.POSITIVE_INFINITY],
    ['bytes that are no text', Buffer.from([0xff, 0, 0xfe]), Number.POSITIVE_INFINITY],
    ['something long', Buffer.from('long '.repeat(1000)), 1000],
    ['nothing', Buffer.alloc(0), Number.POSITIVE_INFINITY],
  ];
  test.each(records)('is read byte for byte: %s', (_, raw, maxBytes) => {
    const [line, ...others] = lines(reject(raw), '1.2.3', maxBytes).map((bytes) => lineOf(bytes.toString()));
    expect(others).toEqual([]);
    expect(line).toMatchObject({ source: 'waf', sink: 'splunk', reason: 'no', uri, seq: 3, version: '1.2.3' });
    expect(rawOf(line)).toEqual(Buffer.from(raw));
  });

  test.each(['', '{', '[]', '{"uri":"s3://a/b","seq":1}', '{"seq":"1"}'])('is refused where it is none: %s', (text) => {
    expect(() => lineOf(text)).toThrow(DecodeError);
  });

  test('is refused where its bytes are broken or spelled in a way that is not known', () => {
    expect(() => rawOf({ encoding: 'gzip+base64', raw: 'bm8=' })).toThrow(DecodeError);
    expect(() => rawOf({ encoding: 'zstd' as 'utf8', raw: '' })).toThrow(DecodeError);
  });
});
