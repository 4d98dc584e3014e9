import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { APPS, type AppName, packaged } from '../../scripts/splunk/apps.ts';
import { tar } from '../../scripts/splunk/tar.ts';

const folder = mkdtempSync(join(tmpdir(), 'splunk-package-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function listing(app: AppName): Promise<string[]> {
  const { name, bytes } = await packaged(app);
  writeFileSync(join(folder, name), bytes);
  const text = execFileSync('tar', ['-tvzf', name, '--numeric-owner', '--utc'], { cwd: folder, encoding: 'utf8' });
  return text.trim().split('\n');
}

test.each(APPS)('%s is packaged to the same bytes each time', async (app) => {
  const [first, second] = [await packaged(app), await packaged(app)];
  expect(first.bytes.equals(second.bytes)).toBe(true);
});

test.each(APPS)('%s has one folder on top, of root, with plain modes and one time', async (app) => {
  for (const line of await listing(app)) {
    expect(line).toMatch(/^(drwxr-xr-x|-rw-r--r--) 0\/0 +\d+ 1980-01-01 00:00 /);
    expect(line.split(' 00:00 ')[1].split('/')[0]).toBe(app);
    expect(line).not.toMatch(/\/\.|__pycache__|\.pyc$|\/local\//);
  }
});

test('the search commands find their SDK beside them', async () => {
  const paths = (await listing('bongsu')).map((line) => line.split(' 00:00 ')[1]);
  expect(paths).toContain('bongsu/lib/splunklib/searchcommands/__init__.py');
  expect(paths).toContain('bongsu/default/props.conf');
});

test('tar reads what tar() wrote, names of more than 100 bytes too', () => {
  const long = `${'a'.repeat(90)}/${'b'.repeat(60)}.txt`;
  writeFileSync(
    join(folder, 'x.tar'),
    tar(
      new Map([
        [long, Buffer.from('hello')],
        ['c.txt', Buffer.from('x'.repeat(513))],
      ]),
    ),
  );
  execFileSync('tar', ['-xf', 'x.tar'], { cwd: folder });
  expect(execFileSync('cat', [long], { cwd: folder, encoding: 'utf8' })).toBe('hello');
  expect(() => tar(new Map([['d'.repeat(300), Buffer.alloc(0)]]))).toThrow(RangeError);
});
