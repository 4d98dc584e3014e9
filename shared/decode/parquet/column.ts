/**
 * One column of a row group of a Parquet file, value after value as text; where there is no value, "-".
 * Values stay the bytes of their page: the page and the column's dictionary are all that is held.
 * https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */
import type { ColumnMetaData, Encoding, ParquetType, SchemaTree } from 'hyparquet';
import { deltaBinaryUnpack, deltaByteArray, deltaLengthByteArray } from 'hyparquet/src/delta.js';
import { DecodeError } from '../../errors.ts';
import type { Text } from '../../text/text.ts';
import { Hybrid } from './hybrid.ts';
import { type Page, pages, type Read, type Section } from './pages.ts';

/** Values by their number. */
interface Values {
  write(at: number, text: Text): void;
}

const ABSENT = 45;

export class Column {
  /** Values before the page ends. */
  left = 0;
  readonly #pages: AsyncGenerator<Page>;
  readonly #type: ParquetType;
  #dictionary: Values | undefined;
  #values: Values | undefined;
  #levels: Hybrid | undefined; // 0: there is no value
  #indices: Hybrid | undefined; // of values in the dictionary
  #next = 0; // value, where there are no indices

  constructor(read: Read, column: ColumnMetaData, { element }: SchemaTree) {
    const { data_page_offset, dictionary_page_offset, total_compressed_size, type, codec } = column;
    const at = Number(dictionary_page_offset || data_page_offset);
    const isNullable = element.repetition_type !== 'REQUIRED';
    this.#pages = pages(read, { at, end: at + Number(total_compressed_size), codec, isNullable });
    this.#type = type;
  }

  /** Opens the next page with values. Throws DecodeError where there is none. */
  async turn(): Promise<void> {
    while (this.left === 0) {
      const { value: page, done } = await this.#pages.next();
      if (done) throw new DecodeError('a column has fewer values than rows');
      if (page.isDictionary) this.#dictionary = values(page, this.#type);
      else this.#open(page);
    }
  }

  #open(page: Page): void {
    this.left = page.count;
    this.#next = 0;
    this.#levels = page.levels && hybrid(page.levels, 1);
    if (!page.encoding.endsWith('DICTIONARY')) {
      this.#indices = undefined;
      this.#values = values(page, this.#type);
    } else {
      const { bytes, start, end } = page.values;
      this.#indices = hybrid({ bytes, start: start + 1, end }, bytes[start]);
      this.#values = this.#dictionary;
    }
  }

  /** Appends the next value; `left` has to be positive. */
  write(text: Text): void {
    this.left--;
    if (this.#levels !== undefined && this.#levels.next() === 0) text.byte(ABSENT);
    else this.#values!.write(this.#indices === undefined ? this.#next++ : this.#indices.next(), text);
  }
}

const hybrid = ({ bytes, start, end }: Section, width: number): Hybrid => new Hybrid(bytes, start, end, width);

type Make = (page: Page, type: ParquetType) => Values;

const ENCODINGS: Readonly<Partial<Record<Encoding, Make>>> = {
  PLAIN: plain,
  PLAIN_DICTIONARY: plain, // the old word for the same in a dictionary page
  DELTA_BINARY_PACKED: (page, type) =>
    listed(page, (reader, count) => {
      const numbers = type === 'INT32' ? new Int32Array(count) : new BigInt64Array(count);
      deltaBinaryUnpack(reader, count, numbers);
      return numbers;
    }),
  DELTA_LENGTH_BYTE_ARRAY: (page) => listed(page, texts(deltaLengthByteArray)),
  DELTA_BYTE_ARRAY: (page) => listed(page, texts(deltaByteArray)),
};

function values(page: Page, type: ParquetType): Values {
  const make = ENCODINGS[page.encoding];
  if (make === undefined) throw new DecodeError(`values are encoded as ${page.encoding ?? 'nobody knows what'}`);
  return make(page, type);
}

function plain({ values, count }: Page, type: ParquetType): Values {
  if (type === 'BYTE_ARRAY') return new Texts(values, count);
  if (type === 'INT32') return new Numbers(values, 4);
  if (type === 'INT64') return new Numbers(values, 8);
  throw new DecodeError(`values are of the type ${type ?? 'that nobody knows'}`);
}

const outside = (): DecodeError => new DecodeError('a page has an index outside of its dictionary');

/** Each with its length in front, 4 bytes. */
class Texts implements Values {
  readonly #view: DataView;
  readonly #starts: Uint32Array;
  readonly #count: number;
  readonly #end: number;

  constructor({ bytes, start, end }: Section, most: number) {
    this.#view = new DataView(bytes.buffer);
    this.#end = end;
    this.#starts = new Uint32Array(Math.min(most, (end - start) >> 2));
    let count = 0;
    for (let at = start; at < end && count < this.#starts.length; at += 4 + this.#view.getUint32(at, true)) {
      this.#starts[count++] = at + 4;
    }
    this.#count = count;
  }

  write(at: number, text: Text): void {
    if (at >= this.#count) throw outside();
    const start = this.#starts[at];
    const length = this.#view.getUint32(start - 4, true);
    if (length === 0) text.byte(ABSENT);
    else if (start + length > this.#end) throw new DecodeError('a page ends inside a value');
    else text.copy(this.#view, start, start + length);
  }
}

class Numbers implements Values {
  readonly #view: DataView;
  readonly #start: number;
  readonly #count: number;
  readonly #width: 4 | 8;

  constructor({ bytes, start, end }: Section, width: 4 | 8) {
    this.#view = new DataView(bytes.buffer);
    this.#start = start;
    this.#count = (end - start) / width;
    this.#width = width;
  }

  write(at: number, text: Text): void {
    if (at >= this.#count) throw outside();
    const place = this.#start + at * this.#width;
    if (this.#width === 4) {
      text.int(this.#view.getInt32(place, true));
      return;
    }
    const low = this.#view.getInt32(place, true);
    const high = this.#view.getInt32(place + 4, true);
    // a number above 2^31 costs an object, a BigInt as well
    if (high === 0 && low >= 0) text.int(low);
    else text.ascii(String(this.#view.getBigInt64(place, true)));
  }
}

type Reader = Parameters<typeof deltaBinaryUnpack>[0];
type List = ArrayLike<number | bigint | Uint8Array>;

/** Values that can only be had one after the other. */
function listed(
  { values: { bytes, start, end }, levels, count }: Page,
  read: (reader: Reader, n: number) => List,
): Values {
  if (count > MOST_LISTED) throw new DecodeError(`a page of ${count} values`);
  let present = count;
  if (levels !== undefined) {
    const level = hybrid(levels, 1);
    for (let i = 0; i < count; i++) present -= 1 - level.next();
  }
  const list = read({ view: new DataView(bytes.buffer, 0, end), offset: start }, present);
  return {
    write(at, text) {
      const value = list[at];
      if (typeof value !== 'object') text.ascii(String(value));
      else if (value.length === 0) text.byte(ABSENT);
      else text.append(value);
    },
  };
}

const MOST_LISTED = 1 << 20;

const texts =
  (unpack: (reader: Reader, count: number, output: Uint8Array[]) => void) =>
  (reader: Reader, count: number): List => {
    const list = new Array<Uint8Array>(count);
    unpack(reader, count, list);
    return list;
  };
