import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sessionIn } from '../../../../functions/asset-inventory/run/session.ts';
import { clientOf, type Fake, fake } from '../../../fake/server.ts';

const MINUTE = 60_000;
/** Of the credentials given from now on. */
let lifeMs: number;
/** What was asked of STS, and by which key EC2 was asked. */
let entered: URLSearchParams[];
let keys: (string | undefined)[];
let isRefusing: boolean;
let server: Fake;
let sts: STSClient;

beforeEach(async () => {
  [lifeMs, entered, keys, isRefusing] = [60 * MINUTE, [], [], false];
  server = await fake((request, response, body) => {
    const form = new URLSearchParams(body.toString());
    if (form.get('Action') !== 'AssumeRole') {
      keys.push(/Credential=(\w+)/.exec(request.headers.authorization ?? '')?.[1]);
      response.end('<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>');
      return;
    }
    entered.push(form);
    const refusal = '<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>';
    if (isRefusing) return void response.writeHead(403).end(refusal);
    const expiration = new Date(Date.now() + lifeMs).toISOString();
    response.end(
      `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>KEY${entered.length}</AccessKeyId>` +
        `<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${expiration}</Expiration>` +
        '</Credentials></AssumeRoleResult></AssumeRoleResponse>',
    );
  });
  sts = new STSClient(clientOf(server));
});
afterEach(async () => {
  sts.destroy();
  await server.stop();
});

const session = () =>
  sessionIn(sts, {
    partition: 'aws',
    account: '123456789012',
    role: { name: 'inventory', externalId: 'x-1' },
    actions: ['ec2:DescribeVpcs'],
  });

async function asked(credentials: ReturnType<typeof session>, times: number): Promise<void> {
  const ec2 = new EC2Client({ ...clientOf(server), credentials });
  for (let i = 0; i < times; i++) await ec2.send(new DescribeVpcsCommand({}));
  ec2.destroy();
}

test('an account is entered by its role, with an external id and no more rights than are needed', async () => {
  await session()();
  expect(Object.fromEntries(entered[0])).toMatchObject({
    RoleArn: 'arn:aws:iam::123456789012:role/inventory',
    RoleSessionName: 'asset-inventory',
    ExternalId: 'x-1',
    Policy: expect.stringContaining('"ec2:DescribeVpcs"'),
  });
});

test('clients share a session', async () => {
  const credentials = session();
  await Promise.all([asked(credentials, 2), asked(credentials, 2)]);
  expect(entered).toHaveLength(1);
  expect(keys).toEqual(['KEY1', 'KEY1', 'KEY1', 'KEY1']);
});

test('a client that lives longer than its keys gets new ones, five minutes before they end', async () => {
  const credentials = session();
  lifeMs = 4 * MINUTE;
  const lasting = new EC2Client({ ...clientOf(server), credentials });
  await lasting.send(new DescribeVpcsCommand({}));
  const before = entered.length;
  await lasting.send(new DescribeVpcsCommand({}));
  lasting.destroy();
  expect(entered.length).toBeGreaterThan(before);
  expect(keys[1]).not.toBe(keys[0]);
});

test('who could not enter tries again', async () => {
  const credentials = session();
  isRefusing = true;
  await expect(credentials()).rejects.toMatchObject({ name: 'AccessDenied' });
  isRefusing = false;
  expect(await credentials()).toMatchObject({ accessKeyId: 'KEY2', expiration: expect.any(Date) });
});
