/**
 * `sls invoke local` without an AWS: the event's `folder` has a folder for each bucket, the metadata of an object in a file
 * beside it and the public keys in public-keys.json, as ListPublicKeys answers. The Serverless Framework sets IS_LOCAL only
 * there, so an event can't make a deployed Lambda read its own files.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { one } from '../../shared/input/one.ts';
import { isObject } from '../../shared/transform/objects/compile.ts';
import { type Keys, publicKeys } from './keys.ts';
import type { Objects } from './objects.ts';

interface Aws {
  readonly objects: Objects;
  readonly keys: Keys;
}

export function localOr(aws: Aws, event: unknown): Aws {
  const folder = isObject(event) ? event.folder : undefined;
  if (process.env.IS_LOCAL !== 'true' || typeof folder !== 'string') return aws;
  return { objects: localObjects(folder), keys: localKeys(folder) };
}

function localObjects(root: string): Objects {
  const entries = async (bucket: string, prefix: string, recursive: boolean) => {
    const below = join(root, bucket, prefix);
    const found = await readdir(below, { withFileTypes: true, recursive });
    return found.map((entry) => ({ isFolder: entry.isDirectory(), key: join(entry.parentPath, entry.name) }));
  };
  const keyOf = (bucket: string, path: string) => path.slice(join(root, bucket).length + 1);
  return {
    async folders(bucket, prefix) {
      const found = await entries(bucket, prefix, false);
      return found.filter(({ isFolder }) => isFolder).map(({ key }) => `${keyOf(bucket, key)}/`);
    },
    async keys(bucket, prefix, after) {
      const found = await entries(bucket, prefix, true);
      return found.map(({ key }) => keyOf(bucket, key)).filter((key) => key > after);
    },
    async get(bucket, key) {
      const path = join(root, bucket, key);
      const bytes = await readFile(path).catch(() => undefined);
      const metadata = await readFile(`${path}.metadata.json`, 'utf8').catch(() => '{}');
      return bytes && { chunks: one(bytes), metadata: JSON.parse(metadata), etag: undefined };
    },
    async put(bucket, key, body) {
      const path = join(root, bucket, key);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, body);
    },
  };
}

/** Of one region, for all. */
function localKeys(root: string): Keys {
  const send = async () => {
    const { PublicKeyList } = JSON.parse(await readFile(join(root, 'public-keys.json'), 'utf8'));
    return {
      PublicKeyList: PublicKeyList.map((key: { Value: string }) => ({
        ...key,
        Value: Buffer.from(key.Value, 'base64'),
      })),
    };
  };
  return publicKeys(() => ({ send }) as never);
}
