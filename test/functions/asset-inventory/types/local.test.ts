import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { onAws } from '../../../rig/aws/suite.ts';
import { ARN, looked, REGION } from './looked.ts';
import { ROWS as compute } from './made/compute.ts';
import { ROWS as data } from './made/data.ts';
import { ROWS as edge } from './made/edge.ts';
import { ROWS as identity } from './made/identity.ts';
import { ROWS as net } from './made/net.ts';
import { ROWS as security } from './made/security.ts';
import { type Made, made } from './made.ts';

const ROWS = [...net, ...compute, ...data, ...edge, ...security, ...identity];

await onAws('a type of resource that the local AWS can make', {}, (aws) => {
  const before = process.env;
  let things: Made;

  beforeAll(async () => {
    const control = `http://s3-control.localhost:${new URL(aws.url).port}`;
    process.env = { ...before, ...aws.env, AWS_REGION: REGION, AWS_ENDPOINT_URL_S3_CONTROL: control };
    const s3 = new S3Client({ region: 'us-east-1', forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: 'parts' }));
    s3.destroy();
    things = await made();
  });
  afterAll(() => {
    process.env = before;
  });

  describe.each(ROWS)('$type', ({ type, make, lacks = [] }) => {
    test('is listed with its identity, addresses and security', async () => {
      const expected = await make(things);
      const { row, seen, find } = await looked(type, { store: aws.url, bucket: 'parts' });
      expect({ status: row.status, message: row.message }).toEqual({ status: 'ok', message: undefined });
      const found = seen.find(({ id }) => id === expected.id);
      expect(found?.missed.map(({ action, code }) => (lacks.includes(action) ? action : `${action} ${code}`))).toEqual(
        lacks,
      );
      expect(seen.map(({ id }) => id).filter((id) => !ARN.test(id))).toEqual([]);
      expect(JSON.stringify(seen)).not.toContain('hunter2');
      expect(found ?? seen.map(({ id }) => id)).toMatchObject({ type, ...expected });
      expect((await find(found?.nativeId ?? '')) ?? [expected.id]).toContain(expected.id);
    });
  });
});
