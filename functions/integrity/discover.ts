/**
 * Where digests are in a bucket: `…AWSLogs/[<organization>/]<account>/CloudTrail-Digest/<region>/`. Only folders are listed on
 * the way, and none that AWS names otherwise.
 */
import type { Objects } from './objects.ts';
import { parallel } from './parallel.ts';

const DIGESTS = 'CloudTrail-Digest';
const ON_THE_WAY = /^(AWSLogs|o-[a-z0-9]{10,32}|\d{12})$/;
const AT_ONCE = 8;

/** The folders of all regions below a prefix, each with a slash at its end. Rejects with ReadError. */
export async function digestFolders(
  objects: Objects,
  bucket: string,
  prefix: string,
  signal: AbortSignal,
): Promise<string[]> {
  const folders = await objects.folders(bucket, prefix, signal);
  if (nameOf(prefix) === DIGESTS) return folders;
  const further = folders.filter((folder) => nameOf(folder) === DIGESTS || ON_THE_WAY.test(nameOf(folder)));
  const found = await parallel(further, AT_ONCE, (folder) => digestFolders(objects, bucket, folder, signal));
  return found.flat();
}

const nameOf = (folder: string): string => folder.split('/').at(-2) ?? '';
