import { describe, expect, test } from '@jest/globals';
import { parameters } from '../../../scripts/deploy/parameters.ts';
import { type Settings, settings } from '../../../scripts/deploy/settings.ts';
import { configFrom } from '../../../shared/runtime/config.ts';
import { sourcesWhere } from '../../../shared/sources.ts';

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
      STACK: 'bongsu-test',
      OPENSEARCH_URL: 'file:out',
      OPENSEARCH_AUTH: 'es',
      SPLUNK_HEC_URL: 'file:out',
      ROUTE: 'opensearch,splunk,archive',
      ARCHIVE_STREAM: 'file:out',
      QUARANTINE_STREAM: 'file:out',
      SOURCES: expect.stringContaining('guardduty,securityhub'),
      GEO_URL: 'bundled',
    });
  });

  test('knows where the look-up table of another inventory is', () => {
    expect(of({ assetUrl: 's3://central/assets' })).toMatchObject({
      environment: { flowlogs: { ASSETS_URL: 's3://central/assets' } },
      assetTable: 's3',
      assetsObjects: 'central/assets',
    });
    expect(of({}).environment.flowlogs).not.toHaveProperty('ASSETS_URL');
    expect(of({}).assetTable).toBe('none');
  });

  test('knows where threat lists are, of logs alone', () => {
    const { environment, threat, threatLists } = of({ threatUrl: 's3://lists/my/threat' });
    expect(environment.flowlogs.THREAT_URL).toBe('s3://lists/my/threat');
    expect(environment.guardduty).not.toHaveProperty('THREAT_URL');
    expect([threat, threatLists]).toEqual(['s3', { bucket: 'lists', prefix: 'my/threat' }]);
    expect(of({}).environment.flowlogs).not.toHaveProperty('THREAT_URL');
  });

  test('leaves the place of its own inventory to CloudFormation', () => {
    const settings = of({ assetUrl: 'own', assetAccounts: 'organization', assetExternalId: 'any' });
    expect(settings.assetTable).toBe('own');
    expect(settings.environment.flowlogs).not.toHaveProperty('ASSETS_URL');
  });

  test('tells the inventory whether to write OCSF events', () => {
    const inventory = { assetAccounts: 'organization', assetExternalId: 'any' };
    expect(of({ ...inventory, assetOcsf: 'on' }).environment['asset-inventory'].ASSET_OCSF).toBe('on');
    expect(of(inventory).environment['asset-inventory'].ASSET_OCSF).toBe('off');
  });

  test('knows only the destinations of its route', () => {
    const { flowlogs, guardduty } = of({ ...es, ...hec }).environment;
    expect(flowlogs).toMatchObject({ ROUTE: 'opensearch', QUARANTINE_STREAM: 'bongsu-test-quarantine' });
    expect(flowlogs).not.toHaveProperty('SPLUNK_HEC_URL');
    expect(guardduty).toMatchObject({ ROUTE: 'opensearch,splunk,archive', SPLUNK_HEC_SECRET_ARN: secret });
  });

  test('names the region of OpenSearch, and of none where it is unknown', () => {
    expect(of(es).environment.flowlogs.OPENSEARCH_REGION).toBe('eu-west-1');
    expect(of(es).environment.replay.OPENSEARCH_REGION).toBe('eu-west-1');
    expect(of(es).environment.bootstrap.OPENSEARCH_REGION).toBe('eu-west-1');
    expect(of({ opensearchUrl: 'create' }).environment.flowlogs).not.toHaveProperty('OPENSEARCH_REGION');
  });

  test('asks Splunk for acknowledgements where that was set', () => {
    expect(of({ ...hec, splunkAck: 'on' }).environment.guardduty.SPLUNK_ACK).toBe('on');
    expect(of(hec).environment.guardduty).not.toHaveProperty('SPLUNK_ACK');
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

  test('tells of an archive only where there is one', () => {
    const { flowlogs, guardduty } = of({ ...es, ...hec }).environment;
    expect(guardduty.ARCHIVE_STREAM).toBe('bongsu-test-guardduty-archive');
    expect(flowlogs).not.toHaveProperty('ARCHIVE_STREAM');
    expect(of({ ...es, ...hec, archive: 'off' }).environment.guardduty).not.toHaveProperty('ARCHIVE_STREAM');
  });

  test("tells CloudTrail which calls are the collector's own", () => {
    const { flowlogs, cloudtrail } = of({ ownCalls: 'drop' }).environment;
    expect(cloudtrail).toMatchObject({ OWN_CALLS: 'drop', OWN_ROLE_PREFIX: 'bongsu-test-,bongsu-asset-inventory' });
    expect(flowlogs).not.toHaveProperty('OWN_CALLS');
  });

  test('tells the Lambda of flow logs their format', () => {
    const { flowlogs, cloudtrail } = of({ flowlogFormat: 'version srcaddr end' }).environment;
    expect(configFrom({ ...flowlogs }, 'FLOWLOG_FORMAT').FLOWLOG_FORMAT).toEqual([
      { names: ['version', 'srcaddr', 'end'] },
    ]);
    expect(cloudtrail).not.toHaveProperty('FLOWLOG_FORMAT');
  });

  test('keeps from Splunk what no rule of WAF saw, unless a filter says otherwise', () => {
    const filter = (given: Record<string, unknown>) => {
      const { waf } = of({ ...es, ...hec, ...given }).environment;
      return configFrom({ ...waf }, 'FILTER').FILTER;
    };
    const detected = { detected: true };
    expect(filter({})).toEqual({ splunk: detected });
    expect(filter({ wafFilter: { splunk: {} } })).toEqual({ splunk: {} });
    expect(filter({ wafFilter: { opensearch: detected } })).toEqual({ opensearch: detected, splunk: detected });
    expect(filter({ wafRoute: 'opensearch' })).toEqual({});
    expect(of({ ...es, ...hec }).environment.dns).not.toHaveProperty('FILTER');
  });

  test('tells the Lambda of WAF whose values nobody may see', () => {
    const redacted = (given: Record<string, unknown>) =>
      configFrom({ ...of(given).environment.waf }, 'REDACT_HEADERS').REDACT_HEADERS;
    expect(redacted({})).toEqual(['authorization', 'cookie']);
    expect(redacted({ redactHeaders: ['X-Api-Key', 'cookie'] })).toEqual(['x-api-key', 'cookie']);
    expect(redacted({ redactHeaders: 'none' })).toEqual([]);
  });

  test('tells the Lambda of Security Hub which findings come by a source of their own', () => {
    const natives = (given: Record<string, unknown>) =>
      configFrom({ ...of(given).environment.securityhub }, 'NATIVE_SOURCES').NATIVE_SOURCES;
    expect(natives({})).toEqual(['guardduty', 'inspector', 'macie']);
    expect(natives({ sources: 'securityhub,macie,flowlogs' })).toEqual(['macie']);
    expect(natives({ sources: 'securityhub' })).toEqual([]);
    expect(of({}).environment.guardduty).not.toHaveProperty('NATIVE_SOURCES');
  });

  test('is one that the Lambdas understand', () => {
    const { guardduty } = of({
      ...es,
      ...hec,
      guarddutyFields: [['event.id', 'id']],
      guarddutyFilter: { splunk: { severity: 'high' } },
    }).environment;
    const read = () =>
      configFrom(
        { ...guardduty },
        'OPENSEARCH_URL',
        'OPENSEARCH_AUTH',
        'SPLUNK_HEC_URL',
        'SPLUNK_HEC_SECRET_ARN',
        'ROUTE',
        'FILTER',
        'FIELDS',
        'ARCHIVE_STREAM',
        'QUARANTINE_STREAM',
        'GEO_URL',
      );
    expect(read).not.toThrow();
  });
});

