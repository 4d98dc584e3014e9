import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findings } from '../../../functions/securityhub/records.ts';
import { DecodeError } from '../../../shared/errors.ts';

interface Read {
  readonly seq: number;
  readonly text: string;
  readonly type?: string | undefined;
}

/** Every record, and every refusal, with where it stood. */
async function read(input: string, cuts: readonly number[] = []): Promise<Read[]> {
  const bytes = Buffer.from(input);
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  async function* chunks() {
    let from = 0;
    for (const end of [...ends, bytes.length]) {
      yield bytes.subarray(from, end);
      from = end;
    }
  }
  const all: Read[] = [];
  for await (const page of findings(chunks())) {
    for (;;) {
      try {
        const record = page.next();
        if (record === undefined) break;
        const text = Buffer.from(record.bytes.subarray(record.start, record.end)).toString();
        all.push({ seq: page.seq, text, type: record.envelope?.type });
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        all.push({ seq: page.seq, text: `refused: ${error.message}: ${Buffer.from(error.raw ?? []).toString()}` });
      }
    }
  }
  return all;
}

const event = (findings: string) => `{"id":"e", "detail-type": "T","detail":{"x":[1],"findings": ${findings}}}`;

describe('an event', () => {
  test('gives each of its findings by its own bytes and number', async () => {
    expect(await read(event('[ {"a": 1.0},{"b":"]}"}\n, {} ]'))).toEqual([
      { seq: 1, text: '{"a": 1.0}', type: 'T' },
      { seq: 2, text: '{"b":"]}"}', type: 'T' },
      { seq: 3, text: '{}', type: 'T' },
    ]);
  });

  test('without findings is a record itself', async () => {
    const text = '{"id":"e","detail-type":"T","detail":{"findings":null}}';
    expect(await read(text)).toEqual([{ seq: 1, text, type: 'T' }]);
  });

  test('that can not be taken apart is refused whole, and what is behind it is read', async () => {
    const broken = event('[7]');
    expect(await read(`${broken}\n{"a":1}`)).toEqual([
      { seq: 1, text: `refused: one of detail.findings is not an object: ${broken}` },
      { seq: 2, text: '{"a":1}', type: undefined },
    ]);
  });
});

test('events and findings alone may follow each other, cut anywhere', async () => {
  const input = `${event('[{"a":"봉수"},{"b":2}]')}\n[{"c":3},${event('[{"d":4}]')}]{"Findings":[{"e":5}],"NextToken":"n"}`;
  const whole = await read(input);
  expect(whole.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  expect(whole.map(({ text }) => text)).toEqual(['{"a":"봉수"}', '{"b":2}', '{"c":3}', '{"d":4}', '{"e":5}']);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { maxLength: 12 }), async (cuts) => {
      expect(await read(input, cuts)).toEqual(whole);
    }),
  );
});

test('an event with more findings than AWS sends is refused', async () => {
  const many = (n: number) => event(`[${Array(n).fill('{}').join(',')}]`);
  async function* chunks() {
    yield Buffer.from(`${many(100)}\n${many(101)}\n${many(1)}\n`);
  }
  const counts = { found: 0, refused: [] as string[] };
  for await (const page of findings(chunks())) {
    for (;;) {
      try {
        if (page.next() === undefined) break;
        counts.found++;
      } catch (error) {
        counts.refused.push((error as DecodeError).message);
      }
    }
  }
  expect(counts).toEqual({ found: 101, refused: ['more than 100 findings in an event'] });
});
