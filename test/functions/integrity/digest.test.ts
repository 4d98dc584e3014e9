import { createPublicKey } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { digestOf, hashOf, isSigned, placeOf } from '../../../functions/integrity/digest.ts';
import { chain, hour, signer } from './trail.ts';

const key = signer();
const publicKey = createPublicKey({ key: key.publicKey, format: 'der', type: 'pkcs1' });
const END = Date.parse('2026-11-24T13:05:31Z');

describe('the key of a digest', () => {
  // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
  const published =
    'AWSLogs/111122223333/CloudTrail-Digest/us-east-2/2015/08/17/111122223333_CloudTrail-Digest_us-east-2_your-trail-name_us-east-2_20150817T150131Z.json.gz';

  test('tells whose it is and when it ends', () => {
    expect(placeOf(published)).toEqual({
      key: published,
      account: '111122223333',
      region: 'us-east-2',
      trail: 'your-trail-name',
      homeRegion: 'us-east-2',
      time: Date.parse('2015-08-17T15:01:31Z'),
      isBackfill: false,
    });
  });

  test('tells a backfill', () => {
    const place = placeOf(published.replace('.json.gz', '_backfill.json.gz'));
    expect(place).toMatchObject({
      trail: 'your-trail-name',
      time: Date.parse('2015-08-17T15:01:31Z'),
      isBackfill: true,
    });
  });

  test('may have a trail with any name that AWS allows, and any home', () => {
    const key =
      '111122223333_CloudTrail-Digest_us-gov-east-1_a_b.c-d_us-east-1_e_ap-northeast-2_20150817T150131Z.json.gz';
    expect(placeOf(key)).toMatchObject({
      region: 'us-gov-east-1',
      trail: 'a_b.c-d_us-east-1_e',
      homeRegion: 'ap-northeast-2',
    });
  });

  test.each([
    'AWSLogs/111122223333/CloudTrail/us-east-2/2015/08/17/111122223333_CloudTrail_us-east-2_20150817T1445Z_9nYN7gp2eWAJHIfT.json.gz',
    published.replace('20150817', '20151317'),
    published.replace('.json.gz', '.json.gz.metadata.json'),
    'AWSLogs/111122223333/CloudTrail-Digest/',
  ])('is not %s', (other) => {
    expect(placeOf(other)).toBeUndefined();
  });
});

describe('a digest', () => {
  const [first, second] = chain({ signer: key }, END, 2).map(({ digest }) => digest);

  test('says what it vouches for, and which one was before it', () => {
    const digest = digestOf(Buffer.from(second.content))!;
    expect(digest).toMatchObject({
      bucket: 'logs',
      key: second.key,
      start: END,
      end: END + 3_600_000,
      fingerprint: key.fingerprint,
      previous: { bucket: 'logs', key: first.key, signature: first.metadata.signature },
    });
    expect(digest.previous!.hash).toBe(hashOf(Buffer.from(first.content)));
    expect(digest.logFiles).toHaveLength(2);
    expect([...digest.algorithms]).toEqual(['SHA-256']);
  });

  test.each([
    ['that follows another', second],
    ['that starts a chain', first],
  ])('%s is signed', (_what, { content, metadata }) => {
    const bytes = Buffer.from(content);
    const digest = digestOf(bytes)!;
    expect(isSigned(digest, hashOf(bytes), metadata.signature, publicKey)).toBe(true);
    expect(isSigned(digest, hashOf(Buffer.from(`${content} `)), metadata.signature, publicKey)).toBe(false);
    expect(isSigned({ ...digest, signed: ['', ''] }, hashOf(bytes), metadata.signature, publicKey)).toBe(false);
  });

  test('of an hour without log files is one', () => {
    const { digest } = hour({ signer: key }, END, undefined, {}, { files: 0 });
    expect(digestOf(Buffer.from(digest.content))).toMatchObject({ logFiles: [] });
  });

  test.each([
    'digestS3Bucket',
    'digestS3Object',
    'digestStartTime',
    'digestEndTime',
    'digestPublicKeyFingerprint',
    'logFiles',
  ])('without %s is none', (member) => {
    const { [member]: _left, ...rest } = JSON.parse(first.content);
    expect(digestOf(Buffer.from(JSON.stringify(rest)))).toBeUndefined();
  });

  test.each(['s3Bucket', 's3Object', 'hashValue'])('that names a log file without %s is none', (member) => {
    const value = JSON.parse(first.content);
    value.logFiles[1][member] = undefined;
    expect(digestOf(Buffer.from(JSON.stringify(value)))).toBeUndefined();
  });
});
