import { setImmediate as turn } from 'node:timers/promises';
import { zstdCompressSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { historyOf } from '../../../shared/asset/history.ts';
import { tableOf } from '../../../shared/asset/table.ts';
import { openAssets } from '../../../shared/enrich/openassets.ts';
import { ConfigError } from '../../../shared/errors.ts';
import { s3 as fakeS3, type S3 } from '../../fake/s3.ts';
import { clientOf } from '../../fake/server.ts';
import { eni, run } from '../asset/world.ts';

const URL_ = 's3://inventory/assets';
const KEY = 'inventory/assets/lookup/current';

let server: S3;
let s3: S3Client;
let clock: number;
let invocation: number;
let warnings: object[];
const log = {
  info() {},
  error() {},
  warn: (message: string, fields?: object) => void warnings.push({ message, ...fields }),
};

beforeAll(async () => {
  server = await fakeS3();
});
beforeEach(() => {
  s3 = new S3Client({ ...clientOf(server), forcePathStyle: true });
  server.objects.clear();
  server.asked.length = 0;
  server.sent = 0;
  clock = 1_000_000;
  invocation = 1;
  warnings = [];
});
afterEach(() => s3.destroy());
afterAll(() => server.stop());

const DAY = '2026-11-24T';
const tableWith = (count: number, hour: string, mayShrink = false): Buffer => {
  const assets = Array.from({ length: count }, (_, i) => eni(`eni-${String(i).padStart(17, '0')}`, `10.0.0.${i}`));
  return zstdCompressSync(tableOf(historyOf([run(`${DAY}${hour}:00:00Z`, assets)]), { mayShrink }));
};
const store = (bytes: Uint8Array, etag: string) => server.objects.set(KEY, { bytes, etag });
const open = (firstMs = 60_000) =>
  openAssets(URL_, { s3, log, invocation: () => invocation, now: () => clock, firstMs });

/** Until what was asked for has been answered and taken in. */
async function until(is: () => boolean): Promise<void> {
  while (!is()) await turn();
}

test('off costs nothing', async () => {
  await expect(openAssets('off', { s3, log, invocation: () => 1 })).resolves.toBeUndefined();
  expect(server.asked).toEqual([]);
});

test('the first table is there when the first record comes', async () => {
  store(tableWith(3, '01'), 'one');
  const assets = await open();
  expect(assets?.table?.lookup.head.at).toBe(Date.parse(`${DAY}01:00:00Z`) / 1000);
  assets?.refresh();
  expect(warnings).toEqual([]);
  expect(server.asked).toHaveLength(1);
});

test('a newer table is taken after a minute, one at a time, and one that is known is not sent again', async () => {
  store(tableWith(3, '01'), 'one');
  const assets = await open();
  const first = assets?.table;
  const sent = server.sent;
  assets?.refresh();
  clock += 76_000;
  assets?.refresh();
  assets?.refresh();
  await until(() => server.asked.length === 2);
  await turn();
  expect(server.sent).toBe(sent);
  expect(assets?.table).toBe(first);

  store(tableWith(4, '02'), 'two');
  await until(() => {
    clock += 76_000;
    assets?.refresh();
    return assets?.table !== first;
  });
  expect(assets?.table?.lookup.head.at).toBe(Date.parse(`${DAY}02:00:00Z`) / 1000);
  expect(warnings).toEqual([]);
});

const bad: readonly (readonly [name: string, bytes: Uint8Array, said: RegExp])[] = [
  ['damaged', zstdCompressSync(Buffer.from('BNGASSET and nothing that was promised')), /table/],
  ['not packed', Buffer.from('not found'), /packed/],
  ['shrunken by more than half', tableWith(1, '02'), /rows/],
];

test.each(bad)(
  'one that is %s does not replace a good one, and it is said once per invocation',
  async (_name, bytes, said) => {
    store(tableWith(30, '01'), 'one');
    const assets = await open();
    const good = assets?.table;
    store(bytes, 'two');
    clock += 76_000;
    await until(() => {
      assets?.refresh();
      return warnings.length > 0;
    });
    assets?.refresh();
    expect(assets?.table).toBe(good);
    expect(warnings).toEqual([
      expect.objectContaining({ message: 'assets not refreshed', error: expect.stringMatching(said) }),
    ]);
    invocation++;
    assets?.refresh();
    assets?.refresh();
    expect(warnings).toHaveLength(2);
  },
);

test('a world that is known to have become smaller is taken', async () => {
  store(tableWith(30, '01'), 'one');
  const assets = await open();
  const before = assets?.table;
  store(tableWith(1, '02', true), 'two');
  clock += 76_000;
  await until(() => {
    assets?.refresh();
    return assets?.table !== before;
  });
  expect(warnings).toEqual([]);
});

test('without a table records go on, it is said once per invocation, and one that comes later is used', async () => {
  const assets = await open();
  expect(assets?.table).toBeUndefined();
  for (const number of [1, 1, 2, 2]) {
    invocation = number;
    assets?.refresh();
  }
  expect(warnings).toEqual([
    expect.objectContaining({ message: 'assets not joined', url: URL_ }),
    expect.objectContaining({ message: 'assets not joined', url: URL_ }),
  ]);
  store(tableWith(3, '01'), 'one');
  clock += 76_000;
  await until(() => {
    assets?.refresh();
    return assets?.table !== undefined;
  });
});

test('a table that takes longer than the budget is used as soon as it is there', async () => {
  store(tableWith(3, '01'), 'one');
  const assets = await open(0);
  expect(assets?.table).toBeUndefined();
  assets?.refresh();
  expect(warnings).toEqual([expect.objectContaining({ error: 'not read within 0 ms' })]);
  await until(() => assets?.table !== undefined);
});

test.each(['on', 'https://x', 's3://'])('%s is refused', async (url) => {
  await expect(openAssets(url, { s3, log, invocation: () => 1 })).rejects.toThrow(ConfigError);
});
