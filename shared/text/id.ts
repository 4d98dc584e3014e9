/**
 * The id of a record: the same record always gets the same one, so that a repeat is recognized.
 * The record's own id where it has one, else `<hash of the body's uri>-<line or ordinal>`.
 */
import { createHash } from 'node:crypto';
import type { Facts, Origin } from '../model.ts';
import { EMPTY, literal, type Text } from './text.ts';

// OpenSearch takes 512 bytes of UTF-8 at most
const MAX_BYTES = 512;

let lastUri = '';
let lastPrefix = '';
let lastLiteral = EMPTY;

/** 96 bits of the uri's SHA-1, and a hyphen. Remembers the last one, since records of one body come in a row. */
function prefix(uri: string): string {
  if (uri !== lastUri) {
    lastPrefix = `${createHash('sha1').update(uri).digest().subarray(0, 12).toString('base64url')}-`;
    lastLiteral = literal(lastPrefix);
    lastUri = uri;
  }
  return lastPrefix;
}

export function recordId(facts: Pick<Facts, 'id'>, from: Origin): string {
  return facts.id === '' ? `${prefix(from.uri)}${from.seq}` : bounded(facts.id);
}

/** An id as OpenSearch can take it: one that is too long becomes its SHA-256. */
export function bounded(id: string): string {
  if (id.length * 3 <= MAX_BYTES || Buffer.byteLength(id) <= MAX_BYTES) return id;
  return `sha256-${createHash('sha256').update(id).digest('base64url')}`;
}

/** Appends the id as the inside of a JSON string. */
export function appendId(text: Text, facts: Pick<Facts, 'id'>, from: Origin): void {
  if (facts.id === '') {
    prefix(from.uri);
    text.literal(lastLiteral);
    text.int(from.seq);
  } else {
    text.string(JSON.stringify(bounded(facts.id)).slice(1, -1));
  }
}
