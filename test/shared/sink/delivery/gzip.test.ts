import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { gzip } from '../../../../shared/sink/delivery/gzip.ts';

test('what is compressed can be read again', async () => {
  for (const bytes of [Buffer.alloc(0), Buffer.from('봉수'), randomBytes(700_000)]) {
    expect(gunzipSync(await gzip(bytes)).equals(bytes)).toBe(true);
  }
});

test('a view is compressed, not the buffer behind it', async () => {
  const view = new Uint8Array(Buffer.from('before|inside|after')).subarray(7, 13);
  expect(gunzipSync(await gzip(view)).toString()).toBe('inside');
});
