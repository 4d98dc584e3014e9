/** The table against the plainest way to say the same: every interval of a key, looked at one after the other. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keyOf } from '../../../shared/asset/claims.ts';
import { type History, type Interval, NEVER, NO_HISTORY } from '../../../shared/asset/history.ts';
import { AMBIGUOUS, assetIn, byText, isBounded, lookupIn, NONE, UNKNOWN } from '../../../shared/asset/lookup.ts';
import { historyIn, tableOf } from '../../../shared/asset/table.ts';

const ASSETS = ['a', 'b', 'c', 'd'];
const VPCS = ['vpc-1', 'vpc-2'];
const BASE = 0x0a000000;

const version = {
  from: 0,
  type: 'T',
  name: '',
  owner: '',
  environment: '',
  criticality: '',
  exposure: '',
  account: '1',
  vpc: '',
};

/** Times in order, some of them equal. */
const interval = fc
  .tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 1, max: 60 })))
  .map((times): Interval => {
    const [after, since, until, before] = times.toSorted((a, b) => a - b);
    return { after: after - 1, since, until, before: before === 60 ? NEVER : before + 1 };
  });
const row = fc.record({
  asset: fc.constantFrom(...ASSETS),
  vpc: fc.constantFrom(...VPCS, 'public'),
  host: fc.integer({ min: 0, max: 40 }),
  bits: fc.constantFrom(32, 28),
  isName: fc.boolean(),
  interval,
});
type Row = typeof row extends fc.Arbitrary<infer R> ? R : never;

const keyOfRow = ({ isName, vpc, host, bits }: Row): string => {
  if (isName) return keyOf('name', '', `i-${host}`);
  return keyOf(`ipv4/${bits}`, vpc, (BASE + host) & (-1 << (32 - bits)));
};

function historyWith(rows: readonly Row[]): History {
  const holders = new Map<string, Map<string, Interval[]>>();
  for (const each of rows) {
    const key = keyOfRow(each);
    const byAsset = holders.get(key) ?? new Map<string, Interval[]>();
    holders.set(key, byAsset.set(each.asset, [...(byAsset.get(each.asset) ?? []), each.interval]));
  }
  const assets = new Map(ASSETS.map((id) => [id, { versions: [version], goneAt: NEVER }]));
  return { ...NO_HISTORY, run: 'r', at: 1, holders, assets };
}

const possible = ({ after, before }: Interval, from: number, to: number) => after < to && from < before;
const certain = ({ since, until }: Interval, from: number, to: number) => since <= from && to <= until;

/** `exact a`, `bounded a`, `ambiguous a,b`, `none`. */
function answer(rows: readonly Row[], from: number, to: number): string {
  const of = (is: typeof possible) => [
    ...new Set(
      rows.filter(({ interval: each }) => possible(each, from, to) && is(each, from, to)).map(({ asset }) => asset),
    ),
  ];
  const [sure, maybe] = [of(certain), of(possible)];
  const meant = sure.length > 0 ? sure : maybe;
  if (meant.length > 1) return `ambiguous ${meant.sort().join()}`;
  return meant.length === 0 ? 'none' : `${sure.length > 0 ? 'exact' : 'bounded'} ${meant[0]}`;
}

/** In its VPC and then as a public one, of each the longer block first. */
function expected(rows: readonly Row[], host: number, vpc: string, from: number, to: number): string {
  for (const scope of [vpc, 'public']) {
    for (const bits of [32, 28]) {
      const mask = -1 << (32 - bits);
      const found = answer(
        rows.filter(
          (each) => !each.isName && each.vpc === scope && each.bits === bits && (each.host & mask) === (host & mask),
        ),
        from,
        to,
      );
      if (found !== 'none') return found;
    }
  }
  return 'none';
}

test('every answer is that of the plain way', () => {
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 60 }),
      fc.integer({ min: 0, max: 62 }),
      fc.integer({ min: 0, max: 9 }),
      (rows, from, length) => {
        const lookup = lookupIn(tableOf(historyWith(rows)));
        const to = from + length;
        const reads = (found: number): string => {
          if (found === NONE) return 'none';
          if (found === AMBIGUOUS)
            return `ambiguous ${lookup.candidates
              .map((each) => lookup.id(each))
              .sort()
              .join()}`;
          return `${isBounded(found) ? 'bounded' : 'exact'} ${lookup.id(assetIn(found))}`;
        };
        for (let host = 0; host <= 40; host++) {
          for (const vpc of VPCS) {
            const found = reads(lookup.byIpv4(BASE + host, lookup.numberOf(vpc), UNKNOWN, from, to));
            expect(found).toBe(expected(rows, host, vpc, from, to));
          }
          const names = rows.filter((each) => each.isName && each.host === host);
          expect(reads(byText(lookup, `i-${host}`, from))).toBe(answer(names, from, from));
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('a table says all that it was made of', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
      const bytes = tableOf(historyWith(rows));
      expect(Buffer.from(tableOf(historyIn(bytes))).equals(bytes)).toBe(true);
    }),
  );
});

test('whatever is changed in a table, it is refused', () => {
  const bytes = tableOf(
    historyWith([
      {
        asset: 'a',
        vpc: 'vpc-1',
        host: 1,
        bits: 32,
        isName: false,
        interval: { after: 0, since: 1, until: 2, before: 3 },
      },
    ]),
  );
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
      const wrong = bytes.slice();
      wrong[place] ^= change;
      expect(() => lookupIn(wrong)).toThrow(/table/);
    }),
  );
});
