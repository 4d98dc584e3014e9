/**
 * The request of a record. Its headers, `[{"name":"Host","value":"www.example.com"},…]`, are looked at while it is read: the
 * first of a name stands where rows find it, as `header.<name>`; values that nobody may see are told of. Other parts of the
 * record's values, of the web ACL that saw it too, are put where rows find them as `derived.*`.
 */

import { ABSENT, type Each, JsonFields, LIST, PLAIN, STRING } from '../../shared/decode/jsonfields.ts';
import type { Geo } from '../../shared/enrich/geo.ts';
import type { Patch } from '../../shared/model.ts';
import { isDigit } from '../../shared/text/ascii.ts';
import { type Literal, literal } from '../../shared/text/text.ts';
import { appendLower, isAddress } from '../../shared/transform/bytes/casts.ts';
import type { FieldMap } from '../../shared/transform/bytes/compile.ts';
import type { Emit } from '../../shared/transform/bytes/write.ts';
import { patched } from './secrets.ts';

export const HEADERS = 'httpRequest.headers';

/** Paths that are read here. */
export const REQUEST: readonly string[] = [
  HEADERS,
  'timestamp',
  'webaclId',
  'httpRequest.clientIp',
  'httpRequest.host',
  'httpRequest.httpVersion',
  'header.host',
  'header.x-forwarded-for',
  'derived.acl.region',
  'derived.acl.account',
  'derived.acl.scope',
  'derived.acl.name',
  'derived.acl.id',
  'derived.acl.arn',
  'derived.ip',
  'derived.forwarded',
  'derived.host',
  'derived.port',
  'derived.http.version',
];

const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const SLASH = 47;
const COLON = 58;
const QUESTION = 63;
const ARRAY = 91;
const BACKSLASH = 92;
const ARRAY_END = 93;
const QUOTE_COMMA = literal('",');

/** A header that somebody asks for. */
interface Wanted {
  /** In lower case. */
  readonly name: Uint8Array;
  /** The number of its path; -1: nobody may see its value. */
  readonly index: number;
}

const HEADER = 'header.';
const SECRET = -1;
const REDACTED = Buffer.from('REDACTED');

export class Headers implements Each {
  readonly fields = new JsonFields([
    { name: 'name', isFree: false },
    { name: 'value', isFree: false },
  ]);
  count = 0;
  /** All were a name and its value, both texts. */
  isRegular = true;
  /** There is a header whose value nobody may see, hidden already or not. */
  hasSecret = false;
  /** Where such values stand, with their quotes. */
  readonly patches: Patch[] = [];

  readonly #secrets: readonly string[];
  #wanted: readonly Wanted[] = [];
  #whole = new JsonFields([]);
  #index = 0;

  /** In: names of headers whose values nobody may see, in lower case. */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  /** In: the compiled map, and all paths that rows name. */
  bind({ fields, indexOf }: FieldMap, paths: readonly string[]): void {
    const names = paths.filter((path) => path.startsWith(HEADER)).map((path) => path.slice(HEADER.length));
    const open = [...new Set(names)].filter((name) => !this.#secrets.includes(name));
    this.#whole = fields;
    this.#index = indexOf(HEADERS);
    this.#wanted = [
      ...this.#secrets.map((name) => ({ name: Buffer.from(name), index: SECRET })),
      ...open.map((name) => ({ name: Buffer.from(name), index: indexOf(HEADER + name) })),
    ];
  }

  begin(): void {
    this.count = 0;
    this.isRegular = true;
    this.hasSecret = false;
    this.patches.length = 0;
  }

