/**
 * Inputs that are large, or large once unpacked, made while they are read. Good records stand before and behind what is wrong
 * with them, where there is a behind.
 */
import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import type { Kind } from './kinds.ts';

export interface Heavy {
  readonly name: string;
  /** Of such records only. Default: all. */
  readonly format?: Kind['format'];
  /** Of these kinds only. Default: all. */
  readonly kinds?: readonly string[];
  body(kind: Kind): Iterable<Uint8Array>;
  /** Marks that have to arrive once, and no others. */
  readonly arrives: readonly string[];
  /** A reason that has to be among the rejects'. Undefined: nothing is refused. */
  readonly told: RegExp | undefined;
  /** Bytes of the input that may be read at most. */
  readonly mostRead?: number;
}

/** Megabytes that a process may use at its peak, for any of them. A Lambda of ours has 512 at least. */
export const MOST_MEMORY = 400;
/** Milliseconds after which a child is taken for one that hangs. Never what a test is about. */
export const HANGS = 300_000;

const MB = 1e6;
export const BEFORE = 'mark1a';
export const BEHIND = 'mark1z';

function* repeated(chunk: Uint8Array, bytes: number): Generator<Uint8Array> {
  for (let made = 0; made < bytes; made += chunk.length) yield chunk.subarray(0, Math.min(chunk.length, bytes - made));
}

/** Good lines around what comes in pieces. */
const between = (inner: (kind: Kind) => Iterable<string | Uint8Array>) =>
  function* (kind: Kind): Generator<Uint8Array> {
    const [before, behind] = [BEFORE, BEHIND].map((mark) => kind.record(mark));
    yield Buffer.from(`${headerOf(kind)}${before}\n`);
    for (const piece of inner(kind)) yield Buffer.from(piece);
    yield Buffer.from(`\n${behind}\n`);
  };

/** What stands in front of the first record of a body of lines. */
function headerOf(kind: Kind): string {
  if (kind.format === 'json') return '';
  const [line] = Buffer.from(kind.framings[0].frame(['x']))
    .toString()
    .split('\n');
  return `${line}\n`;
}

const block = (text: string): Uint8Array => Buffer.from(text.repeat(Math.ceil(65_536 / text.length)));

/** Begins like a good record, and its last member, beside the mark, is a text that does not end. */
const opened = (kind: Kind): string => `${kind.record('mark1b').slice(0, -1)},"fuzz":"`;

/**
 * Gzip of so many bytes of one text, which repeats its blocks: ten thousand times the same kilobyte.
 * https://www.rfc-editor.org/rfc/rfc1951#section-3.2
 */
function* bomb(text: string, bytes: number, before: Uint8Array): Generator<Uint8Array> {
  const raw = (content: Uint8Array) => deflateRawSync(content, { finishFlush: constants.Z_FULL_FLUSH, level: 9 });
  const size = 1 << 20;
  const filling = raw(Buffer.from(text.repeat(Math.ceil(size / text.length))));
  yield Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
  yield raw(before);
  for (let made = 0; made < bytes; made += size) yield filling;
}

const bombOf = (text: string) =>
  function* (kind: Kind): Generator<Uint8Array> {
    yield* bomb(text, 10_000 * MB, Buffer.from(`${headerOf(kind)}${kind.record(BEFORE)}\n`));
  };

/** The latter where it may have been wrapped by Firehose: what is left of it is looked at once more, as a line. */
const LARGE = /record larger than|brackets, quotes or separators of the record do not fit/;
const SWELLS = /swells to more than \d+ times its size/;

