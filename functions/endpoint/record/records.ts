/** The records of a `_bulk` request: documents in ECS, each with the actions that it was made of. */
import { DecodeError } from '../../../shared/errors.ts';
import { MAX_DEPTH, MAX_RECORD_BYTES } from '../../../shared/limits.ts';
import type { Page } from '../../../shared/model.ts';
import { type JsonObject, parse } from '../../../shared/transform/objects/compile.ts';
import { type Action, written } from '../bulk/actions.ts';
import { identityOf, joinedIdentity } from './identity.ts';

export interface Hint {
  readonly pipeline?: string;
  readonly index?: string;
}

/** Makes documents of documents, where records of an event are joined. `sources`: positions of what each was made of. */
export type NormalizeAll = (
  items: readonly { readonly document: JsonObject; readonly hint: Hint }[],
) => readonly { readonly document: Record<string, unknown>; readonly sources: readonly number[] }[];

export interface EndpointRecord {
  readonly id: string;
  readonly document: JsonObject;
  /** The documents as they came. */
  readonly originals: readonly JsonObject[];
  readonly actions: readonly Action[];
  /** Positions of the actions in the body. */
  readonly sources: readonly number[];
}

interface Refusal {
  readonly sources: readonly number[];
  readonly error: DecodeError;
}

/** A cursor over the records; `seq` is the number of the first action of each, from 1. Throws DecodeError for a hopeless one. */
export function recordsOf(actions: readonly Action[], normalizeAll: NormalizeAll): Page<EndpointRecord> {
  const entries = entriesOf(actions, normalizeAll);
  let next = 0;
  return {
    get seq() {
      return (entries[Math.max(0, next - 1)]?.sources[0] ?? 0) + 1;
    },
    next() {
      const entry = entries[next++];
      if (entry !== undefined && 'error' in entry) throw entry.error;
      return entry;
    },
  };
}

function entriesOf(actions: readonly Action[], normalizeAll: NormalizeAll): readonly (EndpointRecord | Refusal)[] {
  const refusals: Refusal[] = [];
  const good: { readonly at: number; readonly document: JsonObject; readonly hint: Hint }[] = [];
  actions.forEach((action, at) => {
    try {
      good.push({ at, document: documentOf(action), hint: hintOf(action) });
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const { message, fields } = error;
      const raw = written(action);
      refusals.push({ sources: [at], error: new DecodeError(message, fields, { cause: error, raw }) });
    }
  });
  const records = normalizeAll(good).map(({ document, sources }): EndpointRecord => {
    const of = sources.map((source) => good[source]);
    return {
      id: joinedIdentity(of.map((each) => identityOf(actions[each.at], each.document))),
      document: document as JsonObject,
      originals: of.map((each) => each.document),
      actions: of.map(({ at }) => actions[at]),
      sources: of.map(({ at }) => at),
    };
  });
  return [...records, ...refusals].sort((a, b) => a.sources[0] - b.sources[0]);
}

const hintOf = ({ pipeline, index }: Action): Hint => ({
  ...(pipeline !== undefined && { pipeline }),
  ...(index !== undefined && { index }),
});

function documentOf({ operation, document }: Action): JsonObject {
  if (document === undefined || operation === 'update')
    throw new DecodeError(`documents can be created only, not changed by ${operation}`, { operation });
  if (document.length > MAX_RECORD_BYTES)
    throw new DecodeError('the document is larger than allowed', { maxBytes: MAX_RECORD_BYTES });
  if (isDeeper(document, MAX_DEPTH)) throw new DecodeError(`more than ${MAX_DEPTH} brackets are open at once`);
  const view = new DataView(document.buffer, document.byteOffset, document.length);
  return parse({ bytes: document, view, start: 0, end: document.length });
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN = new Set([91, 123]);
const CLOSE = new Set([93, 125]);

/** Whether more brackets are open at once. */
function isDeeper(json: Uint8Array, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const code = json[at];
    if (code === QUOTE) at = endOfText(json, at);
    else if (OPEN.has(code) && ++depth > most) return true;
    else if (CLOSE.has(code)) depth--;
  }
  return false;
}

/** Where the text that begins at `start` ends. */
function endOfText(json: Uint8Array, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    if (json[at] === BACKSLASH) at++;
    else if (json[at] === QUOTE) return at;
  }
  return json.length;
}
