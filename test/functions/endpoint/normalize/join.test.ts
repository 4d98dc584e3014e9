import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Normalized, normalizeAll } from '../../../../functions/endpoint/normalize/index.ts';
import { CAT, CONNECT, CURL, file, UNLINK } from './auditlines.ts';
import { faults, line } from './documents.ts';

const EVENTS = [CAT, CURL, CONNECT, UNLINK];
const all = (documents: readonly Record<string, unknown>[]) =>
  normalizeAll(documents.map((document) => ({ document, hint: {} })));
const at = (made: readonly Normalized[]) => made.map(({ document }) => document.event as { id: string });

/** Whether it has offsets or not: Fluent Bit sends none. */
const without = ({ log: _, ...document }: Record<string, unknown>) => document;

describe('events are joined', () => {
  const lines = file(EVENTS.flat());

  test.each([
    ['with offsets', lines],
    ['without', lines.map(without)],
  ])('the same under any order of the records, %s', (_, documents) => {
    const key = (made: readonly Normalized[]) => made.map(({ document }) => JSON.stringify(document)).sort();
    const inOrder = key(all(documents));
    expect(inOrder).toHaveLength(EVENTS.length);
    fc.assert(
      fc.property(fc.shuffledSubarray(documents, { minLength: documents.length }), (shuffled) => {
        expect(key(all(shuffled))).toEqual(inOrder);
      }),
    );
  });

  test('records between other lines; every item has its document', () => {
    const other = line('Nov 24 13:40:38 web-1 sshd[1]: Accepted password for bob from 203.0.113.7 port 1 ssh2');
    const [a, b] = [file(CURL), file(CONNECT, 9000)];
    const made = all([a[0], b[0], other, a[1], b[1], b[2], a[2], a[3], a[4], a[5]]);
    expect(made.map(({ sources }) => sources)).toEqual([[0, 3, 6, 7, 8, 9], [1, 4, 5], [2]]);
  });

  test('hosts and agents stay apart', () => {
    const two = file(CURL).map((document) => ({ ...document, host: { name: 'web-2' } }));
    expect(all([...file(CURL), ...two]).map(({ sources }) => sources.length)).toEqual([6, 6]);
  });

  test('a line that was sent twice counts once', () => {
    const made = all([...file(CURL), ...file(CURL)]);
    expect(made).toHaveLength(1);
    expect(made[0].sources).toHaveLength(12);
    expect(made[0].document).toEqual(all(file(CURL))[0].document);
  });
});

describe('records that straddle two batches', () => {
  const documents = file(CURL);

  test.each([1, 2, 3, 4, 5])(
    'after record %i: two documents share event.id, and each says that it is a part',
    (cut) => {
      const [first, second] = [all(documents.slice(0, cut)), all(documents.slice(cut))];
      expect([first.length, second.length]).toEqual([1, 1]);
      expect(at(first)[0].id).toBe(at(second)[0].id);
      for (const [{ document }] of [first, second]) {
        expect(document).toMatchObject({ auditd: { partial: true }, event: { dataset: 'auditd.log' } });
        expect(faults(document)).toEqual([]);
      }
      // the identity of a document is that of its first record: no other document has it
      expect([first[0].sources[0], second[0].sources[0]]).toEqual([0, 0]);
    },
  );

  test('the part with EXECVE alone is a start of a process with its arguments', () => {
    expect(all(documents.slice(1, 2))[0].document).toMatchObject({
      event: { action: 'executed', category: ['process'] },
      process: { args: ['curl', '-s', 'http://203.0.113.9/a b'] },
    });
  });

  test('a batch that is sent again makes the same documents', () => {
    expect(all(documents.slice(0, 3))).toEqual(all(documents.slice(0, 3)));
  });
});

test('an event with too many records becomes several documents of the same event', () => {
  const path = (i: number) => `type=PATH msg=audit(1795527638.123:4567): item=${i} name="/tmp/${i}" nametype=NORMAL`;
  const made = all(file(Array.from({ length: 600 }, (_, i) => path(i))));
  expect(made.map(({ sources }) => sources.length)).toEqual([256, 256, 88]);
  expect(new Set(at(made).map(({ id }) => id)).size).toBe(1);
});
