/**
 * Named arrays of numbers and bytes in one buffer that is used without parsing.
 * Layout, little-endian: `BNGASSET` · version u32 · CRC-32 u32 of everything behind it · length of the head u32 · 0 u32 · head
 * (JSON) · arrays, each at a multiple of 8. The same values are always the same bytes.
 */
import { crc32 } from 'node:zlib';
import { DecodeError } from '../errors.ts';

const MAGIC = Buffer.from('BNGASSET');
const VERSION = 1;
const VERSION_AT = 8;
const CHECKSUM_AT = 12;
const HEAD_LENGTH_AT = 16;
const HEAD_AT = 24;

export type Arrays = Readonly<Record<string, Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>>;

/** By name: bytes per element, offset behind the head, number of elements. */
type Places = Readonly<Record<string, readonly [size: number, at: number, length: number]>>;

export interface Packed<H> {
  readonly head: H;
  /** Throws DecodeError where there is no such array. */
  numbers(name: string): Uint32Array<ArrayBuffer>;
  bytes(name: string): Uint8Array<ArrayBuffer>;
}

const aligned = (n: number): number => (n + 7) & ~7;

export function pack(head: object, arrays: Arrays): Uint8Array<ArrayBuffer> {
  let end = 0;
  const places: Record<string, readonly [number, number, number]> = {};
  for (const [name, array] of Object.entries(arrays)) {
    places[name] = [array.BYTES_PER_ELEMENT, end, array.length];
    end = aligned(end + array.byteLength);
  }
  const json = Buffer.from(JSON.stringify({ ...head, places }));
  const from = aligned(HEAD_AT + json.length);
  const bytes = new Uint8Array(from + end);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(VERSION_AT, VERSION, true);
  view.setUint32(HEAD_LENGTH_AT, json.length, true);
  bytes.set(json, HEAD_AT);
  for (const [name, array] of Object.entries(arrays)) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), from + places[name][1]);
  }
  view.setUint32(CHECKSUM_AT, crc32(bytes.subarray(HEAD_LENGTH_AT)), true);
  return bytes;
}

/** Throws DecodeError for bytes that `pack` did not write. */
export function unpack<H>(given: Uint8Array): Packed<H> {
  const bytes = given.byteOffset % 8 === 0 && given.buffer instanceof ArrayBuffer ? given : new Uint8Array(given);
  const view = new DataView(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
  if (bytes.length < HEAD_AT || MAGIC.compare(bytes, 0, MAGIC.length) !== 0)
    throw new DecodeError('this is not a table');
  const version = view.getUint32(VERSION_AT, true);
  if (version !== VERSION) throw new DecodeError('the table is of another version', { version, expected: VERSION });
  if (view.getUint32(CHECKSUM_AT, true) !== crc32(bytes.subarray(HEAD_LENGTH_AT)))
    throw new DecodeError('the table is damaged');
  const headLength = view.getUint32(HEAD_LENGTH_AT, true);
  const head: H & { readonly places: Places } = JSON.parse(
    Buffer.from(bytes.subarray(HEAD_AT, HEAD_AT + headLength)).toString(),
  );
  const from = bytes.byteOffset + aligned(HEAD_AT + headLength);
  function place(name: string, size: number): readonly [at: number, length: number] {
    const [found, at, length] = head.places[name] ?? [];
    if (found !== size) throw new DecodeError(`the table has no ${name}`);
    return [from + at, length];
  }
  return {
    head,
    numbers: (name) => new Uint32Array(bytes.buffer as ArrayBuffer, ...place(name, 4)),
    bytes: (name) => new Uint8Array(bytes.buffer as ArrayBuffer, ...place(name, 1)),
  };
}
