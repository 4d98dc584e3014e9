/** What a rule's field is in both products. Throws Error with the field's name where a product does not have it. */
import { isEnriched, THREAT } from './enriched.ts';
import { type FieldMap, fieldMap, own } from './fieldmap.ts';
import { PLACES, type Place } from './logsources.ts';
import { type Type, typesOf } from './mapping.ts';
import type { Logsource } from './model.ts';

export interface Resolved {
  /** In our documents. */
  readonly field: string;
  readonly type: Type;
}

export interface Fields {
  readonly place: Place;
  document(raw: string): Resolved;
  /** Where a CIDR block is asked for. */
  address(raw: string): Resolved;
  /** Where a value that stands in a flat_object is a field of its own, so that it can be compared with another one. */
  comparable(raw: string): Resolved;
  splunk(raw: string): string;
  /** A text of AWS as Splunk has it. */
  splunkText(raw: string, text: string): string;
  isDotted(raw: string): boolean;
  /** A look-up of Splunk adds it: neither AWS's record nor the collector's indexed fields have it. */
  isAdded(raw: string): boolean;
}

export function placeOf({ product, service }: Logsource): Place {
  const place = PLACES.find((each) => each.product === product && each.service === service);
  if (place === undefined) throw new Error(`no source of ours has the logsource ${product}/${service}`);
  return place;
}

const known = new Map<Place, Fields>();

export function fieldsOf(logsource: Logsource): Fields {
  const place = placeOf(logsource);
  const before = known.get(place);
  if (before !== undefined) return before;
  const made = make(place, fieldMap(place.rows, place.others), typesOf(place.template));
  known.set(place, made);
  return made;
}

function make(place: Place, map: FieldMap, typeOf: (field: string) => Type): Fields {
  const document = (raw: string): Resolved => {
    const field = enrichedIn(place, raw) ? raw : map.of(raw);
    if (field === undefined) throw new Error(`documents of ${place.service} have no field "${raw}"`);
    return { field, type: typeOf(field) };
  };
  return {
    place,
    document,
    address(raw) {
      const other = own(place.address, raw);
      return other === undefined ? document(raw) : { field: other, type: typeOf(other) };
    },
    comparable(raw) {
      const other = own(place.comparable, raw);
      return other === undefined ? document(raw) : { field: other, type: typeOf(other) };
    },
    splunk(raw) {
      document(raw);
      return enrichedIn(place, raw) ? (own(THREAT, raw) ?? raw) : splunkName(place, raw);
    },
    splunkText(raw, text) {
      const renamed = own(place.splunk.names, raw);
      return typeof renamed === 'object' ? (own(renamed.values, text.toLowerCase()) ?? text) : text;
    },
    isAdded: (raw) => enrichedIn(place, raw) && own(THREAT, raw) === undefined,
    isDotted: (raw) => place.dotted?.includes(raw) ?? false,
  };
}

const enrichedIn = (place: Place, raw: string): boolean =>
  isEnriched(raw) && place.enriched.some((prefix) => raw.startsWith(prefix));

/** `a.b` with `a` a list is `a{}.b`. */
function splunkName({ splunk: { prefix = '', lists = [], names = {} } }: Place, raw: string): string {
  const renamed = own(names, raw);
  if (renamed !== undefined) return typeof renamed === 'string' ? renamed : renamed.name;
  let name = prefix;
  let path = '';
  for (const part of raw.split('.')) {
    path = path === '' ? part : `${path}.${part}`;
    name += part;
    if (lists.includes(path)) name += '{}';
    if (path.length < raw.length) name += '.';
  }
  return name;
}