  look(): void {
    this.count++;
    const { bytes, kinds, starts, ends, others } = this.fields;
    if (kinds[0] !== STRING || kinds[1] !== STRING || others.length > 0) {
      this.isRegular = false;
      return;
    }
    const start = starts[0];
    const length = ends[0] - start;
    for (let i = 0; i < this.#wanted.length; i++) {
      const { name, index } = this.#wanted[i];
      if (name.length !== length || !isSame(name, bytes, start)) continue;
      if (index === SECRET) this.#hide(bytes, starts[1], ends[1]);
      else if (this.#whole.kinds[index] !== STRING) this.#whole.set(index, STRING, starts[1], ends[1]);
      return;
    }
    if (isEscaped(bytes, start, ends[0])) this.isRegular = false;
  }

  /** False: the list is not in the shape that AWS gives it. It is copied as it is. */
  read(): boolean {
    const { kinds, odd } = this.#whole;
    const isAsIs = kinds[this.#index] === ABSENT || (kinds[this.#index] === LIST && odd[this.#index] === 0);
    return isAsIs && this.isRegular;
  }

  #hide(bytes: Uint8Array, start: number, end: number): void {
    this.hasSecret = true;
    if (start === end || (end - start === REDACTED.length && isSame(REDACTED, bytes, start))) return;
    this.patches.push({ start: start - 1, end: end + 1, json: undefined });
  }
}

/** `name` has no capital letters, or the bytes have the same. */
function isSame(name: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < name.length; i++) {
    const c = bytes[start + i];
    if (name[i] !== c && name[i] !== (c >= 65 && c <= 90 ? c + 32 : c)) return false;
  }
  return true;
}

/** Nobody knows such a name by its bytes. */
function isEscaped(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === BACKSLASH) return true;
  return false;
}

/** Fills `derived.*` from what was found. */
export function deriver({ fields, indexOf }: FieldMap): () => void {
  const [, timestamp, acl, client, host, version, hostHeader, forwardedFor, ...rest] = REQUEST.map(indexOf);
  const [region, account, scope, name, id, arn, ip, forwarded, domain, port, number] = rest;
  const { kinds, starts, ends } = fields;
  const has = (at: number) => kinds[at] === STRING && starts[at] < ends[at];
  const part = (to: number, start: number, end: number) => fields.part(to, start, end);

  /** `arn:aws:wafv2:<region>:<account>:<scope>/webacl/<name>/<id>`; of WAF Classic only an id. */
  function webAcl(): void {
    if (!has(acl)) return;
    const { bytes } = fields;
    const start = starts[acl];
    const end = ends[acl];
    const afterService = behind(bytes, start, end, COLON, 3);
    const afterRegion = behind(bytes, afterService, end, COLON, 1);
    const afterAccount = behind(bytes, afterRegion, end, COLON, 1);
    if (afterAccount === end) {
      part(id, start, end);
      return;
    }
    part(arn, start, end);
    part(region, afterService, afterRegion - 1);
    part(account, afterRegion, afterAccount - 1);
    const afterScope = behind(bytes, afterAccount, end, SLASH, 1);
    const afterKind = behind(bytes, afterScope, end, SLASH, 1);
    const afterName = behind(bytes, afterKind, end, SLASH, 1);
    if (afterName === end) return;
    part(scope, afterAccount, afterScope - 1);
    part(name, afterKind, afterName - 1);
    part(id, afterName, end);
  }

  function addresses(): void {
    if (isAddress(fields, client)) part(ip, starts[client], ends[client]);
    else if (kinds[client] !== ABSENT) fields.moveToOther(client);
    if (!has(forwardedFor)) return;
    const { bytes } = fields;
    let start = starts[forwardedFor];
    while (bytes[start] === SPACE) start++;
    let end = start;
    while (end < ends[forwardedFor] && bytes[end] !== COMMA && bytes[end] !== SPACE) end++;
    part(forwarded, start, end);
    if (!isAddress(fields, forwarded)) withoutPort(start, end);
    if (!isAddress(fields, forwarded)) kinds[forwarded] = ABSENT;
  }

  /** `203.0.113.9:443`, `[2001:db8::1]:443`, `[2001:db8::1]` */
  function withoutPort(start: number, end: number): void {
    const { bytes } = fields;
    const isBracketed = bytes[start] === ARRAY;
    const closing = behind(bytes, start, end, isBracketed ? ARRAY_END : COLON, 1);
    if (closing < end || bytes[end - 1] === ARRAY_END) part(forwarded, isBracketed ? start + 1 : start, closing - 1);
  }

  /** `www.example.com:8443`, `[2001:db8::1]` */
  function authority(): void {
    const from = has(host) ? host : hostHeader;
    if (!has(from)) return;
    const { bytes } = fields;
    const start = starts[from];
    const end = ends[from];
    let at = end;
    while (at > start && isDigit(bytes[at - 1])) at--;
    const hasPort = at > start + 1 && at < end && bytes[at - 1] === COLON && isHost(bytes, start, at - 1);
    part(domain, start, hasPort ? at - 1 : end);
    if (hasPort) part(port, at, end);
  }

  /** `HTTP/2.0` → `2.0` */
  function protocol(): void {
    if (!has(version)) return;
    const { bytes } = fields;
    let at = ends[version];
    while (at > starts[version] && bytes[at - 1] !== SLASH) at--;
    part(number, at, ends[version]);
  }

  /** A text of digits is as good as a number. */
  function time(): void {
    if (!has(timestamp)) return;
    const { bytes } = fields;
    for (let at = starts[timestamp]; at < ends[timestamp]; at++) if (!isDigit(bytes[at])) return;
    kinds[timestamp] = PLAIN;
  }

  return () => {
    time();
    webAcl();
    addresses();
    authority();
    protocol();
  };
}

