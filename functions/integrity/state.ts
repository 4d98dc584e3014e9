/** What earlier runs found out, as one object in S3. It is only written over the state that was read. */
import { DeliveryError, messageOf } from '../../shared/errors.ts';
import type { Known } from './folder.ts';
import type { Objects } from './objects.ts';

/** By folder: `<bucket>/<prefix>…/CloudTrail-Digest/<region>/`. */
export type Folders = Readonly<Record<string, Known>>;

export interface State {
  readonly folders: Folders;
  /** Rejects with DeliveryError, also where another run has written meanwhile. */
  save(folders: Folders): Promise<void>;
}

const VERSION = 1;

/** No object, no history: verification begins here. Rejects with ReadError. */
export async function openState(objects: Objects, bucket: string, key: string, signal: AbortSignal): Promise<State> {
  const found = await objects.get(bucket, key, signal);
  const parts: Uint8Array[] = [];
  for await (const chunk of found?.chunks ?? []) parts.push(chunk);
  const body = (folders: Folders) => JSON.stringify({ version: VERSION, folders });
  return {
    folders: found === undefined ? {} : foldersIn(Buffer.concat(parts).toString(), `s3://${bucket}/${key}`),
    save: (folders) => objects.put(bucket, key, body(folders), found?.etag, signal),
  };
}

/** Who finds something else there may not go on as if there were no history. */
function foldersIn(text: string, uri: string): Folders {
  try {
    const { version, folders } = JSON.parse(text);
    if (version === VERSION) return folders;
    throw new Error(`version ${version}`);
  } catch (cause) {
    throw new DeliveryError('the state is not one that this function wrote', { uri, reason: messageOf(cause) });
  }
}
