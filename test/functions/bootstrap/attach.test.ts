import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Api } from '../../../functions/bootstrap/api.ts';
import { attaching } from '../../../functions/bootstrap/attach.ts';
import type { Change } from '../../../functions/bootstrap/item.ts';
import { type Lifecycle, policyItems, policyNames } from '../../../functions/bootstrap/policies.ts';
import { retentions } from '../../../functions/bootstrap/retention.ts';
import { bootstrap, putting } from '../../../functions/bootstrap/steps.ts';
import { type Ism, startIsm } from '../../fake/ism.ts';

const of = (text: string, tiers: Lifecycle['tiers'] = 'ultrawarm'): Lifecycle => ({
  tiers,
  retentions: retentions(text, policyNames),
});
const usual = of('hot=7d,warm=30d,cold=365d');
const due = (changes: readonly Change[]) => changes.filter(({ action }) => action !== 'none');

let ism: Ism;
beforeEach(() => {
  ism = startIsm();
});

function run(lifecycle: Lifecycle = usual, { plan = false, api = ism.api }: { plan?: boolean; api?: Api } = {}) {
  const items = policyItems(lifecycle);
  return bootstrap([putting('policies', items), attaching(items)], api, { plan });
}

test('policies are put once: a second run puts nothing, since each put would leave indices unmanaged', async () => {
  await run();
  expect([...ism.policies.keys()].length).toBe(policyNames.length + 2);
  ism.changes.length = 0;
  expect(due(await run())).toEqual([]);
  expect(ism.changes).toEqual([]);
});

test('a plan changes nothing', async () => {
  ism.indices.set('aws-flowlogs-2026.11.24', undefined);
  const changes = await run(usual, { plan: true });
  expect(changes).toContainEqual({ action: 'create', object: 'policy bongsu-flowlogs' });
  expect(changes).toContainEqual({
    action: 'create',
    object: 'index aws-flowlogs-2026.11.24',
    paths: ['bongsu-flowlogs'],
  });
  expect(ism.changes).toEqual([]);
});

describe('indices that exist', () => {
  test('get the policy that is theirs', async () => {
    for (const index of [
      'aws-flowlogs-2026.11.24',
      'aws-flowlogs-late',
      'aws-findings-current',
      'aws-findings-copies-2026.11',
      'app-1',
    ]) {
      ism.indices.set(index, undefined);
    }
    await run();
    expect([...ism.indices].map(([index, managed]) => [index, managed?.policy_id])).toEqual([
      ['aws-flowlogs-2026.11.24', 'bongsu-flowlogs'],
      ['aws-flowlogs-late', 'bongsu-late'],
      ['aws-findings-current', 'bongsu-current'],
      ['aws-findings-copies-2026.11', 'bongsu-findings'],
      ['app-1', undefined],
    ]);
  });

  test('are changed over to the new version of their policy, in the state that they are in', async () => {
    ism.indices.set('aws-flowlogs-2026.11.24', undefined);
    await run();
    ism.indices.get('aws-flowlogs-2026.11.24')!.state = { name: 'warm' };
    const changes = await run(of('hot=7d,warm=60d,cold=365d; waf: hot=7d,warm=30d,cold=365d'));
    expect(due(changes)).toContainEqual({
      action: 'update',
      object: 'index aws-flowlogs-2026.11.24',
      paths: ['bongsu-flowlogs → bongsu-flowlogs'],
    });
    const { policy_seq_no, state } = ism.indices.get('aws-flowlogs-2026.11.24')!;
    expect(policy_seq_no).toBe(ism.policies.get('bongsu-flowlogs')!.seq);
    expect(state).toEqual({ name: 'warm' });
    expect(due(changes).map(({ object }) => object)).not.toContain('policy bongsu-waf');
  });

  test("stay with a policy of somebody else's", async () => {
    const managed = { policy_id: 'mine', policy_seq_no: 5, state: { name: 'hot' } };
    ism.indices.set('aws-flowlogs-2026.11.24', managed);
    await run();
    expect(ism.indices.get('aws-flowlogs-2026.11.24')).toEqual(managed);
  });

  test('are left where they are, and named, when the new version does not have their state', async () => {
    ism.indices.set('aws-flowlogs-2026.11.24', undefined);
    await run();
    ism.indices.get('aws-flowlogs-2026.11.24')!.state = { name: 'cold' };
    expect(due(await run(of('hot=7d,warm=60d')))).toContainEqual({
      action: 'refused',
      object: 'index aws-flowlogs-2026.11.24',
      reason: 'it is in the state cold, which bongsu-flowlogs does not have',
    });
  });
});

test("a policy of the user's stays as it is", async () => {
  const policy = { default_state: 'a', states: [{ name: 'a', actions: [], transitions: [] }] };
  await ism.api({ method: 'PUT', path: '/_plugins/_ism/policies/mine', body: { policy } });
  await run();
  expect(ism.policies.get('mine')).toEqual({ policy, seq: 1 });
});

test('a policy that was changed by hand is named, with what differs, and put back', async () => {
  await run();
  const { policy, seq } = ism.policies.get('bongsu-dns')!;
  const query = { if_seq_no: String(seq), if_primary_term: '1' };
  const changed = {
    ...policy,
    states: policy.states.map((state, at) => (at > 0 ? state : { ...state, transitions: [] })),
  };
  await ism.api({ method: 'PUT', path: '/_plugins/_ism/policies/bongsu-dns', query, body: { policy: changed } });
  expect(due(await run())).toEqual([{ action: 'restore', object: 'policy bongsu-dns', paths: ['states'] }]);
  expect(due(await run())).toEqual([]);
});

test('a policy that is refused is named with the reason, and the others are put', async () => {
  const policy = {
    default_state: 'a',
    ism_template: [{ index_patterns: ['aws-waf-*'], priority: 120 }],
    states: [{ name: 'a', actions: [], transitions: [] }],
  };
  await ism.api({ method: 'PUT', path: '/_plugins/_ism/policies/mine', body: { policy } });
  const refused = due(await run()).filter(({ action }) => action === 'refused');
  expect(refused).toEqual([
    {
      action: 'refused',
      object: 'policy bongsu-waf',
      reason: expect.stringMatching(/matches existing policy mine, please use a different priority than 120/),
    },
  ]);
  expect(ism.policies.has('bongsu-dns')).toBe(true);
});

test('killed half-way, it ends right the next time', async () => {
  ism.indices.set('aws-flowlogs-2026.11.24', undefined);
  for (let left = 1; ; left++) {
    let requests = left;
    const api: Api = (call) => (requests-- > 0 ? ism.api(call) : Promise.reject(new Error('killed')));
    const changes = await run(usual, { api });
    if (changes.every(({ action }) => action !== 'refused')) break;
  }
  expect(due(await run())).toEqual([]);
  expect(ism.indices.get('aws-flowlogs-2026.11.24')?.policy_id).toBe('bongsu-flowlogs');
});
