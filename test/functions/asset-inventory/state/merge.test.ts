import { describe, expect, test } from '@jest/globals';
import { classify } from '../../../../functions/asset-inventory/classify/classify.ts';
import { rulesIn } from '../../../../functions/asset-inventory/classify/owner.ts';
import rules from '../../../../functions/asset-inventory/classify/rules.json' with { type: 'json' };
import type { Declaration } from '../../../../functions/asset-inventory/discovery/declaration.ts';
import { nested } from '../../../../functions/asset-inventory/discovery/list.ts';
import type { Row } from '../../../../functions/asset-inventory/run/model.ts';
import { canonical, lineOf } from '../../../../functions/asset-inventory/state/canonical.ts';
import { type MergeInput, merge } from '../../../../functions/asset-inventory/state/merge.ts';
import { type Gap, type Seen, seenOf } from '../../../../functions/asset-inventory/state/record.ts';
import type { Asset, Coverage, Status } from '../../../../shared/asset/model.ts';

const ACCOUNT = '123456789012';
const TYPE = 'AWS::X::Y';
const declaration = { type: TYPE, class: 'network', scope: 'region' } as Declaration;
const at = { partition: 'aws', account: ACCOUNT, region: 'eu-west-1' };

const seen = (id: string, security: object = {}, more: { incarnation?: string; missed?: readonly Gap[] } = {}): Seen =>
  seenOf(
    declaration,
    { id, nativeId: id, security: { ...security }, incarnation: more.incarnation },
    at,
    more.missed ?? [],
  );

const rowOf = (status: Status): Row => ({
  scope: `${ACCOUNT}/eu-west-1/${TYPE}`,
  account: ACCOUNT,
  region: 'eu-west-1',
  type: TYPE,
  status,
  calls: 1,
  pages: 1,
  items: 1,
  retries: 0,
  throttles: 0,
  ms: 1,
});

interface State {
  readonly assets: readonly Asset[];
  readonly coverage: readonly Coverage[];
}

/** One run after another over one scope. */
function run(
  hour: number,
  before: State | undefined,
  all: readonly Seen[],
  status: Status = 'ok',
  more: Partial<MergeInput> = {},
) {
  const prior = before?.assets ?? [];
  return merge({
    run: `r${hour}`,
    at: new Date(Date.UTC(2026, 10, 24, hour)).toISOString(),
    account: ACCOUNT,
    region: 'eu-west-1',
    prior,
    seen: all,
    rows: [rowOf(status)],
    before: new Map((before?.coverage ?? []).map((row) => [row.scope, row])),
    accounts: new Map(),
    gone: new Set(),
    classify: (assets, statusOf) =>
      classify(assets, statusOf, {
        rules: rulesIn(rules),
        accounts: new Map(),
        before: new Map(prior.map((asset) => [asset.id, asset])),
      }),
    ...more,
  });
}

describe('two looks at the same asset', () => {
  test('in another order of rules and tags are the same', () => {
    const first = run(1, undefined, [seen('a', { rules: ['tcp/22 x', 'tcp/443 y'], nested: [{ b: 1, a: 2 }] })]);
    const second = run(2, first, [
      seen('a', { nested: [{ a: 2, b: 1 }], rules: ['tcp/443 y', 'tcp/22 x', 'tcp/22 x'] }),
    ]);
    expect(second.changes).toEqual([]);
    expect(second.assets.map(lineOf)).toEqual(first.assets.map(lineOf));
  });

  test('tell what was added, removed and set', () => {
    const first = run(1, undefined, [seen('a', { rules: ['x', 'y'], encrypted: false, gone: 1 })]);
    const { changes } = run(2, first, [seen('a', { rules: ['y', 'z'], encrypted: true })]);
    expect(changes).toEqual([
      expect.objectContaining({
        kind: 'changed',
        diff: [
          { path: 'security.encrypted', from: false, to: true },
          { path: 'security.gone', from: 1 },
          { path: 'security.rules', added: ['z'], removed: ['x'] },
        ],
      }),
    ]);
  });

  test('tell of fifty paths at most', () => {
    const many = (value: number) => Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`m${i}`, value]));
    const { changes } = run(2, run(1, undefined, [seen('a', many(1))]), [seen('a', many(2))]);
    expect(changes[0].diff).toHaveLength(50);
    expect(changes[0].truncated).toBe(true);
  });

  test('a new thing under an old id is a deletion and a creation', () => {
    const first = run(1, undefined, [seen('a', {}, { incarnation: 'AIDA1' })]);
    const { changes } = run(2, first, [seen('a', {}, { incarnation: 'AIDA2' })]);
    expect(changes.map(({ kind }) => kind).sort()).toEqual(['created', 'deleted']);
  });

  test('back and forth are four changes', () => {
    let state = run(1, undefined, [seen('a', { on: true })]);
    const ids = new Set<string>();
    for (let hour = 2; hour < 6; hour++) {
      state = run(hour, state, [seen('a', { on: hour % 2 === 1 })]);
      for (const { id } of state.changes) ids.add(id);
    }
    expect(ids.size).toBe(4);
  });
});

