/** Every command as a person runs it: one form of help, arguments checked before anything else, status 2 for wrong usage. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { COMMANDS } from '../../scripts/generate/commands.ts';

const root = join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};

/** No credentials, no home folder that has some, and no address of AWS that answers. */
const env = {
  PATH: process.env.PATH ?? '',
  HOME: '/nonexistent',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
};

function run(command: string, ...args: readonly string[]) {
  const path = join(root, `scripts/${command}.ts`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], { cwd: root, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('every command of package.json that is a script of ours is tested here', () => {
  const ours = Object.entries(scripts).filter(([name, line]) => line === `node scripts/${name}.ts`);
  expect(ours.map(([name]) => name).toSorted()).toEqual([...COMMANDS].toSorted());
});

describe.each(COMMANDS)('%s', (command) => {
  test('--help prints the sections in one form, and exits with status 0', () => {
    const { status, stdout, stderr } = run(command, '--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^Usage: npm run --silent ${command} -- `));
    expect(stdout).toMatch(/\n\nOptions\n( .*\n)* {2}--help, -h {2,}print this text\n/);
    expect(stdout).toMatch(/\n\nExit status\n {2}0 {2,}success\n( {2}1 .*\n)? {2}2 {2,}wrong usage/);
    expect(stdout.split('\n').filter((line) => line.length > 132)).toEqual([]);
  });

  test('an unknown option is wrong usage', () => {
    const { status, stdout, stderr } = run(command, '--no-such-option');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/'--no-such-option'/);
    expect(stderr).toMatch(/--help/);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });
});

const WRONG: readonly (readonly [command: string, args: readonly string[], said: RegExp])[] = [
  ['demo', ['now'], /Unexpected argument "now"/],
  ['preview', [], /Unknown source ""/],
  ['preview', ['vaf'], /Unknown source "vaf": expected flowlogs/],
  ['preview', ['waf'], /Missing the file/],
  ['preview', ['waf', 'no-such-file.gz'], /"no-such-file.gz" can't be read: no such file/],
  ['preview', ['waf', 'scripts'], /"scripts" can't be read: it is a folder/],
  ['preview', ['waf', 'package.json', '--sink', 'kafka'], /Unknown sink "kafka": expected opensearch, splunk/],
  ['quarantine', [], /Missing the command: expected list, show, replay/],
  ['quarantine', ['lsit'], /Unknown command "lsit"/],
  ['quarantine', ['list', '--sink', 'kafka'], /Unknown sink "kafka": expected opensearch/],
  ['quarantine', ['list', '--source', 'vaf'], /Unknown source "vaf"/],
  ['quarantine', ['list', '--since', 'yesterday'], /--since is "yesterday": expected a date/],
  ['quarantine', ['list', '--bucket', 'file:no-such-folder'], /"no-such-folder" has no quarantine\.ndjson/],
  ['quarantine', ['replay', '--bucket', 'b'], /--bucket/],
  ['redrive', [], /Missing the source/],
  ['redrive', ['vaf'], /Unknown source "vaf"/],
  ['redrive', ['waf', '--max', '-1'], /--max/],
  ['redrive', ['waf', '--max', '0'], /--max is "0": expected a whole number from 1/],
  ['redrive', ['drop'], /Missing the source/],
  ['redrive', ['drop', 'waf', '--max', '3'], /drop takes no --max/],
  ['reconcile', ['waf'], /Missing --since/],
  ['reconcile', ['vaf', '--since', '3d'], /Unknown source "vaf"/],
  ['reconcile', ['waf', '--since', '1d', '--until', '2d'], /--since is later than --until/],
  ['reconcile', ['waf', '--since', '1d', '--objects', 'bucket'], /--objects is "bucket": expected s3:/],
  ['assets', [], /Missing the command: expected at, diff, coverage/],
  ['assets', ['at', '--ip', '10.0.0.1'], /Missing --in or --stage/],
  ['assets', ['coverage', '--in', 'no-such-folder'], /current\.json" can't be read: it does not exist/],
  ['endpoint-key', [], /Missing the command: expected create, list, revoke/],
  ['endpoint-key', ['create'], /Missing --name/],
  ['endpoint-key', ['create', '--name', 'web', '--expires', 'soon'], /--expires is "soon": expected a duration/],
  ['endpoint-key', ['create', '--name', 'web', '--rate', '0'], /--rate is "0": expected a whole number from 1/],
  ['endpoint-key', ['revoke'], /Missing the id of the key/],
  ['endpoint-key', ['list', 'x'], /Unexpected argument "x"/],
  ['bootstrap', [], /Missing --url/],
  ['bootstrap', ['--url', 'http://example.com', '--auth', 'es'], /an OpenSearch address looks like https/],
  ['bootstrap', ['--url', 'https://h', '--retention', 'hot=7'], /retention "hot=7": expected off or ages/],
  ['bootstrap', ['--url', 'https://h', '--tiers', 'ice'], /Unknown --tiers "ice": expected hot, ultrawarm/],
  ['bootstrap', ['--url', 'https://h', '--auth', 'ldap'], /Unknown --auth "ldap": expected es, aoss, basic/],
  ['bootstrap', ['--url', 'https://h', '--auth', 'basic'], /set OPENSEARCH_USERNAME and OPENSEARCH_PASSWORD/],
  ['generate', ['now'], /Unexpected argument "now"/],
  ['bench', ['vaf'], /Unknown source "vaf": expected flowlogs/],
  ['size', [], /Missing a volume, such as --flowlogs 500GB/],
  ['size', ['--flowlogs', '500'], /--flowlogs is "500": expected a volume such as/],
  [
    'size',
    ['--flowlogs', '1GB', '--retention', 'hot=7d,warm=3d'],
    /--retention is "hot=7d,warm=3d": expected ages that grow/,
  ],
  ['size', ['--flowlogs', '1GB', '--replicas', '9'], /--replicas is "9": expected 0 to 3/],
  ['fuzz', ['--source', 'vaf'], /Unknown source "vaf"/],
  ['fuzz', ['--seed', 'x'], /--seed is "x"/],
  ['fuzz', ['--minutes', 'x'], /--minutes is "x"/],
];

test.each(WRONG)('%s %j is wrong usage, said in a sentence', (command, args, said) => {
  const { status, stdout, stderr } = run(command, ...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(said);
  expect(stderr).not.toMatch(/^ {4}at |ENOENT:|ExperimentalWarning/m);
});

test.each([
  ['quarantine', ['list']],
  ['redrive', ['all']],
  ['reconcile', ['waf', '--since', '3d']],
  ['assets', ['coverage', '--stage', 'prod']],
])('%s %j without credentials is an error in words', (command, args) => {
  const { status, stdout, stderr } = run(command, ...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/credentials/i);
  expect(stderr).not.toMatch(/^ {4}at /m);
});
