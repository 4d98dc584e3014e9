import { CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateBucketCommand, PutBucketTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { kindOf, TAGGED, uncoveredBy, witnessOf } from '../../../../functions/asset-inventory/publish/uncovered.ts';
import { declarations as tagging } from '../../../../functions/asset-inventory/types/tagging.ts';
import { onAws } from '../../../rig/aws/suite.ts';
import { type Between, between, restRefusal } from '../between.ts';
import { type World, world } from '../fleet.ts';
import { assetOf } from '../sample.ts';

describe('the kind of a resource', () => {
  test.each([
    ['arn:aws:ec2:eu-west-1:123456789012:instance/i-0abc', 'ec2:instance'],
    ['arn:aws:lambda:eu-west-1:123456789012:function:shop', 'lambda:function'],
    ['arn:aws:sqs:eu-west-1:123456789012:orders', 'sqs'],
    ['arn:aws:s3:::logs', 's3'],
    ['arn:aws:apigateway:eu-west-1::/restapis/a1b2/stages/prod', 'apigateway:restapis'],
    ['arn:aws-cn:iam::123456789012:role/path/of/role', 'iam:role'],
    ['arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/shop', 'logs:log-group'],
  ])('of %s is %s', (arn, kind) => {
    expect(kindOf(arn)).toBe(kind);
  });
});

describe('what is not covered', () => {
  const arn = (service: string, resource: string) => ({ id: `arn:aws:${service}:eu-west-1:123456789012:${resource}` });
  const found = (id: string, idSynthetic = false) => ({
    ...assetOf('AWS::X::Y', id, { id, idSynthetic }),
    exposure: { level: 'none' as const },
  });

  test('is counted over all regions, with one sample', () => {
    const one = witnessOf([arn('codebuild', 'project/b'), arn('codebuild', 'project/a'), arn('sqs', 'x')], []);
    const other = witnessOf([arn('codebuild', 'project/c')], []);
    expect(uncoveredBy([one, other])).toEqual([
      { kind: 'codebuild:project', count: 3, sample: arn('codebuild', 'project/a').id },
      { kind: 'sqs', count: 1, sample: arn('sqs', 'x').id },
    ]);
  });

  test('is no kind of which an asset was found, in whichever region', () => {
    const tagged = witnessOf([{ id: 'arn:aws:s3:::logs' }, arn('sqs', 'gone')], [found(arn('sqs', 'other').id)]);
    expect(uncoveredBy([tagged, witnessOf([], [found('arn:aws:s3:::other')])])).toEqual([]);
  });

  test('is not covered by an id that was made up', () => {
    expect(uncoveredBy([witnessOf([arn('sqs', 'x')], [found(arn('sqs', 'y').id, true)])])).toHaveLength(1);
  });
});

await onAws('a run that knows what has tags', {}, (aws) => {
  const ACCOUNT = '111111111111';
  const REGION = 'eu-west-1';
  const TAGS = [{ Key: 'owner', Value: 'team-a' }];
  const before = process.env;
  let proxy: Between;
  let one: World;

  beforeAll(async () => {
    proxy = await between(aws.url);
    process.env = { ...before, AWS_ENDPOINT_URL: proxy.url, AWS_ENDPOINT_URL_S3_CONTROL: 'http://s3-control.invalid' };
    one = await world({ url: proxy.url, accounts: [ACCOUNT], regions: [REGION], bucket: 'inventory' });
    // of the types that this fleet looks at there is none for queues
    const { declarationsOf, allDeclarations } = one.context.registry;
    Object.assign(one.context.registry, {
      declarationsOf: async (pack: Parameters<typeof declarationsOf>[0]) => [
        ...(await declarationsOf(pack)),
        ...tagging.filter((each) => each.pack === pack),
      ],
      allDeclarations: async () => [...(await allDeclarations()), ...tagging],
    });
    const ec2 = await one.client(EC2Client, ACCOUNT, REGION);
    const TagSpecifications = [{ ResourceType: 'vpc' as const, Tags: TAGS }];
    await ec2.send(new CreateVpcCommand({ CidrBlock: '10.7.0.0/16', TagSpecifications }));
    const s3 = await one.client(S3Client, ACCOUNT, REGION);
    const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
    await s3.send(new CreateBucketCommand({ Bucket: 'tagged-logs', CreateBucketConfiguration }));
    await s3.send(new PutBucketTaggingCommand({ Bucket: 'tagged-logs', Tagging: { TagSet: TAGS } }));
    const sqs = await one.client(SQSClient, ACCOUNT, REGION);
    for (const QueueName of ['orders', 'bills']) {
      await sqs.send(new CreateQueueCommand({ QueueName, tags: { owner: 'team-a' } }));
    }
  });
  afterEach(() => {
    proxy.answer = () => undefined;
  });
  afterAll(async () => {
    process.env = before;
    await proxy.stop();
  });

  test('tells of kinds that no type of it lists, and of no others', async () => {
    const { manifest, assets, changes, row } = await one.run();
    expect(manifest.summary.uncoveredTypes).toEqual([
      { kind: 'sqs', count: 2, sample: `arn:aws:sqs:${REGION}:${ACCOUNT}:bills` },
    ]);
    expect(row(`${ACCOUNT}/${REGION}/${TAGGED}`)).toMatchObject({ status: 'ok' });
    expect(row(`${ACCOUNT}/${REGION}/${TAGGED}`)!.items).toBeGreaterThanOrEqual(4);
    expect([...assets, ...changes.map(({ asset }) => asset)].filter(({ type }) => type === TAGGED)).toEqual([]);
  });

  test('says so where it may not know', async () => {
    proxy.answer = ({ action }) => (action === 'GetResources' ? restRefusal('AccessDeniedException') : undefined);
    const { manifest, row } = await one.run();
    expect(manifest.summary).not.toHaveProperty('uncoveredTypes');
    expect(row(`${ACCOUNT}/${REGION}/${TAGGED}`)).toMatchObject({
      status: 'denied',
      missing: ['tag:GetResources'],
      statement: { Action: ['tag:GetResources'] },
    });
  });
});