describe('access', () => {
  test('is given only for the destinations of a route', () => {
    const { opensearch, splunk } = of({ ...es, ...hec });
    expect(opensearch).toMatchObject({ flowlogs: 'es', guardduty: 'es', bootstrap: 'es' });
    expect(splunk).toMatchObject({ flowlogs: 'none', guardduty: 'hec', bootstrap: 'none' });
  });

  test('to the key of the secrets goes with the secrets', () => {
    const key = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd';
    expect(of({ ...es, ...hec, secretsKeyArn: key }).secretsKey).toMatchObject({
      flowlogs: 'none',
      guardduty: 'given',
      bootstrap: 'none',
    });
  });
});

describe('an archive', () => {
  test('is made for the findings that are on, unless it is off', () => {
    expect(of(es)).toMatchObject({ archive: 'create', archives: { guardduty: 'create', flowlogs: 'none' } });
    expect(of({ ...es, sources: 'flowlogs' }).archive).toBe('none');
    expect(of({ ...es, archive: 'off' })).toMatchObject({ archive: 'none', archives: { guardduty: 'none' } });
  });
});

describe('exports of findings', () => {
  const existing = {
    ...es,
    logBucket: 'my-logs',
    logEvents: 'eventbridge',
    ...Object.fromEntries(
      sourcesWhere(({ kind }) => kind === 'log').map((source) => [`${source}Prefix`, `${source}/`]),
    ),
  };

  test('are heard of in a bucket of the stack, in an existing one where a prefix is given', () => {
    expect(of(es).objects.guardduty).toBe('create');
    expect(of(existing).objects.guardduty).toBe('none');
    expect(of({ ...existing, guarddutyPrefix: 'findings/' }).objects.guardduty).toBe('eventbridge');
  });

  test('may be read with the key of the bucket', () => {
    const key = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd';
    expect(of({ ...existing, logKeyArn: key }).objectsKey.guardduty).toBe('none');
    expect(of({ ...existing, logKeyArn: key, guarddutyPrefix: 'findings/' }).objectsKey.guardduty).toBe('given');
  });
});

