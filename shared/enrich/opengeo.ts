/**
 * Reads the geo databases, once per warm environment. What can't be read is logged once and left out: it never
 * delays or fails a log.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Reader } from 'mmdb-lib';
import { ConfigError } from '../errors.ts';
import type { Log } from '../model.ts';
import { type Geo, geoFrom, noGeo } from './geo.ts';
import { GEO_TABLE, geoTable } from './geotable.ts';

const FILES = ['country.mmdb', 'asn.mmdb'] as const;
/** Beside the bundle in the zip, at the project's root elsewhere; scripts/geo.ts makes it. */
const BUNDLED = join('.cache', 'geo');
const S3_TIMEOUT_MS = 10_000;

export interface OpenTools {
  readonly s3: S3Client;
  readonly log: Log;
}

/**
 * `url` is the setting GEO_URL: `bundled`, `off`, or `s3://bucket/prefix` for MaxMind DB files of one's own, of which
 * `country.mmdb` may be GeoLite2-Country or -City and `asn.mmdb` GeoLite2-ASN. Throws ConfigError for anything else.
 */
export async function openGeo(url: string, { s3, log }: OpenTools): Promise<Geo> {
  if (url === 'off') return noGeo;
  if (url === 'bundled') return openBundled(log);
  const read = reader(url, s3);
  const [country, asn] = await Promise.all(
    FILES.map(async (file) => {
      try {
        const content = await read(file);
        new Reader(content); // throws for what is not such a file
        return content;
      } catch (error) {
        log.warn('place database not used', { url, file, error });
        return undefined;
      }
    }),
  );
  return geoFrom(country, asn);
}

async function openBundled(log: Log): Promise<Geo> {
  try {
    return geoTable(await readFile(join(bundled(), GEO_TABLE)));
  } catch (error) {
    log.warn('place database not used', { url: 'bundled', file: GEO_TABLE, error });
    return noGeo;
  }
}

function reader(url: string, s3: S3Client): (file: string) => Promise<Buffer> {
  const [, bucket, prefix] = /^s3:\/\/([a-z0-9][a-z0-9.-]+)(?:\/(.*?))?\/?$/.exec(url) ?? [];
  if (bucket === undefined) {
    throw new ConfigError('GEO_URL must be bundled, off or s3://bucket/prefix', { GEO_URL: url });
  }
  return async (file) => {
    const Key = prefix ? `${prefix}/${file}` : file;
    const abortSignal = AbortSignal.timeout(S3_TIMEOUT_MS);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }), { abortSignal });
    return Buffer.from(await Body!.transformToByteArray());
  };
}

/** The folder of the bundled files, looked for upwards from this module: bundles and sources lie at different depths. */
function bundled(): string {
  const here = import.meta.dirname;
  for (let folder = here; ; folder = dirname(folder)) {
    if (existsSync(join(folder, BUNDLED))) return join(folder, BUNDLED);
    if (folder === dirname(folder)) throw new Error(`no folder ${BUNDLED} above ${here}: run node scripts/geo.ts`);
  }
}
