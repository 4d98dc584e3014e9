import { describe, expect, test } from '@jest/globals';
import { historyOf, NO_HISTORY, type Run } from '../../../shared/asset/history.ts';
import {
  AMBIGUOUS,
  assetIn,
  byText,
  isBounded,
  type Lookup,
  lookupIn,
  NONE,
  UNKNOWN,
} from '../../../shared/asset/lookup.ts';
import type { Asset } from '../../../shared/asset/model.ts';
import { historyIn, tableOf } from '../../../shared/asset/table.ts';
import { random } from '../../bench/flowlogs.data.ts';
import { asset, deleted, eni, run, told, vpc } from './world.ts';

const seconds = (time: string) => Date.parse(`2026-11-24T${time}Z`) / 1000;
const number = (ip: string) => ip.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
const at = (time: string) => `2026-11-24T${time}Z`;

const lookupOf = (...runs: readonly Run[]): Lookup => lookupIn(tableOf(historyOf(runs)));

/** `exact web-1`, `ambiguous a,b`: how an answer reads. */
function reads(lookup: Lookup, answer: number): string {
  if (answer === NONE) return 'none';
  const name = (id: number) => lookup.facts(id, lookup.lastVersion(id)).name;
  if (answer === AMBIGUOUS) return `ambiguous ${lookup.candidates.map(name).sort().join(',')}`;
  return `${isBounded(answer) ? 'bounded' : 'exact'} ${name(assetIn(answer))}`;
}

interface Where {
  readonly vpc?: string;
  readonly account?: string;
  readonly to?: string;
}

function who(lookup: Lookup, ip: string, time: string, { vpc, account, to = time }: Where = { vpc: 'vpc-1' }): string {
  const [network, owner] = [vpc, account].map((id) => (id === undefined ? UNKNOWN : lookup.numberOf(id)));
  const answer = ip.includes(':')
    ? lookup.byIpv6(ip, network, owner, seconds(time), seconds(to))
    : lookup.byIpv4(number(ip), network, owner, seconds(time), seconds(to));
  return reads(lookup, answer);
}

const named = (lookup: Lookup, name: string, time: string) => reads(lookup, byText(lookup, name, seconds(time)));

const A = eni('eni-0000000000000000a', '10.0.0.50', { name: 'A' });
const B = eni('eni-0000000000000000b', '10.0.0.50', { name: 'B' });
const MOVED = [
  run(at('01:00:00'), [A]),
  run(at('02:00:00'), [A]),
  run(at('03:00:00'), [deleted(A, at('03:00:00')), B]),
  run(at('04:00:00'), [deleted(A, at('03:00:00')), B]),
];

describe('an address that moves from one interface to another', () => {
  const lookup = lookupOf(...MOVED);

  test.each([
    ['00:30:00', 'bounded A'],
    ['01:00:00', 'exact A'],
    ['01:30:00', 'exact A'],
    ['01:59:00', 'exact A'],
    ['02:30:00', 'ambiguous A,B'],
    ['03:00:00', 'exact B'],
    ['03:30:00', 'exact B'],
    ['05:00:00', 'bounded B'],
  ])('at %s: %s', (time, expected) => {
    expect(who(lookup, '10.0.0.50', time)).toBe(expected);
  });

  test('a flow that crosses the change is ambiguous, one before or behind it is not', () => {
    const flow = (from: string, to: string) => who(lookup, '10.0.0.50', from, { vpc: 'vpc-1', to });
    expect(flow('01:55:00', '01:58:00')).toBe('exact A');
    expect(flow('01:58:00', '02:10:00')).toBe('ambiguous A,B');
    expect(flow('03:01:00', '03:02:00')).toBe('exact B');
  });

  test('the interface itself says who it is', () => {
    expect(named(lookup, A.nativeId, '01:30:00')).toBe('exact A');
    expect(named(lookup, B.nativeId, '03:30:00')).toBe('exact B');
  });

  test('what CloudTrail says makes it exact', () => {
    const [first, second, third, fourth] = MOVED;
    const changes = [told('deleted', A, at('02:20:00')), told('created', B, at('02:40:00'))];
    const exact = lookupOf(first, second, { ...third, changes }, fourth);
    expect(who(exact, '10.0.0.50', '02:19:59')).toBe('exact A');
    expect(who(exact, '10.0.0.50', '02:30:00')).toBe('none');
    expect(who(exact, '10.0.0.50', '02:40:00')).toBe('exact B');
  });

  test('where nobody is known to be gone, the newer holder says so', () => {
    const stale = { ...A, state: 'stale' as const };
    const unproven = lookupOf(run(at('01:00:00'), [A]), run(at('02:00:00'), [A]), run(at('03:00:00'), [stale, B]));
    expect(who(unproven, '10.0.0.50', '02:30:00')).toBe('ambiguous A,B');
    expect(who(unproven, '10.0.0.50', '03:10:00')).toBe('bounded B');
  });
});

