/** Every function has an `event.json` that it takes on this machine, as `sls invoke local` gives it: with files for destinations. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { functionNames } from '../../scripts/deploy/functions.ts';
import { parameters } from '../../scripts/deploy/parameters.ts';
import { settings } from '../../scripts/deploy/settings.ts';

const pathOf = (name: string): string => `test/sample/${name}/event.json`;
const environment = { ...process.env };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'events-'));
});
afterEach(async () => {
  process.env = environment;
  await rm(folder, { recursive: true });
});

test('no function lacks one', () => {
  expect(functionNames.filter((name) => !existsSync(pathOf(name)))).toEqual([]);
});

/** What Lambda tells a handler. */
const context = { awsRequestId: 'local', getRemainingTimeInMillis: () => 60_000 };

describe('the event of', () => {
  test.each(functionNames)('%s is taken', async (name) => {
    const { values, faults } = parameters({
      opensearchUrl: `file:${folder}`,
      splunkHecUrl: `file:${folder}`,
      geoUrl: 'off',
      assetAccounts: '123456789012',
      assetExternalId: 'local',
      endpointAuth: 'iam', // no key would be in an event
    });
    expect(faults).toEqual([]);
    const own = settings(values, 'bongsu-test', 'hash').environment[name];
    process.env = {
      ...environment,
      ...own,
      QUARANTINE_STREAM: `file:${folder}`,
      AWS_REGION: 'eu-west-1',
      IS_LOCAL: 'true',
    };
    if (own.ARCHIVE_STREAM !== undefined) process.env.ARCHIVE_STREAM = `file:${folder}`;
    const { handler } = await import(`../../functions/${name}/handler.ts`);
    const event = JSON.parse(await readFile(pathOf(name), 'utf8'));
    const answer = await handler(event, context);
    if (Array.isArray(event.Records)) expect(answer).toEqual({ batchItemFailures: [] });
    if (event.requestContext !== undefined) {
      const { statusCode, body } = answer;
      expect({ statusCode, ...JSON.parse(body) }).toMatchObject({ statusCode: 200, errors: false });
    }
  });
});
