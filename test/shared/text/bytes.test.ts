import { expect, test } from '@jest/globals';
import { bytesOf } from '../../../shared/text/bytes.ts';

test('text is UTF-8, with room behind it for whoever copies in words', () => {
  const { bytes, view, start, end } = bytesOf('봉수 ✓');
  expect(Buffer.from(bytes.subarray(start, end)).toString()).toBe('봉수 ✓');
  expect(view.getInt32(end + 4)).toBe(0);
  expect(view.getUint8(0)).toBe(bytes[0]);
});