test('a flow in one VPC never means an interface in another one with the same block', () => {
  const other = { vpc: 'vpc-2', private: ['10.0.0.50'], eni: ['eni-0000000000000000c'] };
  const C = eni('eni-0000000000000000c', '10.0.0.50', { name: 'C', net: other });
  const D = eni('eni-0000000000000000d', '10.0.0.77', { name: 'D', net: { vpc: 'vpc-2' } });
  const world = [A, C, D, vpc('vpc-1', '10.0.0.0/16'), vpc('vpc-2', '10.0.0.0/16'), vpc('vpc-3', '10.9.0.0/16')];
  const lookup = lookupOf(run(at('01:00:00'), world), run(at('02:00:00'), world));
  const from = (ip: string, where: Where) => who(lookup, ip, '01:30:00', where);
  expect(from('10.0.0.50', { vpc: 'vpc-1' })).toBe('exact A');
  expect(from('10.0.0.50', { vpc: 'vpc-2' })).toBe('exact C');
  expect(from('10.0.0.77', { vpc: 'vpc-1' })).toBe('none');
  expect(from('10.0.0.77', { vpc: 'vpc-3' })).toBe('bounded D');
  expect(from('10.0.0.50', { vpc: 'vpc-3' })).toBe('ambiguous A,C');
  expect(from('10.0.0.50', { account: '123456789012' })).toBe('ambiguous A,C');
  expect(from('10.0.0.77', {})).toBe('bounded D');
  expect(from('10.0.0.77', { vpc: 'vpc-9' })).toBe('none');
});

test('IPv6 addresses and delegated prefixes of both families are found', () => {
  const net = { v6: ['2001:db8::50'], prefixes: ['10.0.9.0/28', '2001:db8:0:1:5::/80'] };
  const own = eni('eni-0000000000000000a', '10.0.0.50', { name: 'A', net });
  const lookup = lookupOf(run(at('01:00:00'), [own]), run(at('02:00:00'), [own]));
  expect(who(lookup, '10.0.9.1', '01:30:00')).toBe('exact A');
  expect(who(lookup, '10.0.9.15', '01:30:00')).toBe('exact A');
  expect(who(lookup, '10.0.9.16', '01:30:00')).toBe('none');
  expect(who(lookup, '2001:db8::50', '01:30:00')).toBe('exact A');
  expect(who(lookup, '2001:db8::50', '01:30:00', {})).toBe('exact A');
  expect(who(lookup, '2001:db8::51', '01:30:00')).toBe('none');
  expect(who(lookup, '2001:db8:0:1:5::abcd', '01:30:00')).toBe('exact A');
  expect(who(lookup, '2001:db8:0:1:6::1', '01:30:00')).toBe('none');
});

