/**
 * Builds the table of countries and networks that enrichment reads, once: `.cache/geo/geo.table`.
 * In: two npm packages, one of which holds an mmdb file, the other CSV. Runs after `npm ci` (script "prepare").
 * Licences and attribution: docs/reference/enrichment.md.
 * https://maxmind.github.io/MaxMind-DB/
 */
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { GEO_TABLE } from '../shared/enrich/geotable.ts';
import { tableOf } from './geo/table.ts';

const COUNTRY = '@ip-location-db/geo-whois-asn-country-mmdb';
const ASN = '@ip-location-db/asn';
const FOLDER = join(import.meta.dirname, '..', '.cache', 'geo');

const packaged = createRequire(import.meta.url).resolve;

/** Of the table's layout: another one is made anew. */
const TABLE_VERSION = 1;

/** Makes sure that the table is there. Returns its folder. */
export async function geo(folder: string = FOLDER): Promise<string> {
  const versions = `${await version(COUNTRY)}\n${await version(ASN)}\ntable ${TABLE_VERSION}\n`;
  if ((await read(join(folder, 'VERSIONS'))) === versions) return folder;
  await mkdir(folder, { recursive: true });
  const table = tableOf(await readFile(packaged(`${COUNTRY}/geo-whois-asn-country.mmdb`)), await asn());
  await put(join(folder, GEO_TABLE), table);
  await put(join(folder, 'VERSIONS'), versions);
  return folder;
}

const version = async (name: string): Promise<string> =>
  `${name} ${JSON.parse(await readFile(packaged(`${name}/package.json`), 'utf8')).version}`;

const read = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined);

/** Whole or not at all, whoever else is writing the same. */
async function put(path: string, content: Uint8Array | string): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, content);
  await rename(draft, path);
}

async function asn(): Promise<Buffer> {
  const tree = new Tree();
  for (const [file, bits] of [
    ['asn-ipv4-num.csv', 32],
    ['asn-ipv6-num.csv', 128],
  ] as const) {
    for await (const line of createInterface({ input: createReadStream(packaged(`${ASN}/${file}`)) })) {
      const row = /^(\d+),(\d+),(\d+),(.*)$/.exec(line);
      if (row === null) continue;
      const [, first, last, number, name] = row;
      tree.add(BigInt(first), BigInt(last), bits, {
        autonomous_system_number: Number(number),
        autonomous_system_organization: unquoted(name),
      });
    }
  }
  return tree.mmdb('GeoLite2-ASN', 'RouteViews, NRO and DB-IP (CC BY 4.0), by way of @ip-location-db/asn');
}

const unquoted = (text: string): string => (text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text);

export type Value = string | number | { readonly [key: string]: Value };

const NOTHING = -1;
/** A record of the tree that is not a node: data `n` stands as `DATA - n`. */
const DATA = -2;

/** Address ranges as a MaxMind DB: a binary tree over 128 bits, IPv4 in its ::/96. Where ranges overlap, the later one counts. */
export class Tree {
  #records = new Int32Array(1 << 10).fill(NOTHING, 0, 2);
  #nodes = 1;
  readonly #values: Value[] = [];
  readonly #known = new Map<string, number>();

  /** `first` and `last`: addresses of `bits` bits, both inclusive. */
  add(first: bigint, last: bigint, bits: 32 | 128, value: Value): void {
    const data = DATA - this.#number(value);
    for (let at = first; at <= last; ) {
      let free = 0; // bits of the largest block that starts here and ends within the range
      while (free < bits && (at & (1n << BigInt(free))) === 0n && at + (2n << BigInt(free)) - 1n <= last) free++;
      this.#set(at, 128 - free, data);
      at += 1n << BigInt(free);
    }
  }

