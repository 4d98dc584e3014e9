/**
 * What an estate needs: documents, bytes per tier, shards, nodes, cost a month. In: what AWS delivers of each source a day, and
 * how long each tier keeps it. The formulas stand in docs/explanation/sizing.md, measured figures and prices in JSON beside this.
 * https://docs.aws.amazon.com/opensearch-service/latest/developerguide/bp-storage.html
 */
import { readFileSync } from 'node:fs';
import { fitsMonth, shardsFor } from '../../shared/sink/opensearch/shards.ts';
import { type Domain, domainFor } from './nodes.ts';

const read = <T>(file: string): T => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));

/** Of one source, by `npm run bench -- index` and `npm run bench`. */
export interface Measured {
  /** Of a record as AWS delivers it, unzipped. */
  readonly recordBytes: number;
  /** Of a document on disk, after a force-merge: on an engine with derived source, and on an older one. */
  readonly bytes: number;
  readonly storedBytes: number;
  /** The same with countries, networks and assets. */
  readonly joinedBytes: number;
  readonly joinedStoredBytes: number;
  /** CPU time of OpenSearch for one document, replicas not counted. */
  readonly indexMicroseconds: number;
  /** CPU time of the Lambda for 10^9 bytes delivered, all enrichment on. */
  readonly lambdaSecondsPerGb: number;
}

export const MEASURED = read<{ readonly date: string; readonly how: string; sources: Record<string, Measured> }>(
  'measured.json',
);
export const PRICES = read<Prices>('prices.json');

export interface Prices {
  readonly date: string;
  readonly region: string;
  readonly source: string;
  readonly dollarsPerHour: Readonly<Record<string, number>>;
  readonly gp3PerGbMonth: number;
  readonly managedStoragePerGbMonth: number;
  readonly lambdaArmPerGbSecond: number;
}

export interface Estate {
  /** Bytes that AWS delivers a day, unzipped, by source. */
  readonly delivered: Readonly<Record<string, number>>;
  /** The age in days at which data leaves a tier; a tier that keeps nothing has the age of the one before. */
  readonly retention: { readonly hot: number; readonly warm: number; readonly cold: number };
  readonly replicas: number;
  readonly isJoined: boolean;
  /** An engine before 3.1, which has no derived source. */
  readonly isOld: boolean;
}

export interface SourceSize {
  readonly source: string;
  readonly documents: number;
  /** A day, replicas not counted. */
  readonly bytes: number;
  readonly shards: number;
  readonly period: 'day' | 'month';
}

export interface Estimate {
  readonly sources: readonly SourceSize[];
  /** On disk, replicas of hot data counted. */
  readonly tiers: { readonly hot: number; readonly warm: number; readonly cold: number };
  readonly domain: Domain;
  /** Dollars a month. */
  readonly cost: Readonly<Record<CostName, number>>;
}

type CostName =
  | 'data nodes'
  | 'hot storage'
  | 'master nodes'
  | 'warm nodes'
  | 'warm storage'
  | 'cold storage'
  | 'lambda';

const HOURS = 730; // a month, as AWS counts
const DAYS = 30.4;
const GB = 1e9;
const LAMBDA_GB = 1769 / 1024; // one vCPU: scripts/deploy/functions.ts

export function estimate(estate: Estate): Estimate {
  const { delivered, retention, replicas } = estate;
  const daily = Object.entries(delivered).map(([source, bytes]) => dayOf(source, bytes, estate));
  const bytesADay = sum(daily.map(({ bytes }) => bytes));
  const { hot, warm, cold } = retention;
  const tiers = {
    hot: bytesADay * hot * (1 + replicas),
    warm: bytesADay * (warm - hot),
    cold: bytesADay * (cold - warm),
  };
  const cpuSecondsADay = sum(daily.map(({ source, documents }) => (documents * of(source).indexMicroseconds) / 1e6));
  const domain = domainFor(
    { tiers, cpuSecondsADay: cpuSecondsADay * (1 + replicas), shards: (nodes) => hotShards(daily, estate, nodes) },
    PRICES.dollarsPerHour,
  );
  const sources = daily.map((day) => ({ ...day, ...sharded(day, domain.data.count) }));
  return { sources, tiers, domain, cost: costOf(tiers, domain, delivered) };
}

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);

const of = (source: string): Measured => MEASURED.sources[source];

interface Day {
  readonly source: string;
  readonly documents: number;
  readonly bytes: number;
}

function dayOf(source: string, delivered: number, { isJoined, isOld }: Estate): Day {
  const measured = of(source);
  const documents = delivered / measured.recordBytes;
  const [now, old] = isJoined
    ? [measured.joinedBytes, measured.joinedStoredBytes]
    : [measured.bytes, measured.storedBytes];
  return { source, documents, bytes: documents * (isOld ? old : now) };
}

function sharded(day: Day, dataNodes: number): Pick<SourceSize, 'shards' | 'period'> {
  return fitsMonth([day])
    ? { shards: 1, period: 'month' }
    : { shards: shardsFor([day], dataNodes).shards, period: 'day' };
}

/** Of all indices in hot storage, replicas counted. */
function hotShards(daily: readonly Day[], { retention, replicas }: Estate, dataNodes: number): number {
  const ofSource = (day: Day) => {
    const { shards, period } = sharded(day, dataNodes);
    return shards * (period === 'day' ? retention.hot : Math.ceil(retention.hot / DAYS) + 1);
  };
  return sum(daily.map(ofSource)) * (1 + replicas);
}

function costOf(tiers: Estimate['tiers'], domain: Domain, delivered: Estate['delivered']): Estimate['cost'] {
  const { dollarsPerHour: hour, gp3PerGbMonth, managedStoragePerGbMonth, lambdaArmPerGbSecond } = PRICES;
  const nodes = ({ type, count }: Domain['data']) => count * (hour[type] ?? 0) * HOURS;
  const seconds = sum(Object.entries(delivered).map(([source, bytes]) => (bytes / GB) * of(source).lambdaSecondsPerGb));
  return {
    'data nodes': nodes(domain.data),
    'hot storage': ((domain.data.count * domain.volumeGib * 2 ** 30) / GB) * gp3PerGbMonth,
    'master nodes': nodes(domain.masters),
    'warm nodes': nodes(domain.warm),
    'warm storage': (tiers.warm / GB) * managedStoragePerGbMonth,
    'cold storage': (tiers.cold / GB) * managedStoragePerGbMonth,
    lambda: seconds * DAYS * LAMBDA_GB * lambdaArmPerGbSecond,
  };
}
