/** The Splunk apps as they are shipped: their files, with splunklib where search commands need it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sdk } from './sdk.ts';
import { tar } from './tar.ts';

const root = join(import.meta.dirname, '../..');

export const APPS = ['bongsu', 'bongsu_aws'] as const;
export type AppName = (typeof APPS)[number];

export interface Package {
  /** `bongsu-0.1.0.tgz` */
  readonly name: string;
  readonly bytes: Buffer;
}

/** The same sources become the same bytes. */
export async function packaged(app: AppName): Promise<Package> {
  const folder = join(root, 'splunk', app);
  const files = new Map(filesOf(folder).map((file) => [`${app}/${file}`, readFileSync(join(folder, file))]));
  if (app === 'bongsu') {
    const library = await sdk();
    for (const file of filesOf(library)) files.set(`${app}/lib/${file}`, readFileSync(join(library, file)));
  }
  return { name: `${app}-${versionOf(app)}.tgz`, bytes: gzipSync(tar(files), { level: 9 }) };
}

/** Of app.conf, which says so in two places. */
function versionOf(app: AppName): string {
  const text = readFileSync(join(root, 'splunk', app, 'default/app.conf'), 'utf8');
  const versions = new Set([...text.matchAll(/^version = (.*)$/gm)].map(([, version]) => version));
  if (versions.size !== 1) throw new Error(`splunk/${app}/default/app.conf names versions ${[...versions].join(', ')}`);
  return [...versions][0];
}

/** What an editor, Python or a running Splunk leaves behind is not part of an app. */
const LEFT_BEHIND = /(^|\/)(\.|__pycache__|local\/|metadata\/local\.meta|.*\.pyc$|.*~$)/;

/** Paths below the folder, sorted. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .filter((file) => !LEFT_BEHIND.test(file))
    .sort();
}
