/** What the name of a query tells, rendered as JSON once and copied from then on. */
import { domain } from '../../shared/enrich/domain.ts';
import type { Text } from '../../shared/model.ts';
import { arpaAddress } from '../../shared/text/arpa.ts';

/** The parts, each `"…",`; one that is missing is empty. */
const NAME = 0;
const REGISTERED = 1;
const SUBDOMAIN = 2;
const SUFFIX = 3;
/** The address that a reverse look-up asks for. */
const POINTER = 4;
export const PARTS = { NAME, REGISTERED, SUBDOMAIN, SUFFIX, POINTER } as const;
export type Part = (typeof PARTS)[keyof typeof PARTS];

const SLACK = 8; // see Text.copy

export class Question {
  /** It is the name of somebody, not the root and none of a reverse look-up. */
  readonly isHost: boolean;
  readonly #view: DataView;
  readonly #ends: readonly number[];

  /** In: a name as the log has it, with a dot at its end; that of the root is a dot. */
  constructor(text: string) {
    const { name, registered, subdomain, suffix } = domain(text);
    const isReverse = name.endsWith('.arpa');
    this.isHost = name !== '' && !isReverse;
    const parts = [name || '.', registered, subdomain, suffix, isReverse ? arpaAddress(name) : undefined];
    const texts = parts.map((part) => (part === undefined ? '' : `${JSON.stringify(part)},`));
    const json = Buffer.from(texts.join(''));
    const bytes = new Uint8Array(json.length + SLACK);
    bytes.set(json);
    this.#view = new DataView(bytes.buffer);
    let end = 0;
    this.#ends = texts.map((part) => {
      end += Buffer.byteLength(part);
      return end;
    });
  }

  has(part: Part): boolean {
    return this.#ends[part] > this.#start(part);
  }

  append(doc: Text, part: Part): void {
    doc.copy(this.#view, this.#start(part), this.#ends[part]);
  }

  /** The name as the inside of a JSON string. */
  appendName(doc: Text): void {
    doc.copy(this.#view, 1, this.#ends[NAME] - 2);
  }

  #start(part: Part): number {
    return part === NAME ? 0 : this.#ends[part - 1];
  }
}