  #number(value: Value): number {
    const key = JSON.stringify(value);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, this.#values.length);
    return this.#values.push(value) - 1;
  }

  #set(address: bigint, prefix: number, data: number): void {
    const words = [96n, 64n, 32n, 0n].map((shift) => Number((address >> shift) & 0xffffffffn));
    let record = 0;
    for (let depth = 0, node = 0; depth < prefix; depth++) {
      record = node * 2 + ((words[depth >> 5] >>> (31 - (depth & 31))) & 1);
      if (depth === prefix - 1) break;
      if (this.#records[record] < 0) {
        const added = this.#node(this.#records[record]); // before the assignment: it may replace #records
        this.#records[record] = added;
      }
      node = this.#records[record];
    }
    this.#records[record] = data;
  }

  /** A new node, both of whose sides are `record`. */
  #node(record: number): number {
    if (this.#nodes * 2 === this.#records.length) {
      const records = new Int32Array(this.#records.length * 2);
      records.set(this.#records);
      this.#records = records;
    }
    this.#records.fill(record, this.#nodes * 2, this.#nodes * 2 + 2);
    return this.#nodes++;
  }

  mmdb(type: string, description: string): Buffer {
    const data = new Data();
    const offsets = this.#values.map((value) => data.value(value));
    const records = Buffer.alloc(this.#nodes * 6);
    for (let i = 0; i < this.#nodes * 2; i++) {
      const record = this.#records[i];
      const value = record === NOTHING ? this.#nodes : record < 0 ? this.#nodes + 16 + offsets[DATA - record] : record;
      records.writeUIntBE(value, i * 3, 3); // throws beyond 24 bits
    }
    return Buffer.concat([records, Buffer.alloc(16), data.bytes(), metadata(this.#nodes, type, description)]);
  }
}

function metadata(nodes: number, type: string, description: string): Buffer {
  const data = new Data();
  data.map(9);
  for (const [key, bits, value] of [
    ['binary_format_major_version', 16, 2],
    ['binary_format_minor_version', 16, 0],
    ['build_epoch', 64, 1], // the same input makes the same file; 0 is refused by some readers
    ['ip_version', 16, 6],
    ['node_count', 32, nodes],
    ['record_size', 16, 24],
  ] as const) {
    data.text(key);
    data.uint(bits, value);
  }
  data.text('database_type');
  data.text(type);
  data.text('languages');
  data.array(1);
  data.text('en');
  data.text('description');
  data.map(1);
  data.text('en');
  data.text(description);
  return Buffer.concat([Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'), data.bytes()]);
}

/** Control bytes of unsigned numbers, by bits. */
const UINT = { 16: [0xa2], 32: [0xc4], 64: [0x08, 0x02] } as const;

/** The data section's encoding: a control byte of type and size, then the value. Each call returns where it wrote. */
class Data {
  readonly #parts: Uint8Array[] = [];
  readonly #keys = new Map<string, number>();
  #length = 0;

  value(value: Value): number {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') return this.uint(32, value);
    const entries = Object.entries(value);
    const offset = this.map(entries.length);
    for (const [key, member] of entries) {
      this.key(key);
      this.value(member);
    }
    return offset;
  }

  /** A text that comes often: the second time a pointer to the first. */
  key(text: string): number {
    const known = this.#keys.get(text);
    if (known !== undefined) return this.#put([0x20 | (known >> 8), known & 255]);
    const offset = this.text(text);
    if (offset < 2048) this.#keys.set(text, offset); // farther ones take longer pointers
    return offset;
  }

  text(text: string): number {
    const bytes = Buffer.from(text).subarray(0, 284); // longer ones take more bytes for their size
    const size = bytes.length < 29 ? [0x40 | bytes.length] : [0x5d, bytes.length - 29];
    return this.#put([...size, ...bytes]);
  }

  uint(bits: 16 | 32 | 64, value: number): number {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt(value));
    return this.#put([...UINT[bits], ...bytes.subarray(8 - bits / 8)]);
  }

  array(size: number): number {
    return this.#put([size, 0x04]);
  }

  map(size: number): number {
    return this.#put([0xe0 | size]);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #put(bytes: readonly number[]): number {
    this.#parts.push(Uint8Array.from(bytes));
    this.#length += bytes.length;
    return this.#length - bytes.length;
  }
}

if (import.meta.main) await geo();
