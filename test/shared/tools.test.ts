import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Source } from '../../shared/model.ts';
import type { Frame } from '../../shared/rim.ts';
import { opensearchAccess, sourceOptions, tools } from '../../shared/tools.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const frame: Frame = { source: 'x', log: silent, metrics: { add: () => {}, flush: () => {} }, deadline: () => 0 };
const source = {
  name: 'x',
  index: { name: 'aws-x', period: 'day' },
  splunk: { sourcetype: 'x', format: 'json' },
} as Source<unknown>;

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf';
const before = process.env;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bongsu-'));
  process.env = {
    ROUTE: 'opensearch,splunk',
    GEO_URL: 'off',
    QUARANTINE_STREAM: `file:${folder}`,
    AWS_REGION: 'eu-west-1',
  };
});
afterEach(async () => {
  process.env = before;
  await rm(folder, { recursive: true });
});

test('there is a sink for each destination of the route and no setting of others is needed', () => {
  process.env.ROUTE = 'splunk';
  process.env.SPLUNK_HEC_URL = 'file:out';
  expect(tools(source, frame).sinks.map(({ name }) => name)).toEqual(['splunk']);
});

test('real destinations are made without a call', () => {
  Object.assign(process.env, {
    OPENSEARCH_URL: 'https://search.example',
    SPLUNK_HEC_URL: 'https://hec.example:8088',
    SPLUNK_HEC_SECRET_ARN: ARN,
    QUARANTINE_STREAM: 'bongsu-dev-quarantine',
  });
  expect(tools(source, frame).sinks.map(({ name }) => name)).toEqual(['opensearch', 'splunk']);
});

test('all wrong settings of a source and its sinks are told at once', async () => {
  process.env.QUARANTINE_STREAM = '';
  process.env.SPLUNK_HEC_URL = 'hec.example';
  await expect(sourceOptions(frame)).rejects.toThrow(/QUARANTINE_STREAM.*OPENSEARCH_URL.*SPLUNK_HEC_URL/);
});

test('a secret that a destination needs is named where its ARN is missing', () => {
  process.env.OPENSEARCH_URL = 'https://search.example';
  process.env.OPENSEARCH_AUTH = 'basic';
  process.env.SPLUNK_HEC_URL = 'https://hec.example';
  expect(() => tools(source, frame)).toThrow('OPENSEARCH_SECRET_ARN is not set');
  process.env.OPENSEARCH_SECRET_ARN = ARN;
  expect(() => tools(source, frame)).toThrow('SPLUNK_HEC_SECRET_ARN is not set');
});

test('an authority is read from its file; one that is not there is named', async () => {
  process.env.OPENSEARCH_URL = 'https://search.example';
  process.env.OPENSEARCH_CA_FILE = join(folder, 'ca.pem');
  expect(() => opensearchAccess()).toThrow('OPENSEARCH_CA_FILE');
  await writeFile(process.env.OPENSEARCH_CA_FILE, 'PEM');
  expect(opensearchAccess()).toEqual({
    url: 'https://search.example',
    auth: { kind: 'es', region: 'eu-west-1' },
    ca: 'PEM',
  });
});
