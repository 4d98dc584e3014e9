/**
 * Makes tomorrow's indices of sources that need more than one shard, by what they wrote in the days before. An index that is made
 * here has its template and policy like any other; without this step tomorrow's has the shards of the template.
 * In: the volumes that OpenSearch counts. Out: the indices that were made.
 */
import { DeliveryError } from '../../shared/errors.ts';
import type { Index, Log } from '../../shared/model.ts';
import { fitsMonth, shardsFor, type Volume } from '../../shared/sink/opensearch/shards.ts';
import { SOURCES, sourceNames } from '../../shared/sources.ts';
import type { Api } from './api.ts';

export interface Made {
  readonly index: string;
  readonly shards: number;
}

interface Tools {
  readonly now: Date;
  readonly log: Log;
}

const DAY_MS = 86_400_000;
const daysAfter = (date: Date, days: number): Date => new Date(date.getTime() + days * DAY_MS);

/** Days back whose periods count: a week has every weekday; a month counts with the one before it. */
const LOOKED_AT: Readonly<Record<Index['period'], readonly number[]>> = {
  day: [0, 1, 2, 3, 4, 5, 6, 7],
  month: [0, 31],
};

/** Throws DeliveryError where OpenSearch can't be asked, or does not take an index. */
export async function makeTomorrow(api: Api, { now, log }: Tools): Promise<readonly Made[]> {
  const [today, tomorrow] = [now, daysAfter(now, 1)].map(dateOf);
  const { number_of_data_nodes: nodes } = (await api({ method: 'GET', path: '/_cluster/health' })) as Health;
  const volumes = await volumesOf(api);
  const made: Made[] = [];
  for (const name of names) {
    for (const period of ['day', 'month'] as const) {
      const of = lastOf(volumes, { name, period, now });
      const index = `${name}-${inPeriod(tomorrow, period)}`;
      const isNew = inPeriod(today, period) !== inPeriod(tomorrow, period);
      if (!isNew || of.length === 0 || volumes.has(index)) continue;
      const { shards, isShort } = shardsFor(of, nodes);
      if (isShort) log.warn('too few data nodes: shards will be larger than advised', { index, shards, nodes });
      if (period === 'day' && of.length > 3 && fitsMonth(of)) log.info('a month fits into one shard', { index: name });
      if (shards > 1 && (await create(api, { index, shards }))) made.push({ index, shards });
    }
  }
  log.info('indices made for tomorrow', { made });
  return made;
}

interface Health {
  readonly number_of_data_nodes: number;
}

/** Findings and assets are few. */
const names = sourceNames.filter((name) => SOURCES[name].kind === 'log').map((name) => SOURCES[name].index.name);

/** `2026.11.24` */
const dateOf = (date: Date): string => date.toISOString().slice(0, 10).replaceAll('-', '.');
const inPeriod = (date: string, period: Index['period']): string => (period === 'day' ? date : date.slice(0, 7));

interface Stats {
  readonly indices?: Readonly<
    Record<string, { primaries: { store: { size_in_bytes: number }; docs: { count: number } } }>
  >;
}

async function volumesOf(api: Api): Promise<ReadonlyMap<string, Volume>> {
  const path = `/${names.map((name) => `${name}-*`).join(',')}/_stats/store,docs`;
  const { indices = {} } = ((await api({ method: 'GET', path })) ?? {}) as Stats;
  return new Map(
    Object.entries(indices).map(([index, { primaries }]) => [
      index,
      { bytes: primaries.store.size_in_bytes, documents: primaries.docs.count },
    ]),
  );
}

interface Place {
  readonly name: string;
  readonly period: Index['period'];
  readonly now: Date;
}

/**
 * The last periods that hold something; none of a source that has stopped. Today's is not over: it counts with what it has, so
 * that a sudden day is seen.
 */
function lastOf(volumes: ReadonlyMap<string, Volume>, { name, period, now }: Place): readonly Volume[] {
  const dates = new Set(LOOKED_AT[period].map((back) => inPeriod(dateOf(daysAfter(now, -back)), period)));
  return [...dates]
    .map((date) => volumes.get(`${name}-${date}`))
    .filter((volume): volume is Volume => volume !== undefined && volume.documents > 0);
}

/** Returns whether it was made: somebody may have been quicker. */
async function create(api: Api, { index, shards }: Made): Promise<boolean> {
  try {
    await api({ method: 'PUT', path: `/${index}`, body: { settings: { index: { number_of_shards: shards } } } });
    return true;
  } catch (error) {
    if (error instanceof DeliveryError && error.message.includes('resource_already_exists_exception')) return false;
    throw error;
  }
}