describe('Security Hub', () => {
  test('is asked for what it may not have told, where OpenSearch says what is known', () => {
    expect(of(es)).toMatchObject({ reconcile: 'hourly', known: 'es' });
    expect(of({ ...es, reconcile: 'off' })).toMatchObject({ reconcile: 'none', known: 'none' });
    expect(of(hec)).toMatchObject({ reconcile: 'none', known: 'none' });
    expect(of({ ...es, ...hec, securityhubRoute: 'splunk' })).toMatchObject({ reconcile: 'none', known: 'none' });
  });

  test("reads Prowler's files, which have a place of their own", () => {
    expect(of({}).prefix.securityhub).toBe('prowler/');
    expect(of({ securityhubPrefix: 'scans/' }).prefix.securityhub).toBe('scans/');
  });
});

describe('Prowler', () => {
  const key = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd';
  const roles = ['arn:aws:iam::111111111111:role/prowler', 'arn:aws:iam::222222222222:role/prowler'];

  test('is off unless somebody wants it', () => {
    expect(of({}).prowler).toMatchObject({ scan: 'none', key: 'none', roles: 'none' });
    expect(of({ logKeyArn: key }).prowler.key).toBe('none');
  });

  test('writes into the log bucket with its key, and assumes the roles that are given', () => {
    const bucket = { Ref: 'LogBucket' };
    expect(of({ prowler: 'on' }).prowler).toEqual({
      scan: 'create',
      key: 'ownKey',
      roles: 'none',
      bucket,
      roleArns: '',
    });
    expect(of({ prowler: 'on', logBucket: 'my-logs', logKeyArn: key, prowlerRoleArns: roles }).prowler).toEqual({
      scan: 'create',
      key: 'givenKey',
      roles: 'roles',
      bucket: 'my-logs',
      roleArns: roles.join(' '),
    });
    expect(of({ prowler: 'on', logBucket: 'my-logs' }).prowler.key).toBe('none');
  });
});

describe('digests of CloudTrail', () => {
  test.each([
    ['cloudtrail/', {}],
    ['trail/AWSLogs/', { cloudtrailPrefix: 'trail/AWSLogs/' }],
    ['AWSLogs/', { cloudtrailPrefix: 'AWSLogs/*/CloudTrail/' }],
    ['AWSLogs/123456789012/', { cloudtrailPrefix: 'AWSLogs/123456789012/CloudTrail/eu-west-1/' }],
    ['CloudTrail/AWSLogs/', { cloudtrailPrefix: 'CloudTrail/AWSLogs/' }],
  ])('are looked for below %s', (prefix, given) => {
    expect(of(given).prefix.integrity).toBe(prefix);
  });

  test('need no geo databases', () => {
    expect(of({ splunkCaFile: 'ca.pem' }).files.integrity).toEqual(['ca.pem']);
  });
});

describe('the bootstrap', () => {
  const sources = ['flowlogs', 'guardduty'];

  test('is there where there is an OpenSearch, and sources wait for it', () => {
    const functions = ['flowlogs', 'guardduty', 'replay', 'bootstrap'];
    expect(of({ ...es, sources })).toMatchObject({ functions, afterBootstrap: ['Bootstrap'] });
  });

  test('is left out where it is off or has nothing to prepare', () => {
    const functions = [...sources, 'replay'];
    expect(of({ ...es, sources, opensearchBootstrap: 'off' })).toMatchObject({ functions });
    expect(of({ ...hec, sources })).toMatchObject({ functions, afterBootstrap: [] });
  });
});

describe('the nodes of a created domain', () => {
  const cluster = (count: number, more = {}) =>
    of({ opensearchUrl: 'create', opensearchNetwork: 'public', opensearchInstanceCount: count, ...more }).cluster
      .cluster;

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
