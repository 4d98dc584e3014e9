import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { assets } from '../../scripts/assets.ts';
import { historyOf } from '../../shared/asset/history.ts';
import type { Asset, Manifest } from '../../shared/asset/model.ts';
import { TABLE_KEY, tableOf } from '../../shared/asset/table.ts';
import { owned } from '../shared/asset/given.ts';
import { deleted, eni, run } from '../shared/asset/world.ts';

const write = { stdout: process.stdout.write, stderr: process.stderr.write };
let folder: string;
let out = '';
let err = '';

const A = eni('eni-0000000000000000a', '10.0.3.17', { name: 'A', ...owned });
const B = eni('eni-0000000000000000b', '10.0.3.17', { name: 'B' });
const twin = eni('eni-0000000000000000c', '10.0.3.17', { name: 'twin', net: { vpc: 'vpc-2' } });
const pods = eni('eni-0000000000000000d', '10.0.4.4', { name: 'pods', net: { prefixes: ['10.0.9.0/28'] } });
const moved = [deleted(A, '2026-11-24T03:00:00Z'), { ...B, tags: { team: 'b' } }, twin, pods];
const RUNS = [
  run('2026-11-24T01:00:00Z', [A, twin, pods]),
  run('2026-11-24T02:00:00Z', [A, twin, pods]),
  run('2026-11-24T03:00:00Z', moved, { denied: ['AWS::EC2::EIP'] }),
];

async function put(key: string, bytes: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, key)), { recursive: true });
  await writeFile(join(folder, key), bytes);
}

async function keep(manifest: Pick<Manifest, 'run' | 'at' | 'accounts' | 'coverage'>, assets: readonly Asset[]) {
  const key = `assets/${manifest.run}.ndjson.gz`;
  await put(key, gzipSync(assets.map((each) => `${JSON.stringify(each)}\n`).join('')));
  const summary = {
    scopes: 3,
    okPercent: 66,
    assets: assets.length,
    stale: 0,
    changes: 1,
    uncoveredTypes: [{ kind: 'sqs', count: 2, sample: 'arn:aws:sqs:eu-west-1:123456789012:bills' }],
    newAccounts: [],
    removedAccounts: [],
  };
  const shards = [{ account: '123456789012', region: 'eu-west-1', key, sha256: '', bytes: 1, count: assets.length }];
  const coverage = manifest.coverage.map((row) =>
    row.status === 'denied' ? { ...row, code: 'AccessDenied', missing: ['ec2:DescribeAddresses'] } : row,
  );
  await put(
    `manifests/${manifest.run}.json`,
    JSON.stringify({ ...manifest, coverage, version: 1, seq: 1, shards, summary }),
  );
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bongsu-'));
  await put(TABLE_KEY, zstdCompressSync(tableOf(historyOf(RUNS))));
  for (const { manifest, assets } of RUNS) await keep(manifest, assets);
  await put('current.json', JSON.stringify({ version: 1, run: RUNS[2].manifest.run, seq: 3, manifest: '' }));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  out = '';
  err = '';
  process.stdout.write = (text) => {
    out += text;
    return true;
  };
  process.stderr.write = (text) => {
    err += text;
    return true;
  };
});
afterEach(() => {
  process.stdout.write = write.stdout;
  process.stderr.write = write.stderr;
});

/** `match scope name owner` of each line. */
async function at(...args: string[]): Promise<string[]> {
  await expect(assets(['at', '--in', folder, '--json', ...args])).resolves.toBe(0);
  const held =
    out.trim() === ''
      ? []
      : out
          .trim()
          .split('\n')
          .map((each) => JSON.parse(each));
  return held.map(({ match, scope, name, owner }) => [match, scope, name, owner].join(' ').trim());
}

