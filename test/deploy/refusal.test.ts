/** What osls says when parameters are wrong. Which are wrong: test/scripts/deploy. */
import { expect, test } from '@jest/globals';
import { serverless } from '../rig/serverless.ts';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:hec-AbCdEf';
const PACKAGING_MS = 600_000; // waits while another process packages

const refusal = (...args: string[]): Promise<string> =>
  serverless(args).then(
    () => 'nothing was refused',
    (error: Error) => error.message,
  );

test(
  'a deployment without a destination stops before anything is sent to AWS',
  async () => {
    expect(await refusal('deploy')).toContain(
      'Parameter "opensearchUrl": expected create or the https address of a domain',
    );
  },
  PACKAGING_MS,
);

test(
  'wrong, misspelt and missing parameters get a sentence each',
  async () => {
    const said = await refusal('package', '--param', 'geoUrl=on', '--param', 'splunkHecURL=x', '--stage', 'Prod');
    const sentences = said.split('\n').filter((line) => line.startsWith('Parameter'));
    expect(sentences).toEqual([
      expect.stringContaining('"stage": expected at most 20 lower-case letters'),
      'Parameter "splunkHecURL": there is no such parameter; did you mean "splunkHecUrl"?',
      expect.stringContaining('"geoUrl": expected bundled, off or'),
    ]);
    expect(await refusal('package', '--param', 'logBucket=my-logs')).toContain('Parameter "logEvents": expected sns');
    const rows = '[["aws.x.y","srcport","flaot"]]';
    expect(await refusal('package', '--param', `flowlogsFields=${rows}`)).toContain('no cast is called "flaot"');
    expect(await refusal('package', '--param', 'splunkCaFile=nowhere.pem')).toContain('a PEM file that exists');
  },
  PACKAGING_MS,
);

test(
  'a misspelt stage is no second stack, and a parameter has a value',
  async () => {
    const destination = ['--param', 'splunkHecUrl=https://hec.example.com', '--param', `splunkHecSecretArn=${SECRET}`];
    const said = await refusal('deploy', '--stage', 'prdo', '--param', 'sources=guardduty', ...destination);
    expect(said).toContain(
      'Stage "prdo": expected a stage with a block in params of serverless.yml, which has dev and prod',
    );
    expect(said).toContain('; did you mean "prod"?');
    expect(await refusal('package', '--param', 'foo')).toContain(
      'Parameter "foo": expected --param name=value, found "--param foo".',
    );
  },
  PACKAGING_MS,
);

test(
  'one function of a stack that makes its domain is not deployed alone',
  async () => {
    const said = await refusal(
      'deploy',
      'function',
      '-f',
      'flowlogs',
      '--param',
      'opensearchUrl=create',
      '--param',
      'opensearchNetwork=public',
      '--param',
      'opensearchLogin=cognito',
    );
    expect(said).toContain('can only be deployed with the stack');
  },
  PACKAGING_MS,
);
