/** What osls gets of each function, by its kind and its own function.yml. */
import { globSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { functionFaults } from '../../../scripts/deploy/functionrules.ts';
import { DEFAULTS, functionNames, functionOf } from '../../../scripts/deploy/functions.ts';
import { parameters } from '../../../scripts/deploy/parameters.ts';
import { PIECES } from '../../../scripts/deploy/pieces.ts';
import { resourcesOf } from '../../../scripts/deploy/resources.ts';
import { type Settings, settings } from '../../../scripts/deploy/settings.ts';

const root = join(import.meta.dirname, '../../..');
const of = (given: Record<string, unknown> = {}): Settings => settings(parameters(given).values, 'bongsu-test', 'hash');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'functions-'));
  await mkdir(join(folder, 'functions/waf'), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true }));

const own = (yaml: string): Promise<void> => writeFile(join(folder, 'functions/waf/function.yml'), yaml);

describe('a function', () => {
  test('is what its kind says', () => {
    expect(functionOf('macie', of(), root)).toMatchObject({
      handler: 'functions/macie/handler.handler',
      description: 'Macie findings to OpenSearch and Splunk',
      role: 'MacieRole',
      memorySize: 512,
      events: [
        {
          sqs: {
            arn: { 'Fn::GetAtt': ['MacieQueue', 'Arn'] },
            batchSize: 10,
            maximumConcurrency: 2,
            functionResponseType: 'ReportBatchItemFailures',
          },
        },
      ],
    });
  });

  test('differs from its kind in what its function.yml says', async () => {
    await own('memorySize: 3008\nqueue: { batchSize: 5 }\n');
    const { memorySize, timeout, events } = functionOf('waf', of(), folder);
    expect({ memorySize, timeout }).toEqual({ memorySize: 3008, timeout: 300 });
    expect(events).toMatchObject([{ sqs: { batchSize: 5, maximumConcurrency: 10 } }]);
  });

  test('of logs runs as often at the same time as its parameter says', () => {
    const settings = of({ flowlogsConcurrency: 20 });
    const ofQueue = (name: 'flowlogs' | 'waf') => functionOf(name, settings, root).events;
    expect(ofQueue('flowlogs')).toMatchObject([{ sqs: { maximumConcurrency: 20 } }]);
    expect(ofQueue('waf')).toMatchObject([{ sqs: { maximumConcurrency: 10 } }]);
  });

  test('without a queue has no events', () => {
    expect(functionOf('integrity', of(), root)).not.toHaveProperty('events');
  });
});

describe('a function.yml', () => {
  const faults = async (yaml: string) => {
    await own(yaml);
    return functionFaults({ functions: ['waf', 'flowlogs'] }, folder);
  };

  test('with less time than the reserve needs, or too little memory, is refused in a sentence', async () => {
    expect(await faults('timeout: 4\n')).toEqual([
      'timeout in functions/waf/function.yml: expected a whole number of seconds from 10 to 900, 5 of which are kept as a reserve, found 4.',
    ]);
    expect(await faults('memorySize: 128\n')).toEqual([
      'memorySize in functions/waf/function.yml: expected a whole number of megabytes from 256 to 10240, found 128.',
    ]);
    for (const wrong of ['timeout: 901', 'timeout: 20.5', 'timeout: "a"', 'memorySize: 20000', 'memorySize: no']) {
      expect([wrong, (await faults(wrong)).length]).toEqual([wrong, 1]);
    }
  });

  test('with enough of both is taken, and so are all of the project', async () => {
    expect(await faults('timeout: 10\nmemorySize: 256\n')).toEqual([]);
    expect(functionFaults({ functions: functionNames }, root)).toEqual([]);
  });
});