describe('at', () => {
  const ip = ['--ip', '10.0.3.17'];

  test('tells every holder of an address at that time, in every VPC, with its owner', async () => {
    await expect(at(...ip, '--time', '2026-11-24T01:30:00Z')).resolves.toEqual([
      'exact vpc-1 A team-a@example.com',
      'exact vpc-2 twin',
    ]);
  });

  test('tells both where it moved between two looks, each alone where it did not', async () => {
    const inOne = (time: string) => at(...ip, '--vpc', 'vpc-1', '--time', time);
    await expect(inOne('2026-11-24T02:30:00Z')).resolves.toEqual([
      'ambiguous vpc-1 A team-a@example.com',
      'ambiguous vpc-1 B',
    ]);
    out = '';
    await expect(inOne('2026-11-24T03:30:00Z')).resolves.toEqual(['bounded vpc-1 B']);
  });

  test('finds blocks around an address, and ids', async () => {
    await expect(at('--ip', '10.0.9.7', '--time', '2026-11-24T01:30:00Z')).resolves.toEqual(['exact vpc-1 pods']);
    out = '';
    await expect(at('--name', A.nativeId, '--time', '2026-11-24T01:30:00Z')).resolves.toEqual([
      'exact vpc-1 A team-a@example.com',
    ]);
  });

  test('prints a line that says when it is known', async () => {
    await assets(['at', '--in', folder, ...ip, '--vpc', 'vpc-1', '--time', '2026-11-24T01:30:00Z']);
    expect(out).toBe(
      `exact      vpc-1  10.0.3.17  A  AWS::EC2::NetworkInterface  123456789012  team-a@example.com  ${A.id}  2026-11-24T01:00:00Z – 2026-11-24T01:59:00Z\n`,
    );
  });

  test('says so where nobody is known', async () => {
    await assets(['at', '--in', folder, '--ip', '10.9.9.9']);
    expect(out).toBe('no known asset\n');
  });
});

test('diff tells what changed from one run to the newest', async () => {
  await expect(assets(['diff', '--in', folder, '--from', RUNS[1].manifest.run])).resolves.toBe(0);
  expect(out).toContain(`deleted  ${A.id}  A\n`);
  expect(out).toContain(`created  ${B.id}  B\n`);
  expect(out).not.toContain('twin');
});

test('coverage tells what could not be seen, and what would grant it', async () => {
  await expect(assets(['coverage', '--in', folder])).resolves.toBe(0);
  expect(out).toMatch(/66 % of 3 scopes/);
  expect(out).toMatch(
    /^denied +123456789012\/eu-west-1\/AWS::EC2::EIP {2}AccessDenied {2}grant ec2:DescribeAddresses/m,
  );
  expect(out).toMatch(/^uncovered +sqs {2}2 with tags, arn:aws:sqs:eu-west-1:123456789012:bills$/m);
  expect(out).toMatch(/^denied 1 · ok 2$/m);
});

test.each([
  [['at', '--in', 'x'], /either --ip or --name/],
  [['at', '--ip', '10.0.0.1', '--time', 'noon', '--in', 'x'], /--time is "noon"/],
  [['at', '--ip', '10.0.0.256', '--in', 'x'], /--ip is "10.0.0.256": expected an IP address/],
  [['at', '--ip', '10.0.0.1'], /Missing --in or --stage/],
  [['who'], /Unknown command "who": expected at, diff, coverage/],
  [[], /Missing the command/],
  [['diff', '--in', 'x'], /diff needs --from/],
  [['at', '--mac', 'x'], /--mac/],
])('%s is wrong usage', async (args, said) => {
  const before = process.env.ASSETS_URL;
  delete process.env.ASSETS_URL;
  await expect(assets(args)).resolves.toBe(2);
  if (before !== undefined) process.env.ASSETS_URL = before;
  expect(err).toMatch(said);
  expect(err).toContain('--help');
});

test('a folder without an inventory is an error in words', async () => {
  await expect(assets(['coverage', '--in', join(folder, 'nowhere')])).resolves.toBe(2);
  expect(err).toMatch(/nowhere.*current\.json" can't be read: it does not exist\.\n$/);
});
