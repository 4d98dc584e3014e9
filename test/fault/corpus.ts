/**
 * Broken, odd and hostile input, made anew each time: the same seed makes the same bytes. What is done to one record among
 * good ones stands in JSON_DAMAGES and COLUMN_DAMAGES, what is done to a whole body in BODY_DAMAGES; inputs that are large
 * once unpacked are in heavy.ts.
 */
import { deflateRawSync, gzipSync } from 'node:zlib';
import { seeded } from '../../scripts/incident/random.ts';

/**
 * What has to become of a damaged record. `either`: it is delivered or refused, by each sink for itself; `anything`: it may
 * also be that there is no record. A pattern: it is refused, and the reason says so.
 */
export type Fate = 'delivered' | 'either' | 'nothing' | 'anything' | RegExp;

export interface Damage {
  readonly name: string;
  readonly fate: Fate;
  /** In: a good record. */
  apply(record: string): string | Uint8Array;
  /** A number or text that has to arrive as it came. */
  readonly carries?: string;
  /** False: it is no UTF-8. Default: true. */
  readonly isText?: boolean;
  /** Where no line tells where the next record starts, the rest of the body is lost, and that is told. */
  readonly swallows?: RegExp;
  /** The document says the same as that of the good record. */
  readonly isSame?: boolean;
}

const UTF8: Readonly<Record<string, readonly number[]>> = {
  'an overlong sequence': [0xc0, 0x80],
  'a surrogate in UTF-8': [0xed, 0xa0, 0x80],
  'a cut sequence': [0xe2, 0x82],
  'a byte that UTF-8 never has': [0xff],
  'a character beyond the last one': [0xf4, 0x90, 0x80, 0x80],
};

/** The place right behind the record's mark, which is in a text. */
const insert = (record: string, bytes: Uint8Array): Uint8Array => {
  const end = behindMark(record);
  return Buffer.concat([Buffer.from(record.slice(0, end)), bytes, Buffer.from(record.slice(end))]);
};

function behindMark(record: string): number {
  const found = /mark\d+[a-z]/.exec(record);
  if (found === null) throw new Error('the record has no mark');
  return found.index + found[0].length;
}

/** One more member beside the one with the mark. */
const beside = (record: string, json: string): string =>
  record.replace(/"[A-Za-z]\w*":\[?"[^"]*mark\d+[a-z]/, (found) => `${json},${found}`);

const value = (name: string, json: string): Damage => ({
  name,
  fate: 'delivered',
  apply: (record) => beside(record, `"fuzz":${json}`),
  carries: json,
});
const odd = (name: string, json: string, fate: Fate = 'delivered'): Damage => ({
  name,
  fate,
  apply: (record) => beside(record, json),
});
const instead = (text: string, fate: Fate = /./): Damage => ({
  name: `${text === '' ? 'nothing' : text} in its place`,
  fate,
  apply: () => text,
});

const nested = (depth: number, open: string, close: string): string => open.repeat(depth) + close.repeat(depth);

const isLetter = /[a-z]/i;
const escapedLetters = (record: string): string =>
  record.replaceAll(/:"((?:[^"\\]|\\.)*)"/g, (_, text: string) => {
    const letters = text.replaceAll(/\\.|./gs, (c) =>
      c.length === 1 && isLetter.test(c) ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c,
    );
    return `:"${letters}"`;
  });

