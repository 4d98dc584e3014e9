/** The usage examples on the demo's incident, the time picker, and time zones with and without summer time. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { incidentDocuments } from '../../../detections/incident.ts';
import type { Site } from '../rig/site.ts';

const MINUTE = 60;
const epoch = (iso: string): number => Date.parse(iso) / 1000;

interface Call {
  readonly id: string;
  /** Seconds. */
  readonly at: number;
  readonly action: string;
}

/** CloudTrail's part of what the collectors write in a bulk request: a line that names index and id, and the document. */
function callsIn(bulk: string): Call[] {
  const lines = bulk.trimEnd().split('\n');
  const found: Call[] = [];
  for (let at = 0; at < lines.length; at += 2) {
    const { _index, _id } = JSON.parse(lines[at]).create as { _index: string; _id: string };
    if (!_index.startsWith('aws-cloudtrail-')) continue;
    const { '@timestamp': time, event } = JSON.parse(lines[at + 1]) as {
      '@timestamp': string;
      event: { action: string };
    };
    found.push({ id: _id, at: epoch(time), action: event.action });
  }
  return found;
}

export function examples({ search, index, splunkd, ask }: Site): void {
  describe('usage examples', () => {
    const now = Math.floor(Date.now() / 1000);
    let calls: readonly Call[];

    beforeAll(async () => {
      const documents = await incidentDocuments(new Date(now * 1000));
      // beside what other suites write into an index of one day
      const bulk = documents.map((each) => each.bulk.replace('"aws-cloudtrail-', '"aws-cloudtrail-demo-')).join('');
      calls = callsIn(bulk);
      const { items } = await ask<{ items: { create: { status: number } }[] }>('POST', '/_bulk?refresh=true', bulk);
      const refused = items.filter(({ create: { status } }) => status !== 201 && status !== 409); // 409: a repeat
      expect([refused, calls.length > 150]).toEqual([[], true]);
    });

    type Rows = { readonly rows: readonly Readonly<Record<string, unknown>>[] };
    const ids = ({ rows }: Rows) => rows.map((row) => row.doc_id as string).sort();
    const between = (from: number, to: number) =>
      calls
        .filter(({ at }) => at >= from && at < to)
        .map(({ id }) => id)
        .sort();
    const EXAMPLE = ['index=*cloudtrail*', 'query=*', 'size=10000'];

    test('with times given, whatever the time picker says', async () => {
      const before = Date.now() / 1000;
      const result = await search([...EXAMPLE, 'start_time=now-30m', 'end_time=now'], { earliest: 1, latest: 2 });
      const after = Date.now() / 1000;
      const found = ids(result);
      const certain = between(after - 30 * MINUTE, now);
      expect(certain.length).toBeGreaterThan(50);
      expect(found).toEqual(expect.arrayContaining(certain));
      expect(between(before - 30 * MINUTE, after)).toEqual(expect.arrayContaining(found));
      expect([result.type, result.warnings, result.errors, result.code]).toEqual(['events', [], [], 0]);
    });

    test('without times, by the time picker', async () => {
      const picker = { earliest: now - 50 * MINUTE, latest: now - 20 * MINUTE };
      const result = await search(EXAMPLE, picker);
      expect(ids(result)).toEqual(between(picker.earliest, picker.latest));
      expect(result.rows.length).toBeGreaterThan(50);
    });

    test('one time given, the other by the time picker', async () => {
      const [start, latest] = [now - 45 * MINUTE, now - 40 * MINUTE];
      const result = await search([...EXAMPLE, `start_time=${start}`], { earliest: 1, latest });
      expect(ids(result)).toEqual(between(start, latest));
    });

    test('all time is no limit', async () => {
      const all = calls.map(({ id }) => id).sort();
      for (const latest of [0, Number.POSITIVE_INFINITY])
        expect(ids(await search(EXAMPLE, { earliest: 0, latest }))).toEqual(all);
    });

    test('each row has the fields of an event, newest first', async () => {
      const { rows } = await search([...EXAMPLE, `start_time=${now - 61 * MINUTE}`]);
      const byId = new Map(calls.map((call) => [call.id, call]));
      const times = rows.map((row) => Number(row._time));
      expect(times).toEqual(times.toSorted((a, b) => b - a));
      for (const row of rows) {
        const { at, action } = byId.get(row.doc_id as string)!;
        const day = new Date(at * 1000).toISOString().slice(0, 10).replaceAll('-', '.');
        expect(row).toMatchObject({
          host: '127.0.0.1',
          source: `main/aws-cloudtrail-demo-${day}`,
          sourcetype: 'elasticsearch',
          index: `aws-cloudtrail-demo-${day}`,
          'event.action': action,
        });
        expect(Number(row._time)).toBe(at);
        expect(JSON.parse(row._raw as string)).toMatchObject({ event: { action } });
      }
    });
  });

  describe('time zones', () => {
    /** One document each half hour, named by its instant. */
    const hours = (from: string, to: string): string[] => {
      const all: string[] = [];
      for (let at = epoch(from); at < epoch(to); at += 30 * MINUTE) all.push(new Date(at * 1000).toISOString());
      return all;
    };
    const WINTER = hours('2026-03-07T00:00:00Z', '2026-03-10T00:00:00Z');
    const AUTUMN = hours('2026-10-31T00:00:00Z', '2026-11-03T00:00:00Z');

    beforeAll(() => index([...WINTER, ...AUTUMN].map((at) => ({ index: 'hours', source: { '@timestamp': at } }))));

    const found = async (start: string, end: string, timezone: string): Promise<string[]> => {
      const args = ['index=hours', `start_time=${start}`, `end_time=${end}`, 'sort=@timestamp:asc'];
      const { rows, errors } = await search(timezone ? [...args, `timezone=${timezone}`] : args);
      expect(errors).toEqual([]);
      return rows.map((row) => new Date(Number(row._time) * 1000).toISOString());
    };

    test('a day in Seoul is nine hours earlier, its start in and its end out', async () => {
      const day = ['2026-03-08', '2026-03-09'] as const;
      expect(await found(...day, 'Asia/Seoul')).toEqual(hours('2026-03-07T15:00:00Z', '2026-03-08T15:00:00Z'));
      expect(await found(...day, '+09:00')).toEqual(hours('2026-03-07T15:00:00Z', '2026-03-08T15:00:00Z'));
      expect(await found(...day, 'UTC')).toEqual(hours('2026-03-08T00:00:00Z', '2026-03-09T00:00:00Z'));
    });

    test('the day on which New York goes to summer time has 23 hours, the day back has 25', async () => {
      const spring = await found('2026-03-08', '2026-03-08||+1d', 'America/New_York');
      expect(spring).toEqual(hours('2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z'));
      expect(spring).toHaveLength(46);
      const autumn = await found('2026-11-01', '2026-11-01||+1d', 'America/New_York');
      expect(autumn).toEqual(hours('2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z'));
      expect(autumn).toHaveLength(50);
    });

    test("without timezone= the user's preference counts", async () => {
      splunkd().timeZone = 'Asia/Seoul';
      const day = await found('2026-03-08', '2026-03-08T12:00', '');
      splunkd().timeZone = '';
      expect(day).toEqual(hours('2026-03-07T15:00:00Z', '2026-03-08T03:00:00Z'));
    });

    test('counts by the day follow the calendar of the zone', async () => {
      const args = [
        'index=hours',
        'interval=1d',
        'timezone=America/New_York',
        'start_time=2026-03-08',
        'end_time=2026-03-10',
      ];
      const { rows, type } = await search(args, { command: 'elasticsearchcount' });
      expect(type).toBe('reporting');
      expect(rows).toEqual([
        { _time: String(epoch('2026-03-08T05:00:00Z')), count: '46' },
        { _time: String(epoch('2026-03-09T04:00:00Z')), count: '40' },
      ]);
    });
  });
}
