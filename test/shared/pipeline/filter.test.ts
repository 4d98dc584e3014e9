import { describe, expect, test } from '@jest/globals';
import type { Facts, SinkName } from '../../../shared/model.ts';
import { blank } from '../../../shared/pipeline/facts.ts';
import { admission, type Filter, isFilter, type Terms } from '../../../shared/pipeline/filter.ts';

const facts = (some: Partial<Facts>): Facts => ({ ...blank(), ...some });

/** Whether each sink gets it, and what was counted. */
function judged(filter: Filter, some: Partial<Facts>) {
  const counted: string[] = [];
  const admits = admission(filter, { add: (name, value, sink) => counted.push(`${name} ${value} ${sink}`) });
  const to = (['opensearch', 'splunk', 'archive'] as const).filter((sink) => admits(sink, facts(some)));
  return { to, counted };
}

const all: readonly SinkName[] = ['opensearch', 'splunk', 'archive'];

test('without a filter everything goes everywhere', () => {
  expect(judged({}, { severity: 'low', account: '123456789012' })).toEqual({ to: all, counted: [] });
});

describe('a term', () => {
  const known: Partial<Facts> = {
    severity: 'medium',
    product: 'Security Hub',
    account: '123456789012',
    region: 'eu-west-1',
    workflow: 'new',
    detected: true,
  };

  test.each<[Terms, boolean]>([
    [{ severity: 'informational' }, true],
    [{ severity: 'medium' }, true],
    [{ severity: 'high' }, false],
    [{ products: ['Prowler', 'security hub'] }, true],
    [{ products: ['Prowler'] }, false],
    [{ accounts: ['123456789012'] }, true],
    [{ accounts: ['210987654321'] }, false],
    [{ regions: ['eu-west-1'] }, true],
    [{ regions: ['eu-west-2'] }, false],
    [{ workflow: ['new', 'notified'] }, true],
    [{ workflow: ['resolved'] }, false],
    [{ detected: true }, true],
    [{ detected: false }, true],
    [{ severity: 'low', regions: ['eu-west-2'] }, false],
  ])('%j of Splunk: %p', (splunk, isAdmitted) => {
    const { to, counted } = judged({ splunk }, known);
    expect(to).toEqual(isAdmitted ? all : ['opensearch', 'archive']);
    expect(counted).toEqual(isAdmitted ? [] : ['HeldBack 1 splunk']);
  });

  test('holds back nothing that does not tell', () => {
    const splunk = {
      severity: 'high',
      products: ['x'],
      accounts: ['123456789012'],
      regions: ['eu-west-1'],
      workflow: ['new'],
    } as const;
    expect(judged({ splunk }, {}).to).toEqual(all);
  });

  test('holds back what no rule saw, where only that is wanted', () => {
    expect(judged({ splunk: { detected: true } }, { detected: false }).to).toEqual(['opensearch', 'archive']);
    expect(judged({ splunk: { detected: false } }, { detected: false }).to).toEqual(all);
  });

  test('of one destination is none of another', () => {
    const filter: Filter = { opensearch: { severity: 'critical' }, splunk: { severity: 'low' } };
    expect(judged(filter, { severity: 'medium' }).to).toEqual(['splunk', 'archive']);
  });

  test('in the mode that counts, everything is sent and what would be held back is counted', () => {
    const filter: Filter = { splunk: { severity: 'high', mode: 'count' } };
    expect(judged(filter, { severity: 'low' })).toEqual({ to: all, counted: ['WouldBeHeldBack 1 splunk'] });
    expect(judged(filter, { severity: 'high' })).toEqual({ to: all, counted: [] });
  });
});

describe('a copy', () => {
  test('goes to OpenSearch and the archive, also while a filter only counts', () => {
    for (const filter of [{}, { splunk: { severity: 'high', mode: 'count' } }] as const) {
      expect(judged(filter, { copy: true })).toEqual({ to: ['opensearch', 'archive'], counted: ['HeldBack 1 splunk'] });
    }
  });

  test('goes where the filter wants it', () => {
    expect(judged({ splunk: { copies: true }, opensearch: { copies: false } }, { copy: true }).to).toEqual([
      'splunk',
      'archive',
    ]);
  });
});

test.each([
  [{ splunk: { severity: 'medium', mode: 'count' }, opensearch: {} }, true],
  [{ splunk: { workflow: ['new', 'notified'], regions: ['us-gov-west-1'] } }, true],
  [{ archive: {} }, false],
  [{ splnk: {} }, false],
  [{ splunk: { sevrity: 'medium' } }, false],
  [{ splunk: { toString: 'x' } }, false],
  [{ splunk: { severity: 'HIGH' } }, false],
  [{ splunk: { accounts: [123456789012] } }, false],
  [{ splunk: { accounts: [] } }, false],
  [{ splunk: { accounts: '123456789012' } }, false],
  [{ splunk: { regions: ['Frankfurt'] } }, false],
  [{ splunk: { workflow: ['closed'] } }, false],
  [{ splunk: { detected: true } }, true],
  [{ splunk: { detected: 1 } }, false],
  [{ splunk: { copies: 'yes' } }, false],
  [{ splunk: { mode: 'dry' } }, false],
  [{ splunk: [] }, false],
  [[], false],
  ['medium', false],
])('%j is a filter: %p', (value, expected) => {
  expect(isFilter(value)).toBe(expected);
});