describe('what is behind an interface', () => {
  const own = 'eni-0000000000000000a';
  const web = asset({
    type: 'AWS::EC2::Instance',
    nativeId: 'i-0000000000000000a',
    name: 'web',
    net: { eni: [own], private: ['10.0.0.50'], vpc: 'vpc-1' },
  });
  const attached = (to: string, time?: string): Asset =>
    eni(own, '10.0.0.50', {
      name: 'A',
      relationships: [{ type: 'attached_to', target: to }],
      security: time === undefined ? {} : { attachedAt: at(time) },
      net: { public: ['203.0.113.9'] },
    });

  test('is meant by its addresses, its id and its own', () => {
    const lookup = lookupOf(
      run(at('01:00:00'), [web, attached(web.nativeId)]),
      run(at('02:00:00'), [web, attached(web.nativeId)]),
    );
    for (const ip of ['10.0.0.50', '203.0.113.9']) expect(who(lookup, ip, '01:30:00')).toBe('exact web');
    expect(named(lookup, own, '01:30:00')).toBe('exact web');
    expect(named(lookup, 'i-0000000000000000a', '01:30:00')).toBe('exact web');
    expect(named(lookup, web.id, '01:30:00')).toBe('exact web');
  });

  test('is known from the second on at which it was attached', () => {
    const lookup = lookupOf(run(at('01:00:00'), [A]), run(at('02:00:00'), [web, attached(web.nativeId, '01:20:00')]));
    expect(who(lookup, '10.0.0.50', '00:59:00')).toBe('bounded A');
    expect(who(lookup, '10.0.0.50', '01:19:59')).toBe('bounded A');
    expect(who(lookup, '10.0.0.50', '01:20:00')).toBe('exact web');
  });

  test('has a public address only from the look on that first showed it', () => {
    const bare = { ...attached(web.nativeId, '00:20:00'), net: { ...A.net, private: ['10.0.0.50'] } };
    const former = eni('eni-0000000000000000c', '10.0.0.70', { name: 'C', net: { public: ['203.0.113.9'] } });
    const freed = { ...former, net: { ...former.net, public: [] } };
    const lookup = lookupOf(
      run(at('01:00:00'), [web, bare, former]),
      run(at('02:00:00'), [web, bare, former]),
      run(at('03:00:00'), [web, attached(web.nativeId, '00:20:00'), freed]),
      run(at('04:00:00'), [web, attached(web.nativeId, '00:20:00'), freed]),
    );
    expect(who(lookup, '10.0.0.50', '00:20:00')).toBe('exact web');
    expect(who(lookup, '203.0.113.9', '01:30:00', {})).toBe('exact C');
    expect(who(lookup, '203.0.113.9', '02:30:00', {})).toBe('ambiguous C,web');
    expect(who(lookup, '203.0.113.9', '03:30:00', {})).toBe('exact web');
  });

  test('that was detached and attached again between two looks is not certain in between', () => {
    const lookup = lookupOf(
      run(at('01:00:00'), [web, attached(web.nativeId, '00:20:00')]),
      run(at('02:00:00'), [web, attached(web.nativeId, '01:40:00')]),
    );
    expect(who(lookup, '10.0.0.50', '00:50:00')).toBe('exact web');
    expect(who(lookup, '10.0.0.50', '01:20:00')).toBe('bounded web');
    expect(who(lookup, '10.0.0.50', '01:40:00')).toBe('exact web');
  });

  test('is never certain of what is attached to nothing, nor of an interface whose instance was not seen', () => {
    const idle = { ...A, security: { status: 'available' } };
    const alone = lookupOf(run(at('01:00:00'), [idle]), run(at('02:00:00'), [idle]));
    expect(who(alone, '10.0.0.50', '01:30:00')).toBe('bounded A');
    const other = attached('i-0000000000000000f', '00:20:00');
    const lost = lookupOf(run(at('01:00:00'), [other]), run(at('02:00:00'), [other]));
    expect(who(lost, '10.0.0.50', '01:30:00')).toBe('bounded A');
  });

  test('is meant for life by the only interface of an instance, by another one for a time', () => {
    const single = lookupOf(run(at('01:00:00'), [web, attached(web.nativeId)]));
    expect(named(single, own, '23:00:00')).toBe('exact web');
    const two = { ...web, net: { ...web.net, eni: [own, 'eni-0000000000000000b'] } };
    const several = lookupOf(run(at('01:00:00'), [two, attached(web.nativeId)]));
    expect(named(several, own, '23:00:00')).toBe('bounded web');
  });

  test('is told by itself where interfaces could not be listed', () => {
    const lookup = lookupOf(run(at('01:00:00'), [web]), run(at('02:00:00'), [web]));
    expect(who(lookup, '10.0.0.50', '01:30:00')).toBe('exact web');
  });

  test('is meant by an elastic address that leads to it', () => {
    const eip = asset({
      type: 'AWS::EC2::EIP',
      nativeId: 'eipalloc-0000000000000000a',
      net: { public: ['203.0.113.7'], private: ['10.0.0.50'], eni: [own] },
    });
    const lookup = lookupOf(
      run(at('01:00:00'), [web, attached(web.nativeId), eip]),
      run(at('02:00:00'), [web, attached(web.nativeId), eip]),
    );
    expect(who(lookup, '203.0.113.7', '01:30:00', {})).toBe('exact web');
  });
});

