/** Casts for values of WAF logs. */
import type { Places } from '../../shared/enrich/places.ts';
import { flat } from '../../shared/map/json.ts';
import { appendLower } from '../../shared/map/membercasts.ts';
import type { Emit } from '../../shared/map/members.ts';
import type { Text } from '../../shared/model.ts';
import { ABSENT, LIST, MAP, type Members, STRING } from '../../shared/split/members.ts';
import { type Literal, literal } from '../../shared/text/text.ts';
import type { Patch } from './headers.ts';
import { type Seen, textOf } from './seen.ts';

const QUOTE = 34;
const COMMA = 44;
const QUESTION = 63;
const OPEN = 91;
const CLOSE = 93;
const QUOTE_COMMA = literal('",');

type Name =
  | 'category'
  | 'type'
  | 'outcome'
  | 'rule'
  | 'ruleset'
  | 'source'
  | 'original'
  | 'hosts'
  | 'labels'
  | 'groups'
  | 'counted'
  | 'oversize'
  | 'headers'
  | 'parsed'
  | 'object';

/**
 * `category`, `type`, `outcome` of the event · `rule`, `ruleset` that decided · `source` an address and where it is, by
 * [address, country of the log] · `original` a URL of [path, query] · `hosts` a list of one name · `labels` ·
 * `groups` of rules · `counted` rules · `oversize` fields of a request · `headers` without what nobody may see · `parsed` a list
 * that rules.ts has read · `object` as it is.
 */
export function casts(seen: Seen, places: Pick<Places, 'members'>): Readonly<Record<Name, Emit>> {
  return {
    category: rendered(() => seen.verdict.category),
    type: rendered(() => seen.verdict.type),
    outcome: rendered(() => seen.verdict.outcome),
    rule(members, slots, key, doc) {
      const { terminating } = seen.rules;
      if (terminating === undefined) text(members, slots[0], key, doc);
      else value(terminating.rule, key, doc);
    },
    ruleset(_members, _slots, key, doc) {
      value(seen.rules.terminating?.group, key, doc);
    },
    source({ bytes, view, kinds, starts, ends }, [ip, country], key, doc) {
      if (kinds[ip] === ABSENT) return;
      doc.literal(key);
      doc.byte(QUOTE);
      doc.copy(view, starts[ip], ends[ip]);
      doc.literal(QUOTE_COMMA);
      const place = places.members(bytes, starts[ip], ends[ip]);
      if (place !== undefined) doc.literal(place);
      else if (kinds[country] === STRING && isCountry(bytes, starts[country], ends[country])) {
        doc.literal(GEO);
        doc.copy(view, starts[country], ends[country]);
        doc.literal(GEO_END);
      }
    },
    original({ view, kinds, starts, ends }, [path, query], key, doc) {
      if (kinds[path] !== STRING || starts[path] === ends[path]) return;
      doc.literal(key);
      doc.byte(QUOTE);
      doc.copy(view, starts[path], ends[path]);
      if (kinds[query] === STRING && starts[query] < ends[query]) {
        doc.byte(QUESTION);
        doc.copy(view, starts[query], ends[query]);
      }
      doc.literal(QUOTE_COMMA);
    },
    hosts({ view, kinds, starts, ends }, [slot], key, doc) {
      if (kinds[slot] === ABSENT) return;
      doc.literal(key);
      doc.byte(OPEN);
      doc.byte(QUOTE);
      appendLower(doc, view, starts[slot], ends[slot]);
      doc.byte(QUOTE);
      doc.byte(CLOSE);
      doc.byte(COMMA);
    },
    labels({ view }, _slots, key, doc) {
      seen.labels.names.append(doc, view, key);
    },
    groups({ view }, _slots, key, doc) {
      seen.rules.groups.ids.append(doc, view, key);
    },
    counted(_members, _slots, key, doc) {
      list([...seen.rules.counted], key, doc);
    },
    oversize(_members, _slots, key, doc) {
      list(seen.oversize, key, doc);
    },
    headers(members, [slot], key, doc) {
      const { kinds, starts, ends } = members;
      if (kinds[slot] !== ABSENT && kinds[slot] !== LIST) members.disown(slot);
      if (kinds[slot] !== LIST || ends[slot] - starts[slot] === 2) return; // an empty list
      doc.literal(key);
      patched(members, starts[slot], ends[slot], seen.headers.patches, doc);
      doc.byte(COMMA);
    },
    parsed(_members, [slot], key, doc) {
      value(seen.rules.lists.get(slot), key, doc);
    },
    object(members, [slot], key, doc) {
      const { bytes, starts, ends } = members;
      if (members.kinds[slot] === MAP) value(flat(JSON.parse(textOf(bytes, starts[slot], ends[slot]))), key, doc);
      else if (members.kinds[slot] !== ABSENT) members.disown(slot);
    },
  };
}

const GEO = literal('"geo":{"country_iso_code":"');
const GEO_END = literal('"},');

/** Two capital letters; AWS writes "-" where it does not know. */
function isCountry(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== 2) return false;
  return bytes[start] >= 65 && bytes[start] <= 90 && bytes[start + 1] >= 65 && bytes[start + 1] <= 90;
}

const rendered =
  (known: () => Literal): Emit =>
  (_members, _slots, key, doc) => {
    const literal = known();
    if (literal.length === 0) return;
    doc.literal(key);
    doc.literal(literal);
  };

function value(json: unknown, key: Literal, doc: Text): void {
  if (json === undefined) return;
  doc.literal(key);
  doc.json(json);
  doc.byte(COMMA);
}

function text({ view, kinds, starts, ends }: Members, slot: number, key: Literal, doc: Text): void {
  if (kinds[slot] !== STRING || starts[slot] === ends[slot]) return;
  doc.literal(key);
  doc.byte(QUOTE);
  doc.copy(view, starts[slot], ends[slot]);
  doc.literal(QUOTE_COMMA);
}

function list(values: readonly string[], key: Literal, doc: Text): void {
  if (values.length > 0) value(values, key, doc);
}

/** Appends a part of a record; `patches` are in their order, and none reaches over its ends. */
export function patched(
  { bytes, view }: Whole,
  start: number,
  end: number,
  patches: readonly Patch[],
  doc: Text,
): void {
  let at = start;
  for (let i = 0; i < patches.length; i++) {
    const patch = patches[i];
    copy(bytes, view, at, patch.start, doc);
    if (patch.json === undefined) doc.literal(REDACTED);
    else doc.string(patch.json);
    at = patch.end;
  }
  copy(bytes, view, at, end, doc);
}

type Whole = Pick<Members, 'bytes' | 'view'>;

function copy(bytes: Uint8Array, view: DataView, start: number, end: number, doc: Text): void {
  if (end - start <= 256) doc.copy(view, start, end);
  else doc.append(bytes.subarray(start, end));
}

const REDACTED = literal('"REDACTED"');
