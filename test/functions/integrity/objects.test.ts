import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Objects, s3Objects } from '../../../functions/integrity/objects.ts';
import { type Buckets, buckets } from '../../fake/buckets.ts';
import { textOf } from '../../fake/read.ts';
import { clientOf } from '../../fake/server.ts';

const { signal } = new AbortController();
let s3: Buckets;
let objects: Objects;
beforeAll(async () => {
  s3 = await buckets();
  objects = s3Objects(new S3Client({ ...clientOf(s3), forcePathStyle: true }));
});
beforeEach(() => {
  s3.objects.clear();
  s3.errors.clear();
  s3.cuts.clear();
  for (const key of ['a/1', 'a/2', 'a/b/3', 'a/c/4', 'a/c/5'])
    s3.objects.set(`logs/${key}`, { bytes: Buffer.from(key) });
});
afterAll(() => s3.stop());

describe('listing', () => {
  test.each([1000, 1])('gives folders and keys, with %d in an answer', async (pageSize) => {
    s3.pageSize = pageSize;
    expect(await objects.folders('logs', 'a/', signal)).toEqual(['a/b/', 'a/c/']);
    expect(await objects.keys('logs', 'a/', 'a/2', signal)).toEqual(['a/b/3', 'a/c/4', 'a/c/5']);
    expect(await objects.keys('logs', 'x/', '', signal)).toEqual([]);
  });

  test('that is forbidden is a ReadError that names the place', async () => {
    s3.errors.set('?logs/a/', { status: 403, code: 'AccessDenied' });
    await expect(objects.keys('logs', 'a/', '', signal)).rejects.toMatchObject({
      name: 'ReadError',
      fields: { bucket: 'logs', prefix: 'a/' },
    });
  });
});

describe('an object', () => {
  const get = async (key: string) => objects.get('logs', key, signal);

  test('comes with its metadata', async () => {
    s3.objects.set('logs/a/1', { bytes: Buffer.from('one'), metadata: { signature: 'abc' } });
    const found = (await get('a/1'))!;
    expect(found.metadata).toEqual({ signature: 'abc' });
    expect(await textOf(found.chunks)).toBe('one');
  });

  test.each(['NoSuchKey', 'NoSuchBucket'])('is not there: %s', async (code) => {
    s3.errors.set('logs/a/1', { status: 404, code });
    expect(await get('a/1')).toBeUndefined();
  });

  test('is not there where reading is forbidden and a listing does not have it', async () => {
    s3.errors.set('logs/a/0', { status: 403, code: 'AccessDenied' });
    expect(await get('a/0')).toBeUndefined();
  });

  test.each([
    [403, 'AccessDenied'],
    [403, 'InvalidObjectState'],
    [503, 'SlowDown'],
  ])('that is there and cannot be read is a ReadError: %d %s', async (status, code) => {
    s3.errors.set('logs/a/1', { status, code });
    await expect(get('a/1')).rejects.toMatchObject({ name: 'ReadError', fields: { bucket: 'logs', key: 'a/1' } });
  });

  test('that ends too early is a ReadError', async () => {
    s3.cuts.set('logs/a/1', 1);
    const found = (await get('a/1'))!;
    await expect(textOf(found.chunks)).rejects.toMatchObject({
      name: 'ReadError',
      message: 'the object ended too early',
    });
  });
});

describe('writing', () => {
  test('is for an object that is as it was read', async () => {
    await objects.put('logs', 'state', '1', undefined, signal);
    const { etag } = (await objects.get('logs', 'state', signal))!;
    await objects.put('logs', 'state', '2', etag, signal);
    await expect(objects.put('logs', 'state', '3', etag, signal)).rejects.toMatchObject({ name: 'DeliveryError' });
    await expect(objects.put('logs', 'state', '3', undefined, signal)).rejects.toMatchObject({ name: 'DeliveryError' });
    expect(Buffer.from(s3.objects.get('logs/state')!.bytes).toString()).toBe('2');
  });
});
