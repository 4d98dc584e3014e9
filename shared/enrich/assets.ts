/**
 * Which assets of ours a record names, by the inventory's look-up table, and whose account it is of. A log is joined with
 * what held an address, an interface or a name at the log's own time; what could be several assets is marked ambiguous.
 * Out: the object `asset` of a document, or of its `source` and `destination`.
 */
import type { AccountFacts } from '../asset/history.ts';
import { AMBIGUOUS, type Answer, assetIn, byText, isBounded, type Lookup, NONE } from '../asset/lookup.ts';
import type { Decoder } from '../model.ts';
import { EMPTY, type Literal, literal } from '../text/text.ts';

export interface Assets {
  /** The newest table; undefined: none could be read so far, and records go on without. */
  readonly table: AssetTable | undefined;
  /** Looks for a newer table once in a while; returns at once. */
  refresh(): void;
}

/** The same decoder, which before each body has a newer table looked for. */
export const refreshing = <R>(assets: Assets | undefined, decode: Decoder<R>): Decoder<R> =>
  assets === undefined
    ? decode
    : (chunks, uri) => {
        assets.refresh();
        return decode(chunks, uri);
      };

/** `match`: whether it is known, the only one possible, or one of several; then there is nothing but these. */
export interface Joined {
  readonly id?: string;
  readonly type?: string;
  readonly name?: string;
  readonly owner?: string;
  /** Where it is another one now. */
  readonly owner_current?: string;
  readonly environment?: string;
  readonly criticality?: string;
  readonly exposure?: string;
  readonly vpc?: string;
  readonly account?: { readonly id: string; readonly name?: string };
  readonly match: 'exact' | 'bounded' | 'ambiguous';
  /** Of an ambiguous one: how many it may be, and the first of their ids. */
  readonly count?: number;
  readonly candidates?: readonly string[];
}

/** Fields of a document about an account, each rendered with a comma behind it; EMPTY where nothing is known. */
export interface AccountFields {
  readonly name: Literal;
  readonly organization: Literal;
  /** Its place in the organization and its tags. */
  readonly detail: Literal;
}

export interface AssetTable {
  readonly lookup: Lookup;
  /** `"asset":{…},` for the last answer of `lookup`, as of a time in epoch seconds; undefined for NONE. */
  rendered(answer: Answer, time: number): Rendered | undefined;
  /** The same as an object. */
  of(answer: Answer, time: number): Joined | undefined;
  /** The answer to an id as a text. */
  byText(name: string, time: number): Answer;
  account(id: string): AccountFields;
  accountFacts(id: string): AccountFacts | undefined;
}

/** Fields of an object, rendered, as bytes: of 300 bytes `Text.append` is three times as fast as a Literal's words. */
export type Rendered = Uint8Array;

const MOST_CANDIDATES = 3;
// of about 400 bytes each
const MOST_RENDERED = 16_384;

export function assetTable(lookup: Lookup): AssetTable {
  const rendered = new Array<Rendered | undefined>(lookup.versions * 2).fill(undefined);
  let count = 0;
  const ambiguous = new Map<string, Rendered>();
  const accounts = new Map<string, AccountFields>();

  function one(answer: Answer, version: number): Joined {
    const asset = assetIn(answer);
    const { account: id, vpc, ...facts } = lookup.facts(asset, version);
    const now = lookup.facts(asset, lookup.lastVersion(asset)).owner;
    const name = lookup.accounts.get(id)?.name;
    return {
      ...filled(facts),
      ...(now !== facts.owner && now !== '' && { owner_current: now }),
      ...filled({ vpc }),
      account: { id, ...(name !== undefined && { name }) },
      match: isBounded(answer) ? 'bounded' : 'exact',
    };
  }

  /** Forgets everything when there is too much. */
  function render(answer: Answer, version: number): Rendered {
    if (count === MOST_RENDERED) rendered.fill(undefined);
    count = count === MOST_RENDERED ? 1 : count + 1;
    const made = member(one(answer, version));
    rendered[version * 2 + (answer & 1)] = made;
    return made;
  }

  function several(): Joined {
    const ids = lookup.candidates.map((asset) => lookup.id(asset)).sort();
    return { match: 'ambiguous', count: ids.length, candidates: ids.slice(0, MOST_CANDIDATES) };
  }

  return {
    lookup,
    rendered(answer, time) {
      if (answer === NONE) return undefined;
      if (answer === AMBIGUOUS) {
        const key = lookup.candidates.join();
        return remembered(ambiguous, key, () => member(several()));
      }
      const version = lookup.versionAt(assetIn(answer), time);
      return rendered[version * 2 + (answer & 1)] ?? render(answer, version);
    },
    of(answer, time) {
      if (answer === NONE) return undefined;
      return answer === AMBIGUOUS ? several() : one(answer, lookup.versionAt(assetIn(answer), time));
    },
    byText: (name, time) => byText(lookup, name, time),
    account: (id) => accounts.get(id) ?? remembered(accounts, id, () => accountFields(lookup.accounts.get(id))),
    accountFacts: (id) => lookup.accounts.get(id),
  };
}

const member = (joined: Joined): Rendered => new Uint8Array(Buffer.from(`"asset":${JSON.stringify(joined)},`));

const filled = (facts: Readonly<Record<string, string>>): Partial<Joined> =>
  Object.fromEntries(Object.entries(facts).filter(([, text]) => text !== ''));

/** Forgets everything when there is too much. */
function remembered<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const before = known.get(key);
  if (before !== undefined) return before;
  if (known.size >= MOST_RENDERED) known.clear();
  const made = make();
  known.set(key, made);
  return made;
}

function accountFields({ name, orgId, ouPath, tags }: AccountFacts = {}): AccountFields {
  const json = (value: unknown) => (value === undefined ? EMPTY : literal(`${JSON.stringify(value)},`));
  return { name: json(name), organization: json(orgId), detail: json(accountDetail({ ouPath, tags })) };
}

/** What of an account ECS has no field for; undefined: nothing. */
export function accountDetail({ ouPath, tags = {} }: AccountFacts): object | undefined {
  const detail = {
    ...(ouPath !== undefined && { ou_path: ouPath }),
    ...(Object.keys(tags).length > 0 && { tags }),
  };
  return Object.keys(detail).length > 0 ? detail : undefined;
}