describe('a gap', () => {
  const missed: readonly Gap[] = [
    { action: 'x:GetPolicy', code: 'AccessDenied', status: 'denied', fills: ['security.policy'] },
  ];

  test('keeps what was known, and what closes it is a change only where it differs', () => {
    const first = run(1, undefined, [seen('a', { policy: 'p' })]);
    const blind = run(2, first, [seen('a', { policy: undefined }, { missed })]);
    expect(blind.changes).toEqual([]);
    expect(blind.assets[0]).toMatchObject({ security: { policy: 'p' }, gaps: ['x:GetPolicy AccessDenied'] });
    expect(run(3, blind, [seen('a', { policy: 'p' })]).changes).toEqual([]);
    expect(run(3, blind, [seen('a', { policy: 'q' })]).changes).toHaveLength(1);
  });

  test('that was there from the beginning is no value, and what closes it is no change', () => {
    const blind = run(1, undefined, [seen('a', { policy: false }, { missed })]);
    expect(blind.assets[0].security).toEqual({});
    expect(blind.assets[0].unknown).toEqual(['security.policy']);
    expect(run(2, blind, [seen('a', { policy: 'p' })]).changes).toEqual([]);
  });
});

describe('what a list does not name', () => {
  const two = [seen('a'), seen('b')];

  test.each(['denied', 'throttled', 'partial', 'truncated', 'timeout', 'error', 'not_run'] as const)(
    'is still there where the list was %s',
    (status) => {
      let state: State = run(1, undefined, two);
      for (let hour = 2; hour < 9; hour++) state = run(hour, state, [seen('a')], status);
      expect(state.assets.map(({ state: now }) => now)).toEqual(['active', 'stale']);
    },
  );

  test('is gone when AWS says so, at once', () => {
    const { changes, assets } = run(2, run(1, undefined, two), [seen('a')], 'ok', { gone: new Set(['b']) });
    expect(changes).toEqual([
      expect.objectContaining({ kind: 'deleted', asset: expect.objectContaining({ id: 'b' }) }),
    ]);
    expect(assets[1]).toMatchObject({ state: 'deleted', deletedAt: '2026-11-24T02:00:00.000Z' });
  });

  test('is gone at the end of the list that did not name it', () => {
    const rows = [{ ...rowOf('ok'), startedAt: '2026-11-24T02:07:00.000Z', endedAt: '2026-11-24T02:09:30.500Z' }];
    const { assets } = run(2, run(1, undefined, two), [seen('a')], 'ok', { gone: new Set(['b']), rows });
    expect(assets[1].deletedAt).toBe('2026-11-24T02:09:30.500Z');
  });

  test('comes back as what it was', () => {
    const deleted = run(2, run(1, undefined, two), [seen('a')], 'ok', { gone: new Set(['b']) });
    const { changes, assets } = run(3, deleted, two);
    expect(changes.map(({ kind }) => kind)).toEqual(['undeleted']);
    expect(assets[1]).toMatchObject({ state: 'active', firstSeen: '2026-11-24T01:00:00.000Z' });
    expect(assets[1].deletedAt).toBeUndefined();
  });

  test('of an account that was closed is deleted', () => {
    const { changes } = run(2, run(1, undefined, two), [], 'account_suspended');
    expect(changes.map(({ kind }) => kind)).toEqual(['deleted', 'deleted']);
  });

  test.each([
    [50, 50],
    [8, 8],
    [10, 6],
  ])('%i assets of which an empty or short answer leaves out %i, twice: none is deleted', (count, lost) => {
    const all = Array.from({ length: count }, (_, i) => seen(`n${i}`));
    let state: State = run(1, undefined, all);
    for (const hour of [2, 3]) {
      const next = run(hour, state, all.slice(lost));
      expect(next.changes).toEqual([expect.objectContaining({ kind: 'suspicious_drop', count: lost })]);
      expect(next.assets.filter((asset) => asset.state === 'deleted')).toEqual([]);
      state = next;
    }
    expect(run(4, state, all).changes).toEqual([]);
  });

  test('and is most of a small scope is deleted at once where AWS says for each that it is gone', () => {
    const all = Array.from({ length: 8 }, (_, i) => seen(`n${i}`));
    const gone = new Set(all.map(({ id }) => id));
    const { changes } = run(2, run(1, undefined, all), [], 'empty', { gone });
    expect(changes.map(({ kind }) => kind)).toEqual(Array.from({ length: 8 }, () => 'deleted'));
  });

  test.each([
    ['account not listed', 'account_left'],
    ['region not wanted', 'region_not_wanted'],
  ])('is deleted after 14 days where its scope is no longer planned: %s', (code, stateReason) => {
    const rows = [{ ...rowOf('not_run'), type: '*', scope: '*', code }];
    let state: State = run(0, undefined, two);
    const known = new Map(state.coverage.map((row) => [row.scope, row]));
    for (const day of [1, 7, 13]) {
      const next = run(24 * day, state, [], 'not_run', { rows, before: known });
      expect(next.changes).toEqual([]);
      expect(next.assets.map((asset) => asset.state)).toEqual(['stale', 'stale']);
      state = next;
    }
    const { changes, assets } = run(24 * 14, state, [], 'not_run', { rows, before: known });
    expect(changes.map(({ kind }) => kind)).toEqual(['deleted', 'deleted']);
    expect(assets[0]).toMatchObject({ state: 'deleted', stateReason });
  });

  test('and is a large part of its scope is believed after three more runs', () => {
    const all = Array.from({ length: 200 }, (_, i) => seen(`n${i}`));
    let state = run(1, undefined, all);
    const kinds: string[][] = [];
    for (let hour = 2; hour < 7; hour++) {
      state = run(hour, state, all.slice(60));
      kinds.push([...new Set(state.changes.map(({ kind }) => kind))]);
    }
    const doubt = ['suspicious_drop'];
    expect(kinds.map((each) => each.sort())).toEqual([doubt, doubt, doubt, ['deleted'], []]);
    expect(state.assets.filter(({ state: now }) => now === 'deleted')).toHaveLength(60);
  });

  test('is forgotten thirty days after', () => {
    const deleted = run(2, run(1, undefined, two), [seen('a')], 'ok', { gone: new Set(['b']) });
    expect(run(2 + 24 * 29, deleted, [seen('a')]).assets).toHaveLength(2);
    expect(run(2 + 24 * 31, deleted, [seen('a')]).assets).toHaveLength(1);
  });
});