test('an address that is given back is nobody’s any more, and what was seen whole did not have it before', () => {
  const two = eni('eni-0000000000000000a', '10.0.0.50', { name: 'A', net: { private: ['10.0.0.50', '10.0.0.60'] } });
  const lookup = lookupOf(
    run(at('01:00:00'), [A]),
    run(at('02:00:00'), [two]),
    run(at('03:00:00'), [A]),
    run(at('04:00:00'), [A]),
  );
  expect(who(lookup, '10.0.0.60', '00:50:00')).toBe('none');
  expect(who(lookup, '10.0.0.60', '01:30:00')).toBe('bounded A');
  expect(who(lookup, '10.0.0.60', '03:30:00')).toBe('none');
});

test('a scope that could not be seen ends nothing', () => {
  const stale = { ...A, state: 'stale' as const };
  const lookup = lookupOf(run(at('01:00:00'), [A]), run(at('02:00:00'), [stale], { denied: [A.type] }));
  expect(who(lookup, '10.0.0.50', '03:00:00')).toBe('bounded A');
});

test('a run that did not get to a scope proves nothing of it', () => {
  const lookup = lookupOf(run(at('01:00:00'), [A]), run(at('02:00:00'), [A], { missed: [A.type] }));
  expect(who(lookup, '10.0.0.50', '01:30:00')).toBe('bounded A');
});

test('an access key and a user’s id mean the user', () => {
  const user = asset({
    type: 'AWS::IAM::User',
    nativeId: 'AIDACKCEVSQ6C2EXAMPLE',
    name: 'ann',
    id: 'arn:aws:iam::123456789012:user/ann',
  });
  const key = asset({
    type: 'AWS::IAM::AccessKey',
    nativeId: 'AKIAIOSFODNN7EXAMPLE',
    relationships: [{ type: 'member_of', target: user.id }],
  });
  const lookup = lookupOf(run(at('01:00:00'), [user, key]));
  for (const name of ['AKIAIOSFODNN7EXAMPLE', 'AIDACKCEVSQ6C2EXAMPLE', user.id])
    expect(named(lookup, name, '01:30:00')).toBe('exact ann');
});

test('an owner is the one of the record’s own time', () => {
  const owned = (value: string) => ({ ...A, owner: { value, source: 'tag', rule: 'owner', confidence: 90 } });
  const lookup = lookupOf(run(at('01:00:00'), [owned('old')]), run(at('02:00:00'), [owned('new')]));
  const owner = (time: string) => {
    const asset = assetIn(
      lookup.byIpv4(number('10.0.0.50'), lookup.numberOf('vpc-1'), UNKNOWN, seconds(time), seconds(time)),
    );
    return lookup.facts(asset, lookup.versionAt(asset, seconds(time))).owner;
  };
  expect(owner('01:30:00')).toBe('old');
  expect(owner('02:30:00')).toBe('new');
});

