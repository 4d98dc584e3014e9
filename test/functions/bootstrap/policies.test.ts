import { describe, expect, test } from '@jest/globals';
import type * as Ism_Common from '@opensearch-project/opensearch/api/_types/ism._common.js';
import {
  type Lifecycle,
  MANAGED,
  type Policy,
  policyItems,
  policyNames,
} from '../../../functions/bootstrap/policies.ts';
import { retentions } from '../../../functions/bootstrap/retention.ts';
import current from '../../../opensearch/policy/current.json' with { type: 'json' };
import late from '../../../opensearch/policy/late.json' with { type: 'json' };
import tiers from '../../../opensearch/policy/tiers.json' with { type: 'json' };
import { SOURCES, sourceNames } from '../../../shared/sources.ts';
import { faultsOf, matches } from '../../fake/ism.ts';

const all = 'hot=7d,warm=30d,cold=365d';
const WAYS: Readonly<Record<string, Lifecycle>> = {
  'warm and cold': { tiers: 'ultrawarm', retentions: retentions(all, policyNames) },
  'warm only': { tiers: 'ultrawarm', retentions: retentions('hot=7d,warm=30d', policyNames) },
  'hot nodes only': { tiers: 'hot', retentions: retentions('hot=7d,warm=90d', policyNames) },
  'hot nodes with fewer replicas': {
    tiers: 'hot',
    retentions: retentions('hot=7d,warm=90d', policyNames),
    oldReplicas: 0,
  },
  'one day': { tiers: 'hot', retentions: retentions('hot=1d', policyNames) },
  'a source of its own': {
    tiers: 'ultrawarm',
    retentions: retentions(`${all}; flowlogs: hot=2d,warm=9d; unrouted: hot=30d; waf: off`, policyNames),
  },
};

const policiesOf = (lifecycle: Lifecycle): ReadonlyMap<string, Policy> =>
  new Map(policyItems(lifecycle).map(({ name, body }) => [name.replace('bongsu-', ''), body as unknown as Policy]));

/** The policy of an index: that of the highest priority among those whose template matches. */
function policyFor(index: string, policies: ReadonlyMap<string, Policy>): [string, Policy] | undefined {
  const fitting = [...policies].flatMap(([name, policy]) =>
    policy.ism_template
      .filter(({ index_patterns }) => index_patterns.some((pattern) => matches(pattern, index)))
      .map(({ priority }) => ({ name, policy, priority })),
  );
  const [best] = fitting.toSorted((a, b) => b.priority - a.priority);
  return best && [best.name, best.policy];
}

/** The states of an index by its age in days, as ISM goes through them: `[day, state, actions]`. */
function life(
  policy: Policy,
  days: number,
): readonly (readonly [day: number, state: string, actions: readonly string[]])[] {
  const steps: [number, string, string[]][] = [];
  const enter = (day: number, name: string) => {
    const { actions } = policy.states.find((state) => state.name === name)!;
    steps.push([day, name, actions.map((action) => Object.keys(action).find((each) => each !== 'retry')!)]);
  };
  enter(0, policy.default_state);
  for (let day = 0; day <= days; day++) {
    for (;;) {
      const { transitions } = policy.states.find(({ name }) => name === steps.at(-1)![1])!;
      const next = transitions.find(
        ({ conditions }) => day >= Number.parseInt((conditions as { min_index_age: string }).min_index_age, 10),
      );
      if (next === undefined) break;
      enter(day, next.state_name);
    }
  }
  return steps;
}