/** Behind the n-th such byte, or the end. */
function behind(bytes: Uint8Array, start: number, end: number, byte: number, n: number): number {
  let left = n;
  for (let at = start; at < end; at++) if (bytes[at] === byte && --left === 0) return at + 1;
  return end;
}

/** Without a colon, or all of it in brackets. */
function isHost(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[end - 1] === ARRAY_END) return true;
  for (let at = start; at < end; at++) if (bytes[at] === COLON) return false;
  return true;
}

/**
 * `source` an address and where it is, by [address, country of the log] · `original` a URL of [path, query] · `hosts` a list of
 * one name · `headers` without what nobody may see.
 */
export function requestCasts(
  headers: Headers,
  geo: Pick<Geo, 'rendered'>,
): Readonly<Record<'source' | 'original' | 'hosts' | 'headers', Emit>> {
  return {
    source({ bytes, view, kinds, starts, ends }, [ip, country, asn], key, doc) {
      if (kinds[ip] === ABSENT) return;
      doc.literal(key);
      doc.byte(QUOTE);
      doc.copy(view, starts[ip], ends[ip]);
      doc.literal(QUOTE_COMMA);
      const place = geo.rendered(bytes, starts[ip], ends[ip]);
      if (place !== undefined) doc.literal(place);
      else if (kinds[country] === STRING && isCountry(bytes, starts[country], ends[country])) {
        doc.literal(GEO);
        doc.copy(view, starts[country], ends[country]);
        doc.literal(GEO_END);
      }
      if (kinds[asn] === PLAIN && isWhole(bytes, starts[asn], ends[asn]) && !(place !== undefined && hasAs(place))) {
        doc.literal(AS);
        doc.copy(view, starts[asn], ends[asn]);
        doc.literal(AS_END);
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
    hosts({ view, kinds, starts, ends }, [index], key, doc) {
      if (kinds[index] === ABSENT) return;
      doc.literal(key);
      doc.byte(ARRAY);
      doc.byte(QUOTE);
      appendLower(doc, view, starts[index], ends[index]);
      doc.byte(QUOTE);
      doc.byte(ARRAY_END);
      doc.byte(COMMA);
    },
    headers(fields, [index], key, doc) {
      const { kinds, starts, ends } = fields;
      if (kinds[index] !== ABSENT && kinds[index] !== LIST) fields.moveToOther(index);
      if (kinds[index] !== LIST || ends[index] - starts[index] === 2) return; // an empty list
      doc.literal(key);
      patched(fields, starts[index], ends[index], headers.patches, doc);
      doc.byte(COMMA);
    },
  };
}

const GEO = literal('"geo":{"country_iso_code":"');
const GEO_END = literal('"},');
const AS = literal('"as":{"number":');
const AS_END = literal('},');

const known = new WeakMap<Literal, boolean>();

/** Our own database knows the network too. */
function hasAs(place: Literal): boolean {
  let has = known.get(place);
  if (has === undefined) {
    has = Buffer.from(place.words.buffer, 0, place.length).includes('"as":');
    known.set(place, has);
  }
  return has;
}

/** A network's number: 1 to 10 digits. */
function isWhole(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!isDigit(bytes[at])) return false;
  return end > start && end - start <= 10 && bytes[start] !== 48;
}

/** Two capital letters; AWS writes "-" where it does not know. */
function isCountry(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== 2) return false;
  return bytes[start] >= 65 && bytes[start] <= 90 && bytes[start + 1] >= 65 && bytes[start + 1] <= 90;
}
