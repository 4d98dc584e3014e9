/** The end of a run over many shards: once, whole, and again if it was killed. */
import { describe, expect, test } from '@jest/globals';
import { keys, type Open, type Published } from '../../../../functions/asset-inventory/run/model.ts';
import { step, tick } from '../../../../functions/asset-inventory/run/steps.ts';
import { byText, lookupIn, NONE } from '../../../../shared/asset/lookup.ts';
import { TABLE_KEY } from '../../../../shared/asset/table.ts';
import { unzipped } from '../../../../shared/asset/zipped.ts';
import { random } from '../../../bench/flowlogs.data.ts';
import { estate } from './estate.ts';

const SIZE = { accounts: 4, regions: 3, assets: 5 };

const tableOf = async (objects: ReadonlyMap<string, Buffer>) => lookupIn(await unzipped(objects.get(TABLE_KEY)!));
const openIn = async ({ place }: ReturnType<typeof estate>) => (await place.read<Open>(keys.open))!.value;
const publishedIn = async ({ place }: ReturnType<typeof estate>) =>
  (await place.read<Published>(keys.published))?.value;

describe('the end of a run', () => {
  test.each([1, 2, 3])('is one message, in whatever order the units come (seed %i)', async (seed) => {
    const of = estate(SIZE);
    const next = random(seed);
    await of.begin();
    const first = await of.drain((length) => Math.floor(next() * length));
    expect(first.get('finish')?.messages).toBe(1);
    const run = await of.begin();
    const second = await of.drain((length) => Math.floor(next() * length));
    expect(second.get('finish')?.messages).toBe(1);
    expect(await openIn(of)).toMatchObject({ run, finished: true });
    expect((await tableOf(of.objects)).head.run).toBe(run);
  });

  test('returns at once when the run is finished, and does not read the manifest for a count', async () => {
    const of = estate(SIZE);
    const run = await of.begin();
    await of.drain();
    const before = of.calls();
    await step({ step: 'finish', run }, of.context);
    expect(of.calls() - before).toBe(1);

    const next = await of.begin();
    const read: string[] = [];
    const spied = {
      ...of.context,
      store: {
        ...of.place,
        read<T>(key: string) {
          read.push(key);
          return of.place.read<T>(key);
        },
      },
    };
    await step({ step: 'finish', run: next }, spied);
    expect(read.filter((key) => key.startsWith('manifests/'))).toEqual([]);
    expect((await openIn(of)).finished).toBeUndefined();
  });

  test('that is killed while it publishes leaves the old table whole, and is repeated', async () => {
    const of = estate(SIZE);
    const first = await of.begin();
    await of.drain();
    const table = of.objects.get(TABLE_KEY)!;
    const second = await of.begin();
    const { publish } = of.context;
    const killed = { ...of.context, publish: async () => Promise.reject(new Error('killed')) };
    Object.assign(of.context, killed);
    await expect(of.drain()).rejects.toThrow('killed');
    expect(of.objects.get(TABLE_KEY)!.equals(table)).toBe(true);
    expect((await openIn(of)).finished).toBeUndefined();
    expect(await publishedIn(of)).toMatchObject({ run: first });

    // the next tick finds the run complete and not ended
    Object.assign(of.context, { publish });
    of.queue.length = 0;
    await tick(of.context);
    expect(of.queue).toEqual([{ step: 'finish', run: second }]);
    await of.drain();
    expect(await openIn(of)).toMatchObject({ run: second, finished: true });
    expect((await tableOf(of.objects)).head.run).toBe(second);
  });

  test('whose message was lost is reached by the next watch', async () => {
    const of = estate(SIZE);
    const run = await of.begin();
    const rest = of.queue.splice(0);
    Object.assign(of.context.queue, { send: async () => {} });
    for (const message of rest) await (await step(message, of.context)).settle?.();
    for (let account = 0; account < SIZE.accounts; account++)
      for (let region = 0; region < SIZE.regions; region++) {
        const place = { account: String(100_000_000_000 + account), region: `region-${region}` };
        await (await step({ step: 'commit', run, ...place }, of.context)).settle?.();
      }
    expect((await openIn(of)).finished).toBeUndefined();
    await step({ step: 'watch', run }, of.context);
    expect(await openIn(of)).toMatchObject({ run, finished: true });
  });

  test('whose publish never came is made up for by the next run', async () => {
    const of = estate(SIZE);
    await of.begin();
    await of.drain();
    const { publish } = of.context;
    Object.assign(of.context, { publish: async () => Promise.reject(new Error('killed')) });
    const lost = await of.begin();
    await expect(of.drain()).rejects.toThrow('killed');
    of.queue.length = 0;
    Object.assign(of.context, { publish });
    const last = await of.begin();
    await of.drain();
    expect((await tableOf(of.objects)).head.run).toBe(last);
    expect(await publishedIn(of)).toMatchObject({ run: last });
    expect(lost < last).toBe(true);
  });

  test('is called for when the table is older than two runs', async () => {
    const of = estate(SIZE);
    await of.begin();
    await of.drain();
    Object.assign(of.context, { publish: async () => Promise.reject(new Error('killed')) });
    for (let run = 0; run < 3; run++) {
      await of.begin();
      await expect(of.drain()).rejects.toThrow('killed');
      of.queue.length = 0;
    }
    await tick(of.context);
    expect(of.lines).toEqual(['the look-up table is older than two runs']);
  });
});

test('a shard that did not change is not published again, nor are its rows', async () => {
  const of = estate({ accounts: 1, regions: 1, assets: 3 });
  await of.begin();
  await of.drain();
  const run = await of.begin();
  const rest = of.queue.splice(0);
  for (const message of rest) await step(message, of.context);
  const { committed } = await step({ step: 'commit', run, account: '100000000000', region: 'region-0' }, of.context);
  expect(committed).toMatchObject({ assets: [], changes: [], coverage: [] });
  expect(committed!.marker.coverage).toHaveLength(1);
});

test('the table of a run answers for all its shards', async () => {
  const of = estate(SIZE);
  await of.begin();
  await of.drain();
  const lookup = await tableOf(of.objects);
  const names = [...new Set([...of.objects.keys()].filter((key) => key.startsWith('assets/')))];
  expect(names).toHaveLength(12);
  const found: number[] = [];
  for (const key of names) {
    for (const { id } of (await of.place.lines<{ id: string }>(key))!) found.push(byText(lookup, id, lookup.head.at));
  }
  expect(found).toHaveLength(60);
  expect(found).not.toContain(NONE);
});
