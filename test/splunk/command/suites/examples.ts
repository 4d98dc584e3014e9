/** The usage examples, the time picker, and time zones with and without summer time. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Site } from '../rig/site.ts';

const MINUTE = 60;
const epoch = (iso: string): number => Date.parse(iso) / 1000;

export function examples({ search, index, splunkd }: Site): void {
  describe('usage examples', () => {
    const now = Math.floor(Date.now() / 1000);
    const ages = [1, 10, 29, 31, 45, 90]; // minutes

    beforeAll(() =>
      index(
        ages.map((age) => ({
          index: 'aws-cloudtrail-example',
          source: { '@timestamp': new Date((now - age * MINUTE) * 1000).toISOString(), event: { action: `age${age}` } },
        })),
      ),
    );

    const actions = ({ rows }: { rows: readonly Readonly<Record<string, unknown>>[] }) =>
      rows.map((row) => row['event.action']);
    const EXAMPLE = ['index=aws-cloudtrail-ex*', 'query=*', 'size=10000'];

    test('with times given, whatever the time picker says', async () => {
      const result = await search([...EXAMPLE, 'start_time=now-30m', 'end_time=now'], { earliest: 1, latest: 2 });
      expect(actions(result)).toEqual(['age1', 'age10', 'age29']);
      expect([result.type, result.warnings, result.errors, result.code]).toEqual(['events', [], [], 0]);
    });

    test('without times, by the time picker', async () => {
      const picker = { earliest: now - 60 * MINUTE, latest: now - 20 * MINUTE };
      expect(actions(await search(EXAMPLE, picker))).toEqual(['age29', 'age31', 'age45']);
    });

    test('one time given, the other by the time picker', async () => {
      const result = await search([...EXAMPLE, 'start_time=-50m'], { earliest: 1, latest: now - 40 * MINUTE });
      expect(actions(result)).toEqual(['age45']);
    });

    test('all time is no limit', async () => {
      for (const latest of [0, Number.POSITIVE_INFINITY])
        expect((await search(EXAMPLE, { earliest: 0, latest })).rows).toHaveLength(ages.length);
    });

    test('each row has the fields of an event, newest first', async () => {
      const { rows } = await search([...EXAMPLE, 'start_time=-30m']);
      expect(rows[0]).toMatchObject({
        _time: String(now - MINUTE),
        host: '127.0.0.1',
        source: 'main/aws-cloudtrail-example',
        sourcetype: 'elasticsearch',
        index: 'aws-cloudtrail-example',
        'event.action': 'age1',
      });
      expect(JSON.parse(rows[0]._raw as string)).toMatchObject({ event: { action: 'age1' } });
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
