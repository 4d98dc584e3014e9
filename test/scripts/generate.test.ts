import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { allDeclarations, declarationsOf, PACKS } from '../../functions/asset-inventory/discovery/registry.ts';
import { actionsOf } from '../../scripts/generate/assets.ts';
import { outputs } from '../../scripts/generate/outputs.ts';

const all = await allDeclarations();

const files = await outputs();

test.each([...files])('%s is as the code says (npm run generate)', (path, content) => {
  expect(readFileSync(path, 'utf8')).toBe(content);
});

describe('the declarations', () => {
  test('of every file in types/ are looked at', async () => {
    const files = globSync('functions/asset-inventory/types/*.ts').map((path) => path.split('/').at(-1));
    const registry = readFileSync('functions/asset-inventory/discovery/registry.ts', 'utf8');
    expect(files.filter((file) => !registry.includes(`/types/${file}'`))).toEqual([]);
  });

  test('of a file are in the packs that its row names', async () => {
    const found = new Set((await Promise.all(PACKS.map(declarationsOf))).flat());
    const files = globSync('functions/asset-inventory/types/*.ts');
    const modules = await Promise.all(files.map((file) => import(`../../${file}`)));
    const declared = modules.flatMap((each) => (each as { declarations: typeof all }).declarations ?? []);
    expect(declared.filter((each) => !found.has(each)).map(({ type }) => type)).toEqual([]);
  });

  test('have a type each', () => {
    const types = all.map(({ type }) => type);
    expect(types.filter((type, i) => types.indexOf(type) !== i)).toEqual([]);
  });

  test('only read', () => {
    const reads = /^[a-z0-9-]+:(Describe|List|Get|BatchGet|Generate(CredentialReport)$|GET$)/;
    expect(actionsOf(all).filter((action) => !reads.test(action))).toEqual([]);
  });

  test('ask for nothing that shows contents', () => {
    const contents =
      /^(s3:GetObject(Version)?|ssm:GetParameters?|secretsmanager:GetSecretValue|lambda:GetFunction|kms:Decrypt)$/;
    expect(actionsOf(all).filter((action) => contents.test(action))).toEqual([]);
  });
});

test('the role fits into one inline policy', () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  expect(JSON.stringify(actionsOf(all)).length).toBeLessThan(10_000);
});

test('the rule fits into a pattern of EventBridge', () => {
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
  const { Resources } = load(files.get('functions/asset-inventory/writes.yml')!) as {
    Resources: { AssetInventoryRule: { Properties: object } };
  };
  expect(JSON.stringify(Resources.AssetInventoryRule.Properties).length).toBeLessThan(2048);
});
