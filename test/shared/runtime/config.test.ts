import { afterEach, describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../../shared/errors.ts';
import { config, configFrom, type SettingName } from '../../../shared/runtime/config.ts';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:bongsu/hec-AbCdEf';

const accepted: readonly [SettingName, string, unknown][] = [
  ['OPENSEARCH_URL', 'https://search.example:9200/', { endpoint: 'https://search.example:9200' }],
  ['OPENSEARCH_URL', 'http://127.0.0.1:9200', { endpoint: 'http://127.0.0.1:9200' }],
  ['OPENSEARCH_URL', 'file:out', { folder: 'out' }],
  ['OPENSEARCH_AUTH', 'aoss', 'aoss'],
  ['OPENSEARCH_SECRET_ARN', SECRET, SECRET],
  ['SPLUNK_HEC_URL', 'https://a:8088, https://b:8088', { endpoints: ['https://a:8088', 'https://b:8088'] }],
  ['SPLUNK_HEC_URL', 'file:/tmp/out', { folder: '/tmp/out' }],
  ['SPLUNK_ACK', 'on', 'on'],
  [
    'SPLUNK_HEC_SECRET_ARN',
    SECRET.replace('arn:aws:', 'arn:aws-us-gov:'),
    SECRET.replace('arn:aws:', 'arn:aws-us-gov:'),
  ],
  ['OPENSEARCH_SHARDS', '5', 5],
  ['OPENSEARCH_SHARDS', 'auto', 'auto'],
  ['OPENSEARCH_REPLICAS', '0', 0],
  ['ROUTE', 'opensearch', ['opensearch']],
  ['ROUTE', 'opensearch, splunk', ['opensearch', 'splunk']],
  ['ROUTE', 'opensearch,archive', ['opensearch', 'archive']],
  ['FILTER', '{"splunk":{"severity":"medium"}}', { splunk: { severity: 'medium' } }],
  ['ARCHIVE_STREAM', 'bongsu-dev-guardduty-archive', { stream: 'bongsu-dev-guardduty-archive' }],
  ['ARCHIVE_STREAM', 'file:out', { folder: 'out' }],
  ['INDEX_PERIOD', 'month', 'month'],
  [
    'FIELDS',
    '[["a.b","c"],["d",["e","f"],"int"],["g",null],["h",[],{"constant":1}]]',
    [
      ['a.b', 'c'],
      ['d', ['e', 'f'], 'int'],
      ['g', null],
      ['h', [], { constant: 1 }],
    ],
  ],
  ['QUARANTINE_STREAM', 'bongsu-dev.quarantine', { stream: 'bongsu-dev.quarantine' }],
  ['QUARANTINE_STREAM', 'file:out', { folder: 'out' }],
  ['FLOWLOG_FORMAT', `\${version} \${account-id}  \${end}`, [{ names: ['version', 'account-id', 'end'] }]],
  [
    'FLOWLOG_FORMAT',
    'end srcaddr; /vpc/a.b=srcaddr end',
    [{ names: ['end', 'srcaddr'] }, { group: '/vpc/a.b', names: ['srcaddr', 'end'] }],
  ],
  ['FLOWLOG_FORMAT', 'srcaddr dstaddr', [{ names: ['srcaddr', 'dstaddr'] }]],
  ['NATIVE_SOURCES', 'guardduty, macie', ['guardduty', 'macie']],
  ['REDACT_HEADERS', 'Authorization, x-api-key', ['authorization', 'x-api-key']],
  ['REDACT_HEADERS', 'none', []],
  ['OWN_CALLS', 'drop', 'drop'],
  ['OWN_ROLE_PREFIX', 'bongsu-dev-,inventory', ['bongsu-dev-', 'inventory']],
  ['MAX_OBJECT_BYTES', '1000', 1000],
  ['GEO_URL', 'off', 'off'],
  ['GEO_URL', 's3://geo-bucket/mmdb/', 's3://geo-bucket/mmdb/'],
  ['GEO_URL', 's3://geo-bucket', 's3://geo-bucket'],
  ['ASSETS_URL', 'off', 'off'],
  ['ASSETS_URL', 's3://inventory', 's3://inventory'],
  ['THREAT_URL', 'off', 'off'],
  ['THREAT_URL', 's3://lists/threat', 's3://lists/threat'],
  ['LOG_LEVEL', 'warn', 'warn'],
];

const refused: readonly [SettingName, string][] = [
  ['OPENSEARCH_URL', 'search.example'],
  ['OPENSEARCH_URL', 'http://search.example'],
  ['OPENSEARCH_URL', 'https://search.example?x=1'],
  ['OPENSEARCH_URL', 'file:'],
  ['OPENSEARCH_AUTH', 'iam'],
  ['OPENSEARCH_SHARDS', '0'],
  ['OPENSEARCH_REPLICAS', 'two'],
  ['SPLUNK_HEC_URL', 'https://a:8088,'],
  ['SPLUNK_HEC_URL', 'https://a:8088,file:out'],
  ['ROUTE', 'opensearch,'],
  ['ROUTE', 'splunk,splunk'],
  ['ROUTE', 'elastic'],
  ['FILTER', '{"splunk":{"severity":"middling"}}'],
  ['FILTER', 'splunk'],
  ['INDEX_PERIOD', 'week'],
  ['FLOWLOG_FORMAT', `\${version},\${account-id}`],
  ['FLOWLOG_FORMAT', 'end end'],
  ['FLOWLOG_FORMAT', ' '],
  ['FLOWLOG_FORMAT', 'end; '],
  ['NATIVE_SOURCES', 'guardduty, waf'],
  ['FIELDS', '[["a"]]'],
  ['FIELDS', '{"a":"b"}'],
  ['FIELDS', 'a=b'],
  ['QUARANTINE_STREAM', 'arn:aws:firehose:eu-west-1:123456789012:deliverystream/x'],
  ['REDACT_HEADERS', 'set cookie'],
  ['OWN_CALLS', 'hide'],
  ['MAX_OBJECT_BYTES', '8GiB'],
  ['MAX_OBJECT_BYTES', '0'],
  ['GEO_URL', 'https://geo.example'],
  ['ASSETS_URL', 'bundled'],
  ['THREAT_URL', 's3://lists'],
  ['THREAT_URL', 'https://lists.example'],
  ['LOG_LEVEL', 'verbose'],
];

describe('config', () => {
  test.each(accepted)('%s=%s is taken', (name, text, value) => {
    expect(configFrom({ [name]: text }, name)).toEqual({ [name]: value });
  });

  test.each(refused)('%s=%s is refused by a sentence that says what was expected and found', (name, text) => {
    expect(() => configFrom({ [name]: text }, name)).toThrow(ConfigError);
    expect(() => configFrom({ [name]: text }, name)).toThrow(`${name} is ${JSON.stringify(text)}: expected `);
  });

  test('what is not set has its default', () => {
    const names = [
      'OPENSEARCH_AUTH',
      'OPENSEARCH_SECRET_ARN',
      'INDEX_PERIOD',
      'FIELDS',
      'MAX_OBJECT_BYTES',
      'GEO_URL',
      'ASSETS_URL',
    ] as const;
    const defaults = {
      OPENSEARCH_AUTH: 'es',
      OPENSEARCH_SECRET_ARN: undefined,
      INDEX_PERIOD: undefined,
      FIELDS: [],
      MAX_OBJECT_BYTES: 8_589_934_592,
      GEO_URL: 'bundled',
      ASSETS_URL: 'off',
    };
    expect(configFrom({}, ...names)).toEqual(defaults);
    expect(configFrom({ OPENSEARCH_AUTH: '', MAX_OBJECT_BYTES: '' }, ...names)).toEqual(defaults);
  });

  test('all faults are told together', () => {
    expect(() => configFrom({ ROUTE: 'elastic' }, 'OPENSEARCH_URL', 'ROUTE', 'QUARANTINE_STREAM', 'GEO_URL')).toThrow(
      'OPENSEARCH_URL is not set: expected https://host[:port] or file:<folder>. ' +
        'ROUTE is "elastic": expected opensearch, splunk, archive or several with commas. ' +
        'QUARANTINE_STREAM is not set: expected the name of a Firehose stream or file:<folder>.',
    );
  });

  test('neither a token in place of its ARN nor a password in a URL is told', () => {
    const env = { SPLUNK_HEC_SECRET_ARN: 'hunter2', OPENSEARCH_URL: 'https://admin:hunter2@search.example' };
    expect(() => configFrom(env, 'SPLUNK_HEC_SECRET_ARN', 'OPENSEARCH_URL')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });

  test('only what is asked for is looked at', () => {
    expect(configFrom({ ROUTE: 'splunk', OPENSEARCH_URL: 'nonsense' }, 'ROUTE')).toEqual({ ROUTE: ['splunk'] });
  });

  afterEach(() => {
    delete process.env.MAX_OBJECT_BYTES;
  });
  test('the environment is read when asked', () => {
    process.env.MAX_OBJECT_BYTES = '5';
    const { MAX_OBJECT_BYTES } = config('MAX_OBJECT_BYTES');
    expect(MAX_OBJECT_BYTES).toBe(5);
  });
});
