import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { noGeo } from '../../shared/enrich/geo.ts';
import { DecodeError } from '../../shared/errors.ts';
import { cloudWatchLogsBodies } from '../../shared/input/cloudwatchlogs.ts';
import { unpacked } from '../../shared/input/unpacked.ts';
import { blank } from '../../shared/pipeline/facts.ts';
import { Text } from '../../shared/text/text.ts';
import { mutants } from './corpus.ts';
import { direct } from './direct.ts';
import { HEAVY, heavyOf } from './heavy.ts';
import { damagedBodies, damagedRecords, heavy, mutated, type Verdict } from './judge.ts';
import { FILES, KINDS, type Kind, kindNamed, MARKS } from './kinds.ts';
import { type Stage, stage } from './run.ts';

let at: Stage;
beforeAll(async () => {
  at = await stage();
});
afterAll(() => at.stop());

const faults = (verdicts: readonly Verdict[]): string[] =>
  verdicts.flatMap(({ input, faults }) => faults.map((fault) => `${input}: ${fault}`));

const cases = KINDS.flatMap((kind) =>
  kind.framings.map((framing) => ({ name: `${kind.name}, ${framing.name}`, kind, framing })),
);

describe.each(cases)('$name', ({ kind, framing }) => {
  test('a damaged record takes no neighbour along, and what is wrong with it is told', async () => {
    expect(faults(await damagedRecords(at, kind, framing))).toEqual([]);
  });

  test('of a damaged body arrives what can, and what is wrong with it is told', async () => {
    expect(faults(await damagedBodies(at, kind, framing))).toEqual([]);
  });
});

const SEED = 6;
const MUTANTS = 2000; // of a source
const bodyOf = (kind: Kind): Uint8Array => kind.framings[0].frame(MARKS.map((mark) => kind.record(mark)));
const shareOf = ({ source }: Kind): number =>
  Math.ceil(MUTANTS / KINDS.filter((kind) => kind.source === source).length);

describe('random damage breaks nothing but what it hits', () => {
  test.each(KINDS)('$name', async (kind) => {
    expect((await mutated(kind, bodyOf(kind), shareOf(kind), SEED)).faults).toEqual([]);
  });

  test.each(FILES)('$name', async ({ kind, body }) => {
    expect((await mutated(kindNamed(kind), body, 300, SEED)).faults).toEqual([]);
  });
});

test('random damage to an event of CloudWatch Logs breaks no other event', async () => {
  const waf = kindNamed('waf');
  const payload = waf.framings[2].frame(MARKS.map((mark) => waf.record(mark)));
  const zipped = [...mutants(payload, 300, SEED)].map((bytes) => gzipSync(bytes));
  const good = gzipSync(waf.framings[2].frame([waf.record('mark1n')]));
  const events = [...zipped, ...mutants(gzipSync(payload), 300, SEED), good];
  const items = events.map((bytes) => {
    const data = Buffer.from(bytes).toString('base64');
    return () => cloudWatchLogsBodies({ awslogs: { data } });
  });
  const { documents, breaches, errors, rejects } = await direct(waf, items);
  expect([...breaches, ...errors]).toEqual([]);
  expect(documents.mark1n).toBe(1);
  expect(rejects['the event holds no messages of CloudWatch Logs']).toBeGreaterThan(0);
});

/** Documents of a body that comes in these chunks, and why others were refused. */
async function read({ source: make }: Kind, chunks: readonly Uint8Array[]): Promise<string[]> {
  const source = make({ geo: noGeo, route: ['opensearch'] });
  async function* all() {
    yield* chunks;
  }
  const found: string[] = [];
  for await (const page of source.decode(unpacked(all(), { uri: 's3://logs/x@0', maxBytes: 1 << 30 }))) {
    for (;;) {
      const doc = new Text(1024);
      try {
        const record = page.next();
        if (record === undefined) break;
        source.write(record, { uri: 's3://logs/x@0', seq: page.seq }, doc, blank());
        found.push(`${page.seq} ${Buffer.from(doc.slice())}`);
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        found.push(`${page.seq} ${error.message}`);
      }
    }
  }
  return found;
}

describe('bytes cut anywhere give the same documents and the same refusals', () => {
  test.each(cases)('$name', async ({ kind, framing }) => {
    const damaged = kind.record('mark1b').slice(0, 100);
    const body = framing.frame([kind.record('mark1a'), damaged, kind.record('mark1z'), 'x', kind.record('mark1c')]);
    const whole = await read(kind, [body]);
    expect(whole.filter((line) => /mark1[acz]/.test(line))).toHaveLength(3);
    const single = Array.from(body, (_, i) => body.slice(i, i + 1));
    expect(await read(kind, single)).toEqual(whole);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(body.length), { maxLength: 12 }), async (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), body.length];
        const chunks = places.slice(1).map((to, i) => body.slice(places[i], to));
        expect(await read(kind, chunks)).toEqual(whole);
      }),
      { numRuns: 20, seed: SEED },
    );
  });
});

describe('what is large', () => {
  // each input with one kind; `npm run fuzz` has each with all
  const chosen = HEAVY.map((input, i) => {
    const kinds = KINDS.filter((kind) => heavyOf(kind).includes(input));
    return { input, kind: kinds[i % kinds.length] };
  });
  test.each(chosen)('$input.name: $kind.name', async ({ kind, input }) => {
    expect((await heavy(kind, input)).faults).toEqual([]);
  });
});