describe('resources', () => {
  test('of a function that is off are left out', () => {
    const resources = resourcesOf(of({ sources: 'flowlogs' }), root).Resources;
    expect(resources).toHaveProperty('FlowlogsQueue');
    expect(resources).not.toHaveProperty('WafQueue');
  });

  test('with a word that nobody knows are refused by the file', async () => {
    await own('resources: [own.yml]\n');
    await writeFile(join(folder, 'functions/waf/own.yml'), 'Resources: { $Suorce: 1 }');
    await symlink(join(root, 'resources'), join(folder, 'resources'));
    expect(() => resourcesOf(of({ sources: 'waf' }), folder)).toThrow(/own.yml: "\$Suorce" begins with no known word/);
  });

  test('of a variant that a file does not have are refused with those that it has', async () => {
    await own('resources: [own.yml:logs]\n');
    await writeFile(join(folder, 'functions/waf/own.yml'), 'sns: {}\neventbridge: {}\n');
    expect(() => resourcesOf(of({ sources: 'waf' }), folder)).toThrow(
      /own.yml has no variant "create": expected sns,eventbridge/,
    );
  });

  test('every file of resources/source/ belongs to a kind', () => {
    const files = globSync('resources/source/*.yml', { cwd: root }).map((path) => basename(path, '.yml'));
    expect(files.toSorted()).toEqual(Object.keys(PIECES).toSorted());
    const used = new Set(Object.values(DEFAULTS).flatMap(({ pieces }) => pieces));
    expect(files.filter((file) => !used.has(file as keyof typeof PIECES))).toEqual([]);
  });

  test('every function has a role', () => {
    const resources = resourcesOf(
      of({
        opensearchUrl: 'https://x.example',
        opensearchArn: 'a',
        assetAccounts: 'organization',
        endpointAuth: 'apikey',
        detections: 'disabled',
      }),
      root,
    ).Resources;
    for (const name of functionNames) expect(resources).toHaveProperty(String(functionOf(name, of(), root).role));
  });
});

describe('who may deliver logs', () => {
  type Statement = { readonly Sid: string; readonly Condition: Record<string, Record<string, unknown>> };
  const statements = (given: Record<string, unknown>): readonly Statement[] => {
    const resources = resourcesOf(of(given), root).Resources as Record<string, never>;
    const { LogBucketPolicy, Key } = resources as unknown as Record<
      string,
      { Properties: Record<string, { Statement: Statement[] }> }
    >;
    return [...LogBucketPolicy.Properties.PolicyDocument.Statement, ...Key.Properties.KeyPolicy.Statement].filter(
      ({ Sid }) => /^(LogDelivery|Trails)/.test(Sid),
    );
  };

  test('is the account of the stack, or those that are given', () => {
    for (const { Sid, Condition } of statements({ logAccounts: '111111111111' })) {
      expect(JSON.stringify(Condition)).toContain('111111111111');
      if (Sid.startsWith('LogDelivery')) expect(Condition.StringEquals['aws:SourceAccount']).toEqual(['111111111111']);
    }
  });

  test('is an organization, in a policy that names no account', () => {
    const found = statements({ logOrganization: 'o-a1b2c3d4e5' });
    expect(found.length).toBeGreaterThanOrEqual(6);
    for (const { Condition } of found) {
      expect(Condition.StringEquals).toMatchObject({ 'aws:SourceOrgID': 'o-a1b2c3d4e5' });
      expect(JSON.stringify(Condition)).not.toContain('aws:SourceAccount');
    }
  });
});

describe('a created domain', () => {
  const made = {
    opensearchUrl: 'create',
    opensearchNetwork: 'public',
    opensearchAdminArns: 'arn:aws:iam::123456789012:role/cert',
  };
  type Alarm = { readonly Properties: { readonly MetricName: string; readonly Threshold: number } };
  const alarms = (given: Record<string, unknown>): readonly (readonly [string, number])[] =>
    Object.entries(resourcesOf(of(given), root).Resources as unknown as Record<string, Alarm>)
      .filter(([id]) => /^Domain\w+Alarm$/.test(id))
      .map(([, { Properties }]) => [Properties.MetricName, Properties.Threshold]);

  test('has alarms, for storage at a quarter of the volume in MiB', () => {
    expect(alarms({ ...made, opensearchVolumeGib: 100 })).toEqual([
      ['ClusterStatus.red', 1],
      ['ClusterIndexWritesBlocked', 1],
      ['FreeStorageSpace', 25_600],
      ['JVMMemoryPressure', 95],
    ]);
    expect(alarms({})).toEqual([]);
  });
});

test('the inventory may assume the roles of the accounts that are given, of an organization those of all', () => {
  const roles = (assetAccounts: string): unknown => {
    const { AssetInventoryRole } = resourcesOf(of({ assetAccounts, assetExternalId: 'a1' }), root)
      .Resources as unknown as Record<
      string,
      { Properties: { Policies: { PolicyName: string; PolicyDocument: { Statement: { Resource: unknown }[] } }[] } }
    >;
    return AssetInventoryRole.Properties.Policies.find(({ PolicyName }) => PolicyName === 'accounts')!.PolicyDocument
      .Statement[0].Resource;
  };
  const role = (account: string) => ({
    'Fn::Sub': `arn:\${AWS::Partition}:iam::${account}:role/bongsu-asset-inventory`,
  });
  expect(roles('111111111111,222222222222')).toEqual([role('111111111111'), role('222222222222')]);
  expect(roles('organization')).toEqual([role('*')]);
});