export const HEAVY: readonly Heavy[] = [
  { name: 'a zip bomb: 10 GB of zeros from 10 MB', body: bombOf('\0'), arrives: [BEFORE], told: SWELLS, mostRead: MB },
  { name: 'a zip bomb: 10 GB of blank lines', body: bombOf('\n'), arrives: [BEFORE], told: SWELLS, mostRead: MB },
  { name: 'a zip bomb: 10 GB of brackets', body: bombOf('['), arrives: [BEFORE], told: SWELLS, mostRead: MB },
  {
    name: 'a zip bomb in gzip',
    body: (kind) => [gzipSync(Buffer.concat([...bombOf('\0')(kind)]))],
    arrives: [BEFORE],
    told: SWELLS,
    mostRead: MB,
  },
  {
    name: 'a line of 100 MB',
    body: between(() => repeated(block('x'), 100 * MB)),
    arrives: [BEFORE, BEHIND],
    told: /line too long|expected a JSON object/,
  },
  {
    name: 'a record of 100 MB',
    format: 'json',
    *body(kind) {
      yield* between(function* () {
        yield opened(kind);
        yield* repeated(block('x'), 100 * MB);
        yield '"}';
      })(kind);
    },
    arrives: [BEFORE, BEHIND],
    told: LARGE,
  },
  {
    name: 'a text of 100 MB that does not end',
    format: 'json',
    *body(kind) {
      yield* between(function* () {
        yield opened(kind);
        yield* repeated(block('x'), 100 * MB);
      })(kind);
    },
    arrives: [BEFORE, BEHIND],
    told: LARGE,
  },
  {
    name: '20 records of 8 MB',
    format: 'json',
    *body(kind) {
      yield* between(function* () {
        for (let i = 0; i < 20; i++) {
          yield `${i === 0 ? '' : '\n'}{"fuzz":"`;
          yield* repeated(block('\\"é'), 8 * MB - 1000);
          yield '"}';
        }
      })(kind);
    },
    arrives: [BEFORE, BEHIND],
    told: /./,
  },
  {
    name: 'brackets, 10,000,000 deep',
    format: 'json',
    body: between(function* (kind) {
      yield `${kind.record('mark1b').slice(0, -1)},"fuzz":`;
      yield* repeated(block('['), 10 * MB);
      yield* repeated(block(']'), 10 * MB);
      yield '}';
    }),
    arrives: [BEFORE, BEHIND],
    told: /record deeper than/,
  },
  {
    name: '1,000,000 tiny records',
    body: between(() => repeated(Buffer.from('{}\n'.repeat(20_000)), 3 * MB)),
    arrives: [BEFORE, BEHIND],
    told: /./,
  },
  {
    name: '100,000 keys in a record',
    format: 'json',
    body: between(function* (kind) {
      yield kind.record('mark1b').slice(0, -1);
      for (let i = 0; i < 100_000; i++) yield `,"key${i}":${i}`;
      yield '}';
    }),
    arrives: [BEFORE, 'mark1b', BEHIND],
    told: undefined,
  },
  {
    name: 'a key of 1 MB',
    format: 'json',
    body: between((kind) => [kind.record('mark1b').slice(0, -1), ',"', 'k'.repeat(MB), '":1}']),
    arrives: [BEFORE, 'mark1b', BEHIND],
    told: undefined,
  },
  {
    name: '400 records with other texts of 1 MB each',
    format: 'json',
    body: between(function* (kind) {
      for (let i = 0; i < 400; i++) {
        const long = `"${i}${'x'.repeat(MB)}"`;
        const record = kind.record('mark1b').replace(/"(eventName|action|query_name|rcode)":"[^"]*"/, `"$1":${long}`);
        yield `${i === 0 ? '' : '\n'}${record.replaceAll('mark1b', `other${i}`)}`;
      }
    }),
    kinds: ['cloudtrail', 'waf', 'dns'],
    arrives: [BEFORE, BEHIND],
    told: undefined,
  },
  {
    name: 'an event of 2,000,000 findings',
    body: between(function* () {
      yield '{"detail-type":"Security Hub Findings - Imported","id":"x","detail":{"findings":[{}';
      yield* repeated(Buffer.from(',{}'.repeat(20_000)), 6 * MB);
      yield ']}}';
    }),
    kinds: ['securityhub ASFF event'],
    arrives: [BEFORE, BEHIND],
    told: /more than 100 findings in an event/,
  },
  {
    name: 'header lines of 10,000 columns',
    format: 'columns',
    body: between(() => repeated(Buffer.from(`${'version action '.repeat(5000)}\n`), 30 * MB)),
    arrives: [BEFORE, BEHIND],
    told: /too many columns/,
  },
  {
    name: 'a header line with a name of 500 KB',
    format: 'columns',
    body: between(() => [`version action start ${'n'.repeat(500_000)}\n`]),
    arrives: [BEFORE, BEHIND],
    told: /the name of a column is longer/,
  },
];

export const heavyOf = (kind: Kind): readonly Heavy[] =>
  HEAVY.filter(({ format = kind.format, kinds = [kind.name] }) => format === kind.format && kinds.includes(kind.name));
