/** Casts for values of JSON records, beside those that fields.ts knows itself. */

import { ABSENT, type JsonFields, PLAIN, STRING } from '../../decode/jsonfields.ts';
import type { Geo } from '../../enrich/geo.ts';
import { ipv4, isIp } from '../../text/ip.ts';
import { EMPTY, type Literal, literal, type Text } from '../../text/text.ts';
import type { Emit } from './write.ts';

/** Fast ways of casts of shared/transform/casts.ts, over a record's bytes. */
export function jsonCasts(geo: Pick<Geo, 'rendered'>): Readonly<Record<'geo' | 'family' | 'int' | 'lower', Emit>> {
  return {
    geo(fields, [index], key, doc) {
      if (!isAddressIn(fields, index)) return;
      const { bytes, view, starts, ends } = fields;
      doc.literal(key);
      doc.byte(QUOTE);
      doc.copy(view, starts[index], ends[index]);
      doc.literal(QUOTE_COMMA);
      doc.literal(geo.rendered(bytes, starts[index], ends[index]) ?? EMPTY);
    },
    family(fields, [index], key, doc) {
      if (!isAddressIn(fields, index)) return;
      const { bytes, starts, ends } = fields;
      doc.literal(key);
      doc.literal(ipv4(bytes, starts[index], ends[index]) < 0 ? IPV6 : IPV4);
    },
    int(fields, [index], key, doc) {
      const kind = fields.kinds[index];
      if (kind === ABSENT) return;
      const start = fields.starts[index];
      const end = fields.ends[index];
      if ((kind === PLAIN || kind === STRING) && isWhole(fields.bytes, start, end)) {
        doc.literal(key);
        doc.copy(fields.view, start, end);
        doc.byte(COMMA);
      } else if (start < end) {
        fields.moveToOther(index);
      }
    },
    lower(fields, [index], key, doc) {
      const kind = fields.kinds[index];
      if (kind === ABSENT) return;
      if (kind !== STRING) {
        fields.moveToOther(index);
        return;
      }
      const start = fields.starts[index];
      const end = fields.ends[index];
      if (start === end) return;
      doc.literal(key);
      doc.byte(QUOTE);
      appendLower(doc, fields.view, start, end);
      doc.literal(QUOTE_COMMA);
    },
  };
}

/** Behind what a cast appends of an address: who held it. `find` gives `"asset":{…},` at a time in epoch milliseconds. */
export const withAsset =
  (location: Emit, find: (time: number) => Uint8Array | undefined): Emit =>
  (fields, indexes, key, doc, facts, context) => {
    location(fields, indexes, key, doc, facts, context);
    if (fields.kinds[indexes[0]] !== ABSENT) put(find(facts.time), doc);
  };

/** A cast of rows whose target ends in `asset`. */
export const asAsset =
  (find: (time: number) => Uint8Array | undefined): Emit =>
  (_fields, _indexes, _key, doc, facts) =>
    put(find(facts.time), doc);

function put(asset: Uint8Array | undefined, doc: Text): void {
  if (asset !== undefined) doc.append(asset);
}

const QUOTE = 34;
const COMMA = 44;
const QUOTE_COMMA: Literal = literal('",');
const IPV4 = literal('"ipv4",');
const IPV6 = literal('"ipv6",');

/** Is a path's value an address? */
export function isAddress({ bytes, kinds, starts, ends }: JsonFields, index: number): boolean {
  if (kinds[index] !== STRING) return false;
  return isIp(bytes, starts[index], ends[index]);
}

/** False where there is none; what is something else is kept with the others. */
function isAddressIn(fields: JsonFields, index: number): boolean {
  if (fields.kinds[index] === ABSENT || fields.starts[index] === fields.ends[index]) return false;
  const is = isAddress(fields, index);
  if (!is) fields.moveToOther(index);
  return is;
}

/** JSON's and OpenSearch's `long`: digits without a leading zero, below 10^18. */
function isWhole(bytes: Uint8Array, from: number, end: number): boolean {
  const start = bytes[from] === 45 && end - from > 1 ? from + 1 : from;
  if (start === end || end - start > 18 || (bytes[start] === 48 && end - start > 1)) return false;
  for (let i = start; i < end; i++) if (bytes[i] < 48 || bytes[i] > 57) return false;
  return true;
}

/** The inside of a JSON string; its ASCII letters in lower case. */
export function appendLower(doc: Text, view: DataView, start: number, end: number): void {
  const from = doc.length;
  doc.copy(view, start, end);
  const { bytes } = doc;
  for (let i = from; i < doc.length; i++) {
    const c = bytes[i];
    if (c >= 65 && c <= 90) bytes[i] = c + 32;
  }
}

/** A cast for a value that the record's context has as a whole, with its comma; EMPTY: none. */
export const known =
  <C>(find: (context: C) => Literal): Emit<C> =>
  (_fields, _indexes, key, doc, _facts, context) => {
    const found = find(context);
    if (found.length === 0) return;
    doc.literal(key);
    doc.literal(found);
  };
