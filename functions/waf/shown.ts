/** A record as it may be shown: to Splunk, and to the quarantine. */
import type { Json } from '../../shared/map/json.ts';
import type { Bytes } from '../../shared/model.ts';
import { Text } from '../../shared/text/text.ts';
import { patched } from './casts.ts';
import type { Patch } from './headers.ts';
import type { Secrets } from './secrets.ts';

export class Shown {
  readonly #secrets: Secrets;
  readonly #text = new Text(4096);
  #patches: readonly Patch[] | undefined;
  #copy: Bytes | undefined;

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  /** Nothing is known of the record yet. */
  forget(): void {
    this.#patches = undefined;
    this.#copy = undefined;
  }

  /** These parts of it have to be others. */
  patch(patches: readonly Patch[]): void {
    this.#patches = patches;
  }

  /** This stands for all of it. */
  replace(value: Json): void {
    this.#copy = bytesOf(Buffer.from(JSON.stringify(value)));
  }

  /** Valid until the next record. */
  of(record: Bytes): Bytes {
    if (this.#copy !== undefined) return this.#copy;
    if (this.#patches?.length === 0) return record;
    this.#copy = this.#patches === undefined ? this.#scrubbed(record) : this.#patched(record, this.#patches);
    return this.#copy;
  }

  #scrubbed({ bytes, start, end }: Bytes): Bytes {
    return bytesOf(this.#secrets.scrub(bytes.subarray(start, end)));
  }

  #patched(record: Bytes, patches: readonly Patch[]): Bytes {
    const text = this.#text;
    text.length = 0;
    patched(record, record.start, record.end, patches, text);
    return { bytes: text.bytes, view: text.view, start: 0, end: text.length };
  }
}

const SLACK = 8; // see Bytes

export function bytesOf(text: Uint8Array): Bytes {
  const bytes = new Uint8Array(text.length + SLACK);
  bytes.set(text);
  return { bytes, view: new DataView(bytes.buffer), start: 0, end: text.length };
}
