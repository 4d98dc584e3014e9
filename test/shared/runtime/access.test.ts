/** How Lambdas reach their destinations: in which region, and with which signature. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { opensearchAccess, splunkAccess } from '../../../shared/runtime/access.ts';
import { sender } from '../../../shared/sink/opensearch/client.ts';
import { type Fake, fake } from '../../fake/server.ts';
import { authorization, type Received } from '../../rig/sigv4.ts';

const KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' };
const HOME = 'ap-northeast-2';

let server: Fake;
let received: Received[];
const environment = { ...process.env };

beforeEach(async () => {
  received = [];
  server = await fake(({ method = '', url = '', headers }, response, body) => {
    received.push({ method, url, headers, body });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"SecretString":"token"}');
  });
  process.env = {
    ...environment,
    AWS_REGION: HOME,
    AWS_ACCESS_KEY_ID: KEY.accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
    AWS_ENDPOINT_URL: server.endpoint,
  };
  delete process.env.AWS_SESSION_TOKEN;
});
afterEach(async () => {
  process.env = environment;
  await server.stop();
});

describe.each(['es', 'aoss'] as const)('OpenSearch by %s', (service) => {
  async function signed(more: NodeJS.ProcessEnv): Promise<Received> {
    Object.assign(process.env, { OPENSEARCH_URL: server.endpoint, OPENSEARCH_AUTH: service, ...more });
    const send = sender(opensearchAccess());
    await send(
      { method: 'POST', path: '/_bulk', body: Buffer.from('{}\n'), headers: {} },
      5000,
      AbortSignal.timeout(60_000),
    );
    return received[0];
  }

  test.each(['eu-west-1', 'us-gov-west-1'])('signs for the region of the domain, %s', async (region) => {
    const request = await signed({ OPENSEARCH_REGION: region });
    expect(request.headers.authorization).toBe(authorization(request, { ...KEY, region, service }));
    expect(request.headers.authorization).not.toBe(authorization(request, { ...KEY, region: HOME, service }));
  });

  test('signs for its own region where nothing names another', async () => {
    const request = await signed({});
    expect(request.headers.authorization).toBe(authorization(request, { ...KEY, region: HOME, service }));
  });
});

test.each([
  ['https://vpc-logs-abc.eu-west-1.es.amazonaws.com', 'eu-west-1'],
  ['https://abc123.us-east-1.aoss.amazonaws.com', 'us-east-1'],
  ['https://search-logs-abc.cn-north-1.es.amazonaws.com.cn', 'cn-north-1'],
  ['https://search-logs-abc.aos.eu-central-1.on.aws', 'eu-central-1'],
  ['https://search.example.com', HOME],
  ['https://eu-west-1.es.amazonaws.com.example.com', HOME],
])('the address %s is of the region %s', (url, region) => {
  process.env.OPENSEARCH_URL = url;
  expect(opensearchAccess().auth).toMatchObject({ kind: 'es', region });
});

test('the token of Splunk is asked for in the region of its secret', async () => {
  process.env.SPLUNK_HEC_URL = 'https://hec.example.com';
  process.env.SPLUNK_HEC_SECRET_ARN = 'arn:aws:secretsmanager:us-west-2:123456789012:secret:hec-AbCdEf';
  expect(await splunkAccess(['https://hec.example.com']).token()).toBe('token');
  const [request] = received;
  const region = 'us-west-2';
  expect(request.headers.authorization).toBe(authorization(request, { ...KEY, region, service: 'secretsmanager' }));
});
