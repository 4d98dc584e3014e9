import { describe, expect, test } from '@jest/globals';
import { parameters } from '../../../scripts/deploy/parameters.ts';
import { type Settings, settings } from '../../../scripts/deploy/settings.ts';
import { configFrom } from '../../../shared/config.ts';

const of = (given: Record<string, unknown>): Settings => settings(parameters(given).values, 'bongsu-test', 'hash');

const secret = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf';
const es = {
  opensearchUrl: 'https://search.example.com',
  opensearchArn: 'arn:aws:es:eu-west-1:123456789012:domain/logs',
};
const hec = { splunkHecUrl: 'https://hec.example.com:8088', splunkHecSecretArn: secret };

describe('the environment of a Lambda', () => {
  test('writes files while no destination is given', () => {
    expect(of({}).environment.guardduty).toEqual({
      OPENSEARCH_URL: 'file:out',
      OPENSEARCH_AUTH: 'es',
      SPLUNK_HEC_URL: 'file:out',
      ROUTE: 'opensearch,splunk',
      QUARANTINE_STREAM: 'file:out',
      GEO_URL: 'bundled',
    });
  });

  test('knows only the destinations of its route', () => {
    const { flowlogs, guardduty } = of({ ...es, ...hec }).environment;
    expect(flowlogs).toMatchObject({ ROUTE: 'opensearch', QUARANTINE_STREAM: 'bongsu-test-quarantine' });
    expect(flowlogs).not.toHaveProperty('SPLUNK_HEC_URL');
    expect(guardduty).toMatchObject({ ROUTE: 'opensearch,splunk', SPLUNK_HEC_SECRET_ARN: secret });
  });

  test('tells what was set for one source to that source only', () => {
    const { flowlogs, guardduty } = of({
      flowlogsIndexPeriod: 'month',
      flowlogsSplunkIndex: 'aws',
      flowlogsSplunkSourcetype: 'aws:flow',
      flowlogsFields: [['source.ip', 'srcaddr']],
    }).environment;
    const own = {
      INDEX_PERIOD: 'month',
      SPLUNK_INDEX: 'aws',
      SPLUNK_SOURCETYPE: 'aws:flow',
      FIELDS: '[["source.ip","srcaddr"]]',
    };
    expect(flowlogs).toMatchObject(own);
    for (const name of Object.keys(own)) expect(guardduty).not.toHaveProperty(name);
  });

  test('is one that the Lambdas understand', () => {
    const { guardduty } = of({ ...es, ...hec, guarddutyFields: [['event.id', 'id']] }).environment;
    const read = () =>
      configFrom(
        { ...guardduty },
        'OPENSEARCH_URL',
        'OPENSEARCH_AUTH',
        'SPLUNK_HEC_URL',
        'SPLUNK_HEC_SECRET_ARN',
        'ROUTE',
        'FIELDS',
        'QUARANTINE_STREAM',
        'GEO_URL',
      );
    expect(read).not.toThrow();
  });
});

describe('access', () => {
  test('is given only for the destinations of a route', () => {
    const { opensearch, splunk } = of({ ...es, ...hec });
    expect(opensearch).toEqual({ flowlogs: 'es', guardduty: 'es', bootstrap: 'es' });
    expect(splunk).toEqual({ flowlogs: 'none', guardduty: 'hec', bootstrap: 'none' });
  });

  test('to the key of the secrets goes with the secrets', () => {
    const key = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd';
    expect(of({ ...es, ...hec, secretsKeyArn: key }).secretsKey).toEqual({
      flowlogs: 'none',
      guardduty: 'given',
      bootstrap: 'none',
    });
  });
});

describe('the bootstrap', () => {
  test('is there where there is an OpenSearch, and sources wait for it', () => {
    expect(of(es)).toMatchObject({ functions: ['flowlogs', 'guardduty', 'bootstrap'], afterBootstrap: ['Bootstrap'] });
  });

  test('is left out where it is off or has nothing to prepare', () => {
    expect(of({ ...es, opensearchBootstrap: 'off' })).toMatchObject({ functions: ['flowlogs', 'guardduty'] });
    expect(of(hec)).toMatchObject({ functions: ['flowlogs', 'guardduty'], afterBootstrap: [] });
  });
});

describe('the nodes of a created domain', () => {
  const cluster = (count: number, more = {}) =>
    of({ opensearchUrl: 'create', opensearchNetwork: 'public', opensearchInstanceCount: count, ...more }).cluster;

  test('stand in as many zones as can be filled evenly', () => {
    expect(cluster(6)).toMatchObject({ ZoneAwarenessConfig: { AvailabilityZoneCount: 3 } });
    expect(cluster(4)).toMatchObject({ ZoneAwarenessConfig: { AvailabilityZoneCount: 2 } });
    expect(cluster(5)).toEqual({
      InstanceType: 'r7g.large.search',
      InstanceCount: 5,
      ZoneAwarenessEnabled: false,
    });
  });

  test('stand in a zone for each subnet', () => {
    const subnetIds = ['subnet-0a1b2c3d', 'subnet-1a1b2c3d'];
    expect(cluster(6, { opensearchNetwork: 'vpc', subnetIds })).toMatchObject({
      ZoneAwarenessConfig: { AvailabilityZoneCount: 2 },
    });
  });
});
