import { beforeAll, expect, test } from '@jest/globals';
import { APPS, type AppName, packaged } from '../../../scripts/splunk/apps.ts';
import { appInspect, type Inspect } from './appinspect.ts';

/** Warnings that stay, and why. docs/splunk/README.md has the same list. */
const KNOWN: Readonly<Record<AppName, readonly string[]>> = {
  bongsu: [
    'check_for_splunk_js', // Splunk counts who uses SplunkJS and says to ignore it: the setup page needs it
    'check_for_python_script_existence', // any Python in an app
    'check_collections_conf', // any KV store collection: "No action required"
    'check_hostnames_and_ips', // detections except the private ranges of RFC 1918
    'check_python_sdk_version', // SDK 3 does not run on Python 3.9, which Splunk Enterprise 9 has
  ],
  bongsu_aws: [],
};

let inspect: Inspect | undefined;
let missing = '';
beforeAll(async () => {
  inspect = await appInspect((line) => {
    missing = line;
  });
  if (inspect === undefined && process.env.CI === 'true') throw new Error(missing);
}, 600_000);

test.each(APPS)(
  'AppInspect finds no error and no failure in %s, now or announced',
  async (app) => {
    if (inspect === undefined) return console.warn(`skipped: ${missing}`);
    const verdict = await inspect(await packaged(app), 'cloud');
    expect(verdict.said).toEqual([]);
    expect(verdict).toMatchObject({ error: 0, failure: 0, future_failure: 0 });
    expect(verdict.success).toBeGreaterThan(70);
    expect(verdict.warnings.filter((name) => !KNOWN[app].includes(name))).toEqual([]);
  },
  300_000,
);

test('a package with a folder of local settings is refused', async () => {
  if (inspect === undefined) return console.warn(`skipped: ${missing}`);
  const { gzipSync } = await import('node:zlib');
  const { tar } = await import('../../../scripts/splunk/tar.ts');
  const files = new Map([
    ['bad/local/app.conf', Buffer.from('[ui]\n')],
    ['bad/default/app.conf', Buffer.from('[ui]\n')],
  ]);
  const verdict = await inspect({ name: 'bad-1.0.0.tgz', bytes: gzipSync(tar(files)) }, 'cloud');
  expect(verdict.failure).toBeGreaterThan(0);
}, 300_000);
