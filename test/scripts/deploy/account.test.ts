/** The clients' own requests, answered by a server in AWS's place. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { accountFaults, accountOf } from '../../../scripts/deploy/account.ts';
import { parameters } from '../../../scripts/deploy/parameters.ts';

interface Has {
  readonly role?: boolean;
  readonly versions?: readonly string[];
  readonly types?: readonly object[];
  /** Answers everything with 403. */
  readonly isClosed?: boolean;
}

const type = (InstanceType: string, more: object = {}) => ({
  InstanceType,
  EncryptionEnabled: true,
  WarmEnabled: true,
  AdvancedSecurityEnabled: true,
  ...more,
});
const TYPES = [type('r7g.xlarge.search'), type('m7g.large.search'), type('t3.medium.search', { WarmEnabled: false })];
const VERSIONS = ['Elasticsearch_7.10', 'OpenSearch_2.19', 'OpenSearch_3.5'];
const xml = 'xmlns="https://iam.amazonaws.com/doc/2010-05-08/"';
const ROLE = `<GetRoleResponse ${xml}><GetRoleResult><Role><Path>/</Path><RoleName>x</RoleName><RoleId>x</RoleId><Arn>x</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></Role></GetRoleResult></GetRoleResponse>`;
const NO_ROLE = `<ErrorResponse ${xml}><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>not found</Message></Error></ErrorResponse>`;

let server: Server;
let asked: string[];
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

async function faults(given: Record<string, unknown>, has: Has = {}): Promise<readonly string[]> {
  const { role = true, versions = VERSIONS, types = TYPES, isClosed = false } = has;
  asked = [];
  server = createServer((request, response) => {
    request.resume();
    const path = request.url!.split('?')[0];
    asked.push(path);
    if (isClosed) return void response.writeHead(403, { 'content-type': 'application/json' }).end('{}');
    if (path === '/') return void response.writeHead(role ? 200 : 404).end(role ? ROLE : NO_ROLE);
    const answer = path.endsWith('/versions') ? { Versions: versions } : { InstanceTypeDetails: types };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { values, faults: wrong } = parameters(given);
  expect(wrong).toEqual([]);
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return await accountFaults(values, accountOf({ endpoint, region: 'eu-west-1', credentials, maxAttempts: 1 }));
}

const create = {
  opensearchUrl: 'create',
  opensearchSize: 'production',
  opensearchVersion: '3.5',
  subnetIds: 'subnet-0a1b2c3d',
};

describe('an account', () => {
  test('that has everything lacks nothing, and is asked for the types of the chosen version', async () => {
    expect(await faults(create)).toEqual([]);
    expect(asked).toContain('/2021-01-01/opensearch/instanceTypeDetails/OpenSearch_3.5');
  });

  test('without the service-linked role is refused for a VPC, with the command that makes it', async () => {
    expect(await faults(create, { role: false })).toEqual([
      expect.stringContaining('aws iam create-service-linked-role --aws-service-name opensearchservice.amazonaws.com'),
    ]);
  });

  test('needs no such role for a public domain', async () => {
    expect(await faults({ ...create, opensearchNetwork: 'public' }, { role: false })).toEqual([]);
  });

  test('in a region without the version says which it has', async () => {
    expect(await faults({ ...create, opensearchVersion: '3.3' })).toEqual([
      'Parameter "opensearchVersion": expected a version that the region offers, which are 2.19, 3.5, found "3.3".',
    ]);
  });

  test('in a region without an instance type for the version is refused', async () => {
    expect(await faults({ ...create, opensearchInstanceType: 'r8g.xlarge.search' })).toEqual([
      'Parameter "opensearchInstanceType": expected a type that the region offers for OpenSearch 3.5, found "r8g.xlarge.search".',
    ]);
  });

  test('with a type that UltraWarm or encryption does not go with is refused', async () => {
    expect(await faults({ ...create, opensearchInstanceType: 't3.medium.search' })).toEqual([
      expect.stringContaining('UltraWarm does not go with t3.medium.search'),
    ]);
    server.close();
    const old = [type('m7g.large.search'), type('r7g.xlarge.search', { AdvancedSecurityEnabled: false })];
    expect(await faults(create, { types: old })).toEqual([expect.stringContaining('fine-grained access control')]);
  });

  test('is not asked for an existing domain', async () => {
    expect(await faults({ opensearchUrl: 'https://search.example.com' })).toEqual([]);
    expect(asked).toEqual([]);
  });

  test('that does not answer makes the check reject', async () => {
    await expect(faults(create, { isClosed: true })).rejects.toThrow();
  });
});