export const JSON_DAMAGES: readonly Damage[] = [
  value('a number beyond 2^53', '12345678901234567890'),
  value('a negative number beyond 2^53', '-9007199254740993'),
  value('a number of 40 digits', '1234567890123456789012345678901234567890'),
  value('1e999', '1e999'),
  value('-1E-999', '-1E-999'),
  value('minus zero', '-0'),
  value('more decimals than a double has', '0.12345678901234567890123'),
  value('a number with a huge exponent', '1e1000000000'),
  value('a small number', '2.5e-7'),
  value('an empty object', '{}'),
  value('an empty array', '[]'),
  value('an escaped NUL', '"\\u0000"'),
  value('a lone surrogate, escaped', '"\\ud800"'),
  value('the wrong half of a pair, escaped', '"\\udc00x"'),
  value('a key __proto__ inside', '{"__proto__":{"polluted":1}}'),
  value('a key constructor inside', '{"constructor":{"prototype":{"polluted":1}}}'),
  value('arrays 150 deep', nested(150, '[', ']')),
  value('objects 150 deep', `${'{"a":'.repeat(150)}1${'}'.repeat(150)}`),
  odd('null', '"fuzz":null'),
  odd('a key __proto__', '"__proto__":{"polluted":1}'),
  odd('a key constructor', '"constructor":"x"'),
  odd('an empty key', '"":1'),
  odd('a key with a dot', '"a.b":1'),
  odd('a key with quotes', '"\\"a\\"":1'),
  odd('a key of 20,000 characters', `"${'k'.repeat(20_000)}":1`, 'either'),
  odd('a text of 40,000 characters', `"fuzz":"${'x'.repeat(40_000)}"`),
  odd('a text of 40,000 characters of four bytes', `"fuzz":"x${'😀'.repeat(20_000)}"`),
  odd('a key twice', '"fuzz":1,"fuzz":2', 'either'),
  odd('1,000 keys', Array.from({ length: 1000 }, (_, i) => `"k${i}":${i}`).join(',')),
  odd('arrays 100,000 deep', `"fuzz":${nested(100_000, '[', ']')}`, /deeper/),
  odd('objects 100,000 deep', `"fuzz":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, /deeper/),
  {
    ...odd('100,000 brackets that never close', `"fuzz":${'['.repeat(100_000)}`, /deeper/),
    swallows: /ends inside a record that was refused/,
  },
  odd('a number that is none', '"fuzz":01', /not JSON/),
  odd('a word that is none', '"fuzz":nul', /not JSON/),
  odd('NaN', '"fuzz":NaN', /./),
  odd('an escape that is none', '"fuzz":"\\x"', /not JSON/),
  odd('half an escape', '"fuzz":"\\u12"', /not JSON/),
  odd('a trailing comma', '"fuzz":[1,]', /./),
  odd('a comment', '/* fuzz */"fuzz":1', /./),

  ...Object.entries(UTF8).map(
    ([name, bytes]): Damage => ({
      name,
      fate: /UTF-8/,
      isText: false,
      apply: (record) => insert(record, Uint8Array.from(bytes)),
    }),
  ),
  { name: 'a NUL byte', fate: /not JSON/, apply: (record) => insert(record, Uint8Array.of(0)) },
  { name: 'a control character', fate: /not JSON/, apply: (record) => insert(record, Uint8Array.of(9)) },
  {
    name: 'every slash escaped',
    fate: 'delivered',
    apply: (record) => record.replaceAll('/', '\\/'),
  },
  {
    name: 'every letter escaped, but for the mark',
    fate: 'either',
    apply: (record) => escapedLetters(record).replaceAll(ESCAPED_MARK, unescaped),
  },
  odd('a port with a zero in front', '"host":"x:0989"', 'either'),
  { name: 'white space everywhere', fate: 'delivered', apply: (record) => spaced(record, '  '), isSame: true },
  { name: 'an unterminated text', fate: /./, apply: (record) => record.replace(/(mark\d+[a-z])"/, '$1') },
  { name: 'a brace too few', fate: /./, apply: (record) => record.slice(0, -1) },
  { name: 'a brace too many', fate: 'either', apply: (record) => `${record}}` },
  { name: 'a bracket too many', fate: 'either', apply: (record) => `${record}]` },
  { name: 'another bracket at the end', fate: /./, apply: (record) => `${record.slice(0, -1)}]` },
  { name: 'its halves swapped', fate: /./, apply: (record) => half(record, 1) + half(record, 0) },
  { name: 'its first half twice', fate: /./, apply: (record) => half(record, 0) + half(record, 0) },
  ...[1, 2, 3, 5, 8].map(
    (at): Damage => ({
      name: `cut at ${at}0 %`,
      fate: /./,
      apply: (record) => record.slice(0, (record.length * at) / 10),
    }),
  ),
  ...['null', 'true', '0', '-1.5e3', '"text"', '"{\\"a\\":1}"', '{}', '{"a":1}', 'text'].map((text) => instead(text)),
  instead('', 'nothing'),
  instead('[]', 'anything'),
  instead('[1,2]', 'anything'),
  instead('[[[]]]', 'anything'),
];

const ESCAPED_MARK = /\\u006d\\u0061\\u0072\\u006b\d+\\u00[0-9a-f]{2}/g;
const unescaped = (text: string): string => JSON.parse(`"${text}"`);
const half = (record: string, which: 0 | 1): string =>
  which === 0 ? record.slice(0, record.length >> 1) : record.slice(record.length >> 1);

/** White space between the tokens of JSON. */
const spaced = (record: string, space: string): string =>
  record.replaceAll(/"(?:[^"\\]|\\.)*"|[^"]/g, (token) => (/[{}[\]:,]/.test(token[0]) ? space + token + space : token));

const cells = (record: string, change: (cells: string[]) => string[]): string => change(record.split(' ')).join(' ');
const cell = (name: string, at: number, text: string, fate: Fate): Damage => ({
  name,
  fate,
  apply: (record) => cells(record, (all) => all.with(at, text)),
  ...(fate === 'delivered' && { carries: text }),
});
const BYTES = 9;
const INTERFACE = 2;
const START = 10;

/** Of lines of columns. */
export const COLUMN_DAMAGES: readonly Damage[] = [
  cell('a count beyond 2^53', BYTES, '123456789012345678', 'delivered'),
  cell('a count beyond 2^64', BYTES, '123456789012345678901', /bytes is not a whole number/),
  cell('1e999 bytes', BYTES, '1e999', /bytes is not a whole number/),
  cell('minus zero bytes', BYTES, '-0', 'delivered'),
  cell('007 bytes', BYTES, '007', /bytes is not a whole number/),
  cell('a time that never comes', START, '999999999999', /start is not a time/),
  cell('an address that is none', 3, '10.0.0.256', /srcaddr is not an IP address/),
  cell('a port that is none', 5, '65536', /srcport/),
  {
    name: 'a column too few',
    fate: /expected 29 columns, found 28/,
    apply: (line) => cells(line, (all) => all.slice(1)),
  },
  { name: 'a column too many', fate: /expected 29 columns, found 30/, apply: (line) => `${line} x` },
  { name: 'two spaces', fate: /expected 29 columns, found 30/, apply: (line) => line.replace(' ', '  ') },
  { name: '10,000 columns', fate: /found 10029/, apply: (line) => line + ' x'.repeat(10_000) },
  { name: 'half a line', fate: /expected 29 columns/, apply: (line) => half(line, 0) },
  { name: 'its halves swapped', fate: /./, apply: (line) => half(line, 1) + half(line, 0) },
  { name: 'nothing but absent values', fate: /./, apply: (line) => cells(line, (all) => all.map(() => '-')) },
  { name: 'quotes and backslashes', fate: 'delivered', apply: (line) => insert(line, Buffer.from('"\\"\\n{}')) },
  { name: 'a NUL byte', fate: 'delivered', apply: (line) => insert(line, Uint8Array.of(0)) },
  { name: 'a tab', fate: 'delivered', apply: (line) => insert(line, Uint8Array.of(9)) },
  { name: 'a carriage return', fate: 'delivered', apply: (line) => insert(line, Uint8Array.of(13)) },
  { name: 'a line that ends with \\r\\n', fate: 'delivered', apply: (line) => `${line}\r`, isSame: true },
  { name: 'letters of other alphabets', fate: 'delivered', apply: (line) => insert(line, Buffer.from('봉수😀')) },
  ...Object.entries(UTF8).map(
    ([name, bytes]): Damage => ({
      name,
      fate: /not UTF-8/,
      isText: false,
      apply: (line) => insert(line, Uint8Array.from(bytes)),
    }),
  ),
  { name: 'JSON', fate: /expected 29 columns/, apply: () => '{"a":1}' },
  instead('', 'nothing'),
  {
    name: '__proto__ as an interface',
    fate: 'delivered',
    apply: (line) => cells(line, (all) => all.with(INTERFACE, `__proto__${all[INTERFACE]}`)),
  },
];

/** What has to become of the records of a damaged body: all arrive, those before the damage, or none; `told`: a reason. */
export interface BodyDamage {
  readonly name: string;
  readonly arrives: 'all' | 'some' | 'none';
  /** Undefined: nothing is said. */
  readonly told: RegExp | undefined;
  apply(body: Uint8Array): Uint8Array;
  /** Of such records only. */
  readonly format?: 'json';
}

const damage = (
  name: string,
  arrives: BodyDamage['arrives'],
  told: RegExp | undefined,
  apply: BodyDamage['apply'],
): BodyDamage => ({ name, arrives, told, apply });

const gzip = (bytes: Uint8Array): Uint8Array => gzipSync(bytes);
const changed = (bytes: Uint8Array, at: number): Uint8Array =>
  Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ 1 : byte));
const cutAt = (bytes: Uint8Array, share: number): Uint8Array => bytes.subarray(0, Math.floor(bytes.length * share));

/** A gzip header with every optional part. https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1 */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0x1c, 0, 0, 0, 0, 0, 3, 4, 0, 1, 2, 3, 4]);
const withHeader = (body: Uint8Array): Uint8Array =>
  Buffer.concat([HEADER, Buffer.from('name.log\0a comment\0'), deflateRawSync(body), gzip(body).subarray(-8)]);

export const BODY_DAMAGES: readonly BodyDamage[] = [
  damage('plain', 'all', undefined, (body) => body),
  damage('gzip', 'all', undefined, gzip),
  damage('gzip in gzip', 'all', undefined, (body) => gzip(gzip(body))),
  damage('gzip three times', 'none', /compressed more than 2 times/, (body) => gzip(gzip(gzip(body)))),
  damage('gzip of many members', 'all', undefined, (body) =>
    Buffer.concat(
      Array.from({ length: Math.ceil(body.length / 100) }, (_, i) => gzip(body.subarray(i * 100, i * 100 + 100))),
    ),
  ),
  damage('gzip with every part of a header', 'all', undefined, withHeader),
  damage('gzip with empty members', 'all', undefined, (body) =>
    Buffer.concat([gzip(Buffer.alloc(0)), gzip(body), gzip(Buffer.alloc(0))]),
  ),
  ...[0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99].map((share) =>
    damage(`gzip cut at ${share * 100} %`, 'some', /gzip/, (body) => cutAt(gzip(body), share)),
  ),
  damage('gzip without its last byte', 'all', /gzip/, (body) => gzip(body).subarray(0, -1)),
  damage('gzip without its checksum', 'all', /gzip/, (body) => gzip(body).subarray(0, -8)),
  damage('gzip with a wrong checksum', 'all', /gzip.*checksum/, (body) => changed(gzip(body), gzip(body).length - 8)),
  damage('gzip with a wrong length', 'all', /gzip.*length/, (body) => changed(gzip(body), gzip(body).length - 1)),
  damage('text behind the gzip', 'all', /bytes follow/, (body) => Buffer.concat([gzip(body), Buffer.from('garbage')])),
  damage('zeros behind the gzip', 'all', undefined, (body) => Buffer.concat([gzip(body), Buffer.alloc(512)])),
  damage('a broken second member', 'all', /gzip/, (body) => Buffer.concat([gzip(body), gzip(body).subarray(0, 12)])),
  damage('another method of compression', 'none', /./, (body) => changed(gzip(body), 2)),
  damage('a byte changed in the middle of the gzip', 'some', /./, (body) =>
    changed(gzip(body), gzip(body).length >> 1),
  ),
  damage('a BOM', 'all', undefined, (body) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body])),
  damage('a BOM, gzip', 'all', undefined, (body) => gzip(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]))),
  damage('\\r\\n at the ends of lines', 'all', undefined, (body) =>
    Buffer.from(Buffer.from(body).toString().replaceAll('\n', '\r\n')),
  ),
  damage('blank lines', 'all', undefined, (body) =>
    Buffer.from(Buffer.from(body).toString().replaceAll('\n', '\n\n\n')),
  ),
  damage('no newline at the end', 'all', undefined, (body) =>
    Buffer.from(Buffer.from(body).toString().replace(/\n$/, '')),
  ),
  damage('UTF-16', 'none', /./, (body) => Buffer.from(`\ufeff${Buffer.from(body)}`, 'utf16le')),
  damage('NUL bytes behind it', 'all', /./, (body) => Buffer.concat([body, Buffer.alloc(100)])),
  damage('cut in its first record', 'none', /./, (body) => cutAt(body, 0.3)),
  damage('cut in its last record', 'some', /./, (body) => cutAt(body, 0.9)),
  ...[
    '{}',
    'null',
    '0',
    '""',
    '"text"',
    '{"Records":null}',
    '{"Records":{}}',
    '{"Records":[null]}',
    '<html></html>',
  ].map((text) => damage(`${text} alone`, 'none', /./, () => Buffer.from(text))),
  ...['', '\n'].map((text) => damage(`${JSON.stringify(text)} alone`, 'none', undefined, () => Buffer.from(text))),
  ...[' ', '[]', ' [ ]\n'].map((text) => ({
    ...damage(`${JSON.stringify(text)} alone`, 'none', undefined, () => Buffer.from(text)),
    format: 'json' as const,
  })),
  damage('an empty gzip', 'none', undefined, () => gzip(Buffer.alloc(0))),
  damage('1 MB of zeros', 'none', /./, () => Buffer.alloc(1 << 20)),
  damage('PAR1 and nothing else', 'none', /Parquet/, () => Buffer.from('PAR1')),
  damage('PAR1 around garbage', 'none', /Parquet/, (body) =>
    Buffer.concat([Buffer.from('PAR1'), body, Buffer.from('PAR1')]),
  ),
];

/** Random damage: flipped bits, bytes that JSON minds, parts cut out, put in twice or swapped. */
export function* mutants(body: Uint8Array, count: number, seed: number): Generator<Uint8Array> {
  const { below, of } = seeded(seed);
  const edits: readonly ((bytes: Buffer) => Buffer)[] = [
    (bytes) => set(bytes, (byte) => byte ^ (1 << below(8))),
    (bytes) => set(bytes, () => below(256)),
    (bytes) => set(bytes, () => of([...SPECIAL])),
    (bytes) => bytes.subarray(0, 1 + below(bytes.length)),
    (bytes) => spliced(bytes, below(bytes.length), below(40)),
    (bytes) => spliced(bytes, below(bytes.length), -below(200)),
    (bytes) => spliced(bytes, below(bytes.length), 0, of(WORDS)),
  ];
  const set = (bytes: Buffer, change: (byte: number) => number): Buffer => {
    const at = below(bytes.length);
    bytes[at] = change(bytes[at]);
    return bytes;
  };
  for (let made = 0; made < count; made++) {
    let bytes: Buffer = Buffer.from(body);
    for (let edit = 0; edit <= below(3); edit++) if (bytes.length > 0) bytes = of(edits)(bytes);
    yield bytes;
  }
}

/** Leaves out `count` bytes, or says so many before again. */
const spliced = (bytes: Buffer, at: number, count: number, text = ''): Buffer =>
  Buffer.concat([bytes.subarray(0, at), Buffer.from(text), bytes.subarray(Math.max(0, at + count))]);

const SPECIAL = Buffer.from('{}[]":,\\\n\r\t 0-.eE\0');
const WORDS = [
  'null',
  '{}',
  '[]',
  '""',
  '1e999',
  '-0',
  '\\u0000',
  '\\ud800',
  '"__proto__":',
  '{"Records":[',
  '\n{',
  ']}',
];