describe('a table', () => {
  test('has the same bytes in whatever order runs and assets come', () => {
    const net = { v6: ['2001:db8::50'], prefixes: ['10.0.9.0/28'], public: ['203.0.113.9'] };
    const more = Array.from({ length: 40 }, (_, i) =>
      eni(`eni-00000000000001${String(i).padStart(3, '0')}`, `10.0.1.${i}`, i === 7 ? { net } : {}),
    );
    const world = MOVED.map((each, i) => ({
      ...each,
      assets: [...each.assets, ...more.slice(i * 5), vpc('vpc-1', '10.0.0.0/16')],
    }));
    const bytes = Buffer.from(tableOf(historyOf(world)));
    const next = random(7);
    const shuffled = <T>(list: readonly T[]) =>
      list
        .map((each) => [next(), each] as const)
        .sort((a, b) => a[0] - b[0])
        .map(([, each]) => each);
    for (let round = 0; round < 100; round++) {
      const again = shuffled(world).map((each) => ({ ...each, assets: shuffled(each.assets) }));
      expect(bytes.equals(tableOf(historyOf(again)))).toBe(true);
    }
  });

  test('that goes on from an earlier one is the one that is made anew', () => {
    let step = NO_HISTORY;
    for (const each of MOVED) step = historyIn(tableOf(historyOf([each], step)));
    expect(Buffer.from(tableOf(step)).equals(tableOf(historyOf(MOVED)))).toBe(true);
    expect(Buffer.from(tableOf(historyOf(MOVED, step))).equals(tableOf(step))).toBe(true);
  });

  test('forgets after 30 days what is gone', () => {
    const later = run('2026-12-25T00:00:00Z', [B]);
    const lookup = lookupOf(...MOVED, later);
    expect(named(lookup, A.nativeId, '01:30:00')).toBe('none');
    expect(who(lookup, '10.0.0.50', '01:30:00')).not.toContain('A');
  });

  test('is refused when a byte is another one, when it is cut off and when it is something else', () => {
    const bytes = tableOf(historyOf(MOVED));
    for (const place of [3, 9, 13, 17, 40, bytes.length - 1]) {
      const wrong = bytes.slice();
      wrong[place] ^= 4;
      expect(() => lookupIn(wrong)).toThrow(/table/);
    }
    expect(() => lookupIn(bytes.slice(0, -8))).toThrow(/damaged/);
    expect(() => lookupIn(new Uint8Array(4))).toThrow(/not a table/);
  });
});

test('an instance is the same asset with and without Systems Manager', () => {
  const id = 'i-0123456789abcdef0';
  const instance = asset({
    type: 'AWS::EC2::Instance',
    nativeId: id,
    name: 'web-1',
    net: { eni: ['eni-1'], private: ['10.0.0.5'], vpc: 'vpc-1' },
  });
  const inside = eni('eni-1', '10.0.0.5', { relationships: [{ type: 'attached_to', target: id }] });
  const view = asset({
    type: 'AWS::SSM::ManagedInstance',
    nativeId: id,
    name: 'ip-10-0-0-5',
    class: 'compute',
    net: { private: ['10.0.0.5'] },
    relationships: [{ type: 'attached_to', target: id }],
  });
  const answers = (...assets: readonly Asset[]) => {
    const lookup = lookupOf(run(at('10:00:00'), assets));
    return [id, instance.id, 'eni-1']
      .map((name) => named(lookup, name, '11:00:00'))
      .concat(who(lookup, '10.0.0.5', '11:00:00'));
  };
  const alone = answers(instance, inside);
  expect(alone.slice(0, 2)).toEqual(['exact web-1', 'exact web-1']);
  expect(alone[3]).toMatch(/ web-1$/);
  expect(answers(instance, inside, view)).toEqual(alone);
  expect(answers(view, inside, instance)).toEqual(alone);
});
