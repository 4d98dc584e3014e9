import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type CountryResponse, Reader } from 'mmdb-lib';
import { geo as bundle, Tree } from '../../../scripts/geo.ts';
import { openGeo } from '../../../shared/enrich/opengeo.ts';
import { ConfigError } from '../../../shared/errors.ts';
import type { Log } from '../../../shared/model.ts';

const objects = new Map<string, Buffer>();
const warnings: object[] = [];
const log: Log = {
  info: () => {},
  warn: (message, fields) => warnings.push({ message, ...fields }),
  error: () => {},
};
let server: Server;
let s3: S3Client;

function file(value: { readonly [key: string]: string | number }): Buffer {
  const tree = new Tree();
  tree.add(0x01000000n, 0x01ffffffn, 32, value);
  return tree.mmdb('Test', 'made up');
}

const KOREA = file({ country_code: 'KR' });
const TELECOM = file({ autonomous_system_number: 4766 });

beforeAll(async () => {
  server = createServer((request, response) => {
    const object = objects.get(new URL(request.url ?? '/', 'http://s3').pathname);
    response.writeHead(object === undefined ? 404 : 200);
    response.end(object);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  s3 = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-west-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
  });
});

afterAll(async () => {
  s3.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
  objects.clear();
  warnings.length = 0;
});

test('the bundled files tell country and system of known public addresses', async () => {
  await bundle();
  const geo = await openGeo('bundled', { s3, log });
  expect(warnings).toEqual([]);
  expect(geo.of('8.8.8.8')).toEqual({
    geo: { country_iso_code: 'US' },
    as: { number: 15169, organization: { name: 'Google LLC' } },
  });
  expect(geo.of('2001:4860:4860::8888')).toMatchObject({ as: { number: 15169 } });
  expect(geo.of('203.0.113.9')).toBeUndefined();
});

test('the bundled table says of any address the country that the package says', async () => {
  const { resolve } = createRequire(import.meta.url);
  const path = resolve('@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb');
  const database = new Reader<CountryResponse & { country_code?: string }>(await readFile(path));
  const geo = await openGeo('bundled', { s3, log });
  let known = 0;
  for (let i = 0; i < 20_000; i++) {
    const [a, b, c, d] = [24, 16, 8, 0].map((shift) => (Math.imul(i, 0x9e3779b1) >>> shift) & 255);
    const ip = i % 2 === 0 ? `${a}.${b}.${c}.${d}` : `2${(a & 15).toString(16)}0${b & 7}:${c.toString(16)}${d}::${a}`;
    const place = geo.of(ip);
    if (place?.geo === undefined) continue;
    known++;
    expect([ip, place.geo.country_iso_code]).toEqual([ip, database.get(ip)?.country_code]);
  }
  expect(known).toBeGreaterThan(8000);
});

test('the bundled files are made whole in any folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'geo-'));
  try {
    // a process of its own: inside Jest's sandbox it takes a minute
    const code = 'import(process.argv[1]).then(({ geo }) => geo(process.argv[2]))';
    const script = new URL('../../../scripts/geo.ts', import.meta.url).href;
    await promisify(execFile)(process.execPath, ['-e', code, script, folder]);
    const files = (await readdir(folder)).sort();
    expect(files).toEqual(['VERSIONS', 'geo.table']);
    expect(await bundle(folder)).toBe(folder); // is there already
    for (const file of files) {
      const [made, bundled] = await Promise.all([folder, await bundle()].map((each) => readFile(join(each, file))));
      expect([file, made.equals(bundled)]).toEqual([file, true]);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('off knows nothing and reads nothing', async () => {
  const geo = await openGeo('off', { s3, log });
  expect(geo.of('8.8.8.8')).toBeUndefined();
  expect(warnings).toEqual([]);
});

test.each(['s3://bucket/geo/lite', 's3://bucket/geo/lite/'])('%s is read from S3', async (url) => {
  objects.set('/bucket/geo/lite/country.mmdb', KOREA).set('/bucket/geo/lite/asn.mmdb', TELECOM);
  const geo = await openGeo(url, { s3, log });
  expect(geo.of('1.2.3.4')).toEqual({ geo: { country_iso_code: 'KR' }, as: { number: 4766 } });
  expect(warnings).toEqual([]);
});

test('a bucket without a prefix is read at its root', async () => {
  objects.set('/bucket/country.mmdb', KOREA).set('/bucket/asn.mmdb', TELECOM);
  const geo = await openGeo('s3://bucket', { s3, log });
  expect(geo.of('1.2.3.4')).toEqual({ geo: { country_iso_code: 'KR' }, as: { number: 4766 } });
});

test('a missing file is told once and the other one used', async () => {
  objects.set('/bucket/geo/asn.mmdb', TELECOM);
  const geo = await openGeo('s3://bucket/geo', { s3, log });
  expect(geo.of('1.2.3.4')).toEqual({ as: { number: 4766 } });
  expect(warnings).toMatchObject([{ message: 'place database not used', file: 'country.mmdb' }]);
});

test('a file that is no MaxMind DB is told and done without', async () => {
  objects.set('/bucket/geo/country.mmdb', Buffer.from('oops')).set('/bucket/geo/asn.mmdb', TELECOM);
  const geo = await openGeo('s3://bucket/geo', { s3, log });
  expect(geo.of('1.2.3.4')).toEqual({ as: { number: 4766 } });
  expect(warnings).toMatchObject([{ file: 'country.mmdb' }]);
});

test.each(['', 'on', 's3://', 'https://bucket/geo'])('%j is refused by the name of the setting', async (url) => {
  await expect(openGeo(url, { s3, log })).rejects.toThrow(ConfigError);
  await expect(openGeo(url, { s3, log })).rejects.toThrow(/GEO_URL/);
});