describe.each(Object.entries(WAYS))('%s', (_, lifecycle) => {
  const policies = policiesOf(lifecycle);

  test('every policy has only what the documentation knows', () => {
    for (const policy of policies.values()) expect(faultsOf(policy)).toEqual([]);
  });

  test('an index that is dated ends by being deleted, after its last document is old enough, and nothing follows', () => {
    for (const [name, policy] of policies) {
      if (name === 'late' || name === 'current') continue;
      const { usual, of } = lifecycle.retentions;
      const { hot, warm, cold } = (of[name] ?? usual)!;
      const steps = life(policy, 2_000);
      const [day, , actions] = steps.at(-1)!;
      expect(actions).toEqual([cold === undefined ? 'delete' : 'cold_delete']);
      expect(day).toBe((cold ?? warm ?? hot) + MANAGED[name].days);
      expect(new Set(steps.map(([, state]) => state)).size).toBe(policy.states.length); // none is never reached
    }
  });

  test('an index goes from warm to cold only, and is changed in hot storage only', () => {
    for (const policy of policies.values()) {
      const actions = life(policy, 2_000).flatMap(([, , list]) => list);
      const at = (name: string) => actions.indexOf(name);
      if (at('warm_migration') < 0) expect(at('cold_migration')).toBe(-1);
      else expect(at('force_merge')).toBeLessThan(at('warm_migration'));
      if (at('cold_migration') >= 0) expect(at('cold_migration')).toBeGreaterThan(at('warm_migration'));
      expect(at('cold_delete') >= 0).toBe(at('cold_migration') >= 0);
      if (lifecycle.tiers === 'hot') expect(actions.join()).not.toMatch(/warm_|cold_/);
    }
  });

  test('an index takes documents until its day or month is over', () => {
    for (const [name, policy] of policies) {
      const closes = life(policy, 2_000).find(([, , actions]) => actions.length > 0);
      if (closes !== undefined) expect(closes[0]).toBeGreaterThan(MANAGED[name].days);
    }
  });

  test('late and current indices stay in hot storage, whatever else matches them', () => {
    for (const index of [
      'aws-flowlogs-late',
      'aws-findings-history-late',
      'aws-findings-current',
      'aws-assets-current',
    ]) {
      const [name, policy] = policyFor(index, policies)!;
      expect(['late', 'current']).toContain(name);
      expect(life(policy, 10_000).flatMap(([, , actions]) => actions)).toEqual([]);
    }
  });
});

test('an index of every source has a policy, and the one of its source', () => {
  const policies = policiesOf(WAYS['warm and cold']);
  for (const source of sourceNames) {
    const { name, copies, current } = SOURCES[source].index as { name: string; copies?: string; current?: string };
    for (const index of [
      `${name}-2026.11.24`,
      `${name}-2026.11`,
      `${name}-late`,
      ...(copies ? [`${copies}-2026.11`] : []),
      ...(current ? [current] : []),
    ]) {
      expect([index, policyFor(index, policies)?.[0]]).toEqual([index, expect.any(String)]);
    }
  }
  expect(policyFor('aws-unrouted-2026.11', policies)?.[0]).toBe('unrouted');
  expect(policyFor('aws-flowlogs-2026.11.24', policies)?.[0]).toBe('flowlogs');
});

/** Amazon's own actions, which the client's types do not know. */
type Action = Ism_Common.Action & {
  warm_migration?: object;
  cold_migration?: { timestamp_field: string };
  cold_delete?: object;
};

test("the states and the whole policies are what the client's types say", () => {
  const states: Record<string, { actions: Action[] }> = tiers;
  const whole: Ism_Common.Policy[] = [late, current];
  expect(Object.keys(states)).toContain('merged');
  expect(whole).toHaveLength(2);
});

test('a life in numbers', () => {
  const policies = policiesOf(WAYS['a source of its own']);
  expect(life(policies.get('flowlogs')!, 400)).toEqual([
    [0, 'hot', []],
    [2, 'merged', ['read_only', 'force_merge']],
    [3, 'warm', ['warm_migration']],
    [10, 'delete', ['delete']],
  ]);
  expect(life(policies.get('findings')!, 400)).toEqual([
    [0, 'hot', []],
    [32, 'merged', ['read_only', 'force_merge']],
    [38, 'warm', ['warm_migration']],
    [61, 'cold', ['cold_migration']],
    [396, 'delete_cold', ['cold_delete']],
  ]);
  expect(policies.has('waf')).toBe(false);
});

test('a source whose indices are of a month is treated like one', () => {
  const policies = policiesOf({ ...WAYS['hot nodes only'], monthly: ['flowlogs'] });
  expect(life(policies.get('flowlogs')!, 400).at(-1)).toEqual([121, 'delete', ['delete']]);
});

test('no policy is made where indices are left alone', () => {
  expect(policyItems({ tiers: 'hot', retentions: retentions('off', policyNames) })).toEqual([]);
});

test('cold storage without UltraWarm is refused with the name of the source', () => {
  expect(() => policyItems({ tiers: 'hot', retentions: retentions(`hot=7d; dns: ${all}`, policyNames) })).toThrow(
    'retention of dns: cold=365d needs UltraWarm',
  );
});

test.each([
  ['hot=7d,warm=7d', 'each larger than the one before'],
  ['warm=7d', 'off or ages such as'],
  ['hot=7', 'off or ages such as'],
  ['hot=7d; vaf: hot=1d', 'expected one of flowlogs, '],
])('%s is refused in words', (text, words) => {
  expect(() => retentions(text, policyNames)).toThrow(words);
});