test('the first look at a scope is a baseline, also after it was blind from the beginning', () => {
  const blind = run(1, undefined, [], 'denied');
  expect(blind.changes).toEqual([]);
  const first = run(2, blind, [seen('a')]);
  expect(first.changes).toEqual([expect.objectContaining({ kind: 'baseline', count: 1 })]);
  expect(run(3, first, [seen('a'), seen('b')]).changes.map(({ kind }) => kind)).toEqual(['created']);
});

test('a value is spelled in one way', () => {
  expect(canonical({ b: [3, 1, 3, undefined], a: new Date(0), c: [], d: {}, e: null, f: '', g: false })).toEqual({
    a: '1970-01-01T00:00:00.000Z',
    b: [1, 3],
    f: '',
    g: false,
  });
});

test('lists within lists are walked from any place, and no page of parents is asked for twice', async () => {
  const asked: (string | undefined)[] = [];
  const parents = async (page: string | undefined) => {
    asked.push(page);
    return page === undefined ? { records: ['a', 'b'], next: '2' } : { records: ['c'] };
  };
  const children = async (parent: string, next: string | undefined) =>
    next === undefined ? { records: [`${parent}1`], next: 'more' } : { records: [`${parent}2`] };
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await nested(cursor, parents, children);
    found.push(...page.records);
    cursor = page.next;
  } while (cursor !== undefined);
  expect(found).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2']);
  expect(asked).toEqual([undefined, '2']);
});
