/** What the inventory has written, in S3 or in a folder with a copy of it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { History } from '../../shared/asset/history.ts';
import type { Asset, Current, Manifest } from '../../shared/asset/model.ts';
import { historyIn, TABLE_KEY } from '../../shared/asset/table.ts';
import { unzipped } from '../../shared/asset/zipped.ts';

export interface StoredInventory {
  table(): Promise<History>;
  /** Of a run, or of the newest one. */
  manifest(run?: string): Promise<Manifest>;
  /** All assets of a run. */
  assets(manifest: Manifest): AsyncIterable<Asset>;
}

/** `from`: `s3://bucket[/prefix]` or a folder. Rejects with what S3 or the file system says. */
export function inventoryAt(from: string): StoredInventory {
  const read = reader(from);
  const json = async <T>(key: string): Promise<T> => JSON.parse(Buffer.from(await read(key)).toString());
  return {
    table: async () => historyIn(await unzipped(await read(TABLE_KEY))),
    async manifest(run) {
      const name = run ?? (await json<Current>('current.json')).run;
      return json(`manifests/${name}.json`);
    },
    async *assets({ shards }) {
      for (const { key } of shards) {
        const lines = gunzipSync(await read(key))
          .toString()
          .split('\n');
        for (const line of lines) if (line !== '') yield JSON.parse(line);
      }
    },
  };
}

function reader(from: string): (key: string) => Promise<Uint8Array> {
  const [, Bucket, prefix = ''] = /^s3:\/\/([^/]+)(?:\/(.*?))?\/?$/.exec(from) ?? [];
  if (Bucket === undefined) return (key) => readFile(join(from, key));
  const s3 = new S3Client({ followRegionRedirects: true });
  return async (key) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: prefix === '' ? key : `${prefix}/${key}` }));
    return Body!.transformToByteArray();
  };
}
