/**
 * The id of a document: the same for an event that is sent again, by the same Beat or after a restart.
 * A file is named by its inode, which a new file may get again: the line itself is a part of the id.
 */
import { createHash } from 'node:crypto';
import { find, type JsonObject } from '../../../shared/transform/objects/compile.ts';
import type { Action } from '../bulk/actions.ts';

const first = (document: JsonObject, ...paths: readonly string[]): unknown =>
  paths.map((path) => find(document, path)).find((value) => value !== undefined && value !== null && value !== '');

/** What is known of an event, each only where all of it is there: then nothing else has the same. */
const IDENTITIES: readonly (readonly (readonly string[])[])[] = [
  [['winlog.computer_name'], ['winlog.channel'], ['winlog.record_id', 'event.sequence'], ['@timestamp']],
  [
    ['agent.id', 'agent.name', 'host.name'],
    ['log.file.fingerprint', 'log.file.inode', 'log.file.path', 'source'],
    ['log.offset', 'offset'],
    ['message', 'event.original'],
  ],
];

/** In: the document as it came. */
export function identityOf({ id, document: bytes }: Pick<Action, 'id' | 'document'>, document: JsonObject): string {
  if (id !== undefined) return id;
  for (const paths of IDENTITIES) {
    const values = paths.map((each) => first(document, ...each));
    if (values.every((value) => value !== undefined)) return hash(JSON.stringify(values));
  }
  return hash(bytes ?? JSON.stringify(document));
}

/**
 * Of what several events were joined to. By the first one alone, a batch that is cut elsewhere when it is sent again would have
 * the id of a document with fewer records, and its others would be lost as repeats.
 */
export const joinedIdentity = (ids: readonly string[]): string => (ids.length === 1 ? ids[0] : hash(ids.join('\n')));

/** 120 bits. */
const hash = (of: string | Uint8Array): string => createHash('sha256').update(of).digest('base64url').slice(0, 20);
