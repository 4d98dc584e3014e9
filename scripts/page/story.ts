/** One incident from end to end, by searches alone: a GuardDuty finding, API calls, flows, the asset and its owner. */
import type { Answer, Search } from './answers.ts';
import { valuesAt } from './text.ts';

type Document = Readonly<Record<string, unknown>>;

export interface Call {
  readonly first: string;
  readonly who: string;
  readonly action: string;
  readonly from: string;
  readonly outcome: string;
  readonly count: number;
}

export interface Peer {
  readonly ip: string;
  readonly ports: readonly string[];
  readonly flows: number;
  readonly bytes: number;
}

export interface Story {
  readonly finding: Document;
  /** By the finding's user, or from its address, around its time. */
  readonly calls: readonly Call[];
  /** Private address of the instance. */
  readonly address: string;
  readonly outgoing: readonly Peer[];
  readonly incoming: readonly Peer[];
  /** What the inventory knows of the address; undefined where it does not know it. */
  readonly asset: Document | undefined;
}

const AROUND_MS = 7_200_000;
const PEERS = 6;

export const textAt = (document: Document, path: string): string => String(valuesAt(document, path)[0] ?? '');

/** `instance`: whose role's credentials were stolen. Undefined where no finding of GuardDuty names it and a user. */
export async function story(search: Search, instance: string): Promise<Story | undefined> {
  const finding = await worst(search, instance);
  if (finding === undefined) return undefined;
  const addresses = valuesAt(finding, 'host.ip').map(String);
  const address = addresses.find((each) => /^(10|172|192)\./.test(each)) ?? addresses[0] ?? '';
  const [calls, outgoing, incoming, asset] = await Promise.all([
    callsOf(search, finding),
    peers(search, { of: address, side: 'source', other: 'destination' }),
    peers(search, { of: address, side: 'destination', other: 'source' }),
    assetOf(search, address),
  ]);
  return { finding, calls, address, outgoing, incoming, asset };
}

async function worst(search: Search, instance: string): Promise<Document | undefined> {
  const filter = [
    { term: { 'event.dataset': 'aws.guardduty' } },
    { exists: { field: 'user.name' } },
    { term: { 'cloud.instance.id': instance } },
    { exists: { field: 'host.ip' } },
  ];
  const sort = [{ 'event.severity': 'desc' }, { '@timestamp': 'desc' }];
  const { hits } = await search('aws-findings-history-*', { size: 1, query: { bool: { filter } }, sort });
  return hits.hits[0]?._source;
}

async function callsOf(search: Search, finding: Document): Promise<readonly Call[]> {
  const at = Date.parse(textAt(finding, '@timestamp'));
  const who = [
    { term: { 'user.name': textAt(finding, 'user.name') } },
    { term: { 'source.ip': textAt(finding, 'source.ip') || '0.0.0.0' } },
  ];
  const range = { '@timestamp': { gte: at - AROUND_MS, lte: at + AROUND_MS, format: 'epoch_millis' } };
  const query = { bool: { filter: [{ range }], should: who, minimum_should_match: 1 } };
  const { hits } = await search('aws-cloudtrail-*', { size: 500, query, sort: { '@timestamp': 'asc' } });
  const found = new Map<string, Call>();
  for (const { _source } of hits.hits) {
    const of = (path: string) => textAt(_source, path);
    const call = {
      who: of('user.name'),
      action: of('event.action'),
      from: of('source.ip'),
      outcome: of('event.outcome'),
    };
    const key = Object.values(call).join('\n');
    const known = found.get(key);
    found.set(key, { first: of('@timestamp'), ...known, ...call, count: (known?.count ?? 0) + 1 });
  }
  return [...found.values()];
}

type Buckets = { readonly buckets: readonly Bucket[] };
interface Bucket {
  readonly key: string | number;
  readonly doc_count: number;
  readonly bytes: { readonly value: number };
  readonly ports: Buckets;
}

async function peers(
  search: Search,
  { of, side, other }: { readonly of: string; readonly side: string; readonly other: string },
): Promise<readonly Peer[]> {
  const aggs = {
    peers: {
      terms: { field: `${other}.ip`, size: PEERS, order: { bytes: 'desc' } },
      aggs: { bytes: { sum: { field: 'source.bytes' } }, ports: { terms: { field: 'destination.port', size: 3 } } },
    },
  };
  const answer: Answer = await search('aws-flowlogs-*', { size: 0, query: { term: { [`${side}.ip`]: of } }, aggs });
  const { peers: found } = (answer.aggregations ?? {}) as { readonly peers?: Buckets };
  return (found?.buckets ?? []).map(({ key, doc_count, bytes, ports }) => ({
    ip: String(key),
    ports: ports.buckets.map((each) => String(each.key)),
    flows: doc_count,
    bytes: bytes.value,
  }));
}

async function assetOf(search: Search, address: string): Promise<Document | undefined> {
  const filter = [{ term: { 'host.ip': address } }, { term: { 'asset.type': 'AWS::EC2::Instance' } }];
  const { hits } = await search('aws-assets-current', { size: 1, query: { bool: { filter } } });
  return hits.hits[0]?._source;
}
