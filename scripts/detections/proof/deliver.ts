/** Runs events through the product's own pipeline: its source, `collect`, both sinks' own writers. Nothing is sent. */

import { withIndicators } from '../../../shared/enrich/threat/match.ts';
import type { Batch, Item, Sink, Source } from '../../../shared/model.ts';
import { collect } from '../../../shared/pipeline/collect.ts';
import { opensearch } from '../../../shared/sink/opensearch/sink.ts';
import { splunk } from '../../../shared/sink/splunk/sink.ts';
import { handlerOf } from '../../handlers.ts';
import type { Json } from '../evaluate.ts';
import { PLACES } from '../logsources.ts';
import type { Event } from './cases.ts';
import { type Record_, WAYS } from './envelope.ts';
import { LIST, type World } from './world.ts';

export interface Delivered {
  readonly service: string;
  readonly time: number;
  /** As AWS wrote it, and what the test says that is known of it. */
  readonly record: Record_;
  readonly enriched: Record_;
  /** Id of the document; its lines of a `_bulk` request. */
  readonly id: string;
  readonly bulk: string;
  readonly document: Record_;
  /** The event as Splunk gets it, and what is indexed with it. */
  readonly event: Json;
  readonly sourcetype: string;
  readonly indexed: Readonly<Record<string, string>>;
}

const START = Date.parse('2026-11-24T03:00:00Z');
let number = 0;

/** In: events of one case or more, each with its place in time. */
export async function deliver(events: readonly Event[], world: World): Promise<readonly Delivered[]> {
  const found = new Map<Event, Delivered>();
  for (const service of new Set(events.map((each) => each.service))) {
    const own = events.filter((each) => each.service === service);
    const delivered = await ofService(service, own, world);
    own.forEach((event, at) => {
      found.set(event, delivered[at]);
    });
  }
  return events.map((event) => found.get(event)!);
}

async function ofService(service: string, events: readonly Event[], world: World): Promise<readonly Delivered[]> {
  const way = WAYS[service];
  const place = PLACES.find((each) => each.service === service)!;
  const wrapped = events.map(({ record, at }) => {
    number += 1;
    const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
    return { time: START + at * 1000, ...way.wrap(record, START + at * 1000, id) };
  });
  const { geo, assets, indicators } = world;
  const { make } = await handlerOf(place.source);
  const made = make({ geo, assets, route: ['opensearch', 'splunk'], fields: [] });
  const source = indicators === undefined ? made : withIndicators(made, indicators, { add() {} });
  const body = way.body(wrapped.map(({ line }) => line));
  const { documents, sent } = await collected(source, `s3://proof/${number}`, body);
  if (documents.length !== events.length || sent.length !== events.length) {
    throw new Error(
      `${service}: ${events.length} events became ${documents.length} documents, ${sent.length} of Splunk`,
    );
  }
  return wrapped.map(({ time, record }, at) => ({
    service,
    time,
    record,
    enriched: enrichedOf(events[at], record, place.splunk.address, world),
    ...documents[at],
    ...sent[at],
  }));
}

/** `source.asset` → its members, below `source`. */
function enrichedOf({ joined, indicator }: Event, record: Record_, address: string | undefined, world: World): Record_ {
  const out: { [key: string]: Json } = { ...record };
  const add = (path: string, value: Json) => {
    const [first, second] = path.split('.');
    out[first] = second === undefined ? value : { ...(out[first] as Record_ | undefined), [second]: value };
  };
  const from =
    address === undefined
      ? undefined
      : address.split('.').reduce<Json | undefined>((at, name) => (at as Record_ | undefined)?.[name], record);
  const country = typeof from === 'string' ? world.country(from) : undefined;
  if (country !== undefined) add('source.geo', { country_iso_code: country });
  if (indicator !== undefined) add('threat.indicator', { name: indicator, provider: LIST });
  for (const [prefix, name] of Object.entries(joined)) {
    const asset = world.of(name);
    if (asset === undefined) throw new Error(`the test has no asset "${name}"`);
    add(prefix, asset);
  }
  return out;
}

export interface Collected {
  readonly documents: readonly Pick<Delivered, 'id' | 'bulk' | 'document'>[];
  readonly sent: readonly Pick<Delivered, 'event' | 'sourcetype' | 'indexed'>[];
}

/** What a source makes of a body. Throws Error for a record that it refuses, unless it may. */
export async function collected(
  source: Source<unknown>,
  uri: string,
  body: string,
  mayRefuse = false,
): Promise<Collected> {
  const documents: string[] = [];
  const sent: string[] = [];
  const rejects: string[] = [];
  const noGeo = { url: 'https://noGeo.invalid', auth: { kind: 'basic', login: never } } as const;
  const item: Item = {
    id: uri,
    async *bodies() {
      yield { uri, chunks: chunksOf(body) };
    },
  };
  await collect(source, [item], {
    sinks: [
      keeping(opensearch({ ...noGeo, index: source.index }), documents),
      keeping(splunk({ ...source.splunk, endpoints: [noGeo.url], token: never }), sent),
    ],
    quarantine: { put: ({ reason }) => void rejects.push(reason), flush: async () => {} },
    log: { info() {}, warn() {}, error() {} },
    metrics: { add() {}, flush() {} },
    signal: new AbortController().signal,
  });
  if (rejects.length > 0 && !mayRefuse) throw new Error(`${source.name} refused an event: ${rejects[0]}`);
  return { documents: documents.map(documentOf), sent: sent.map(eventOf) };
}

const never = () => Promise.reject(new Error('nothing is sent'));

async function* chunksOf(body: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(body);
}

const keeping = (sink: Sink, into: string[]): Sink => ({
  ...sink,
  append: sink.append.bind(sink),
  async send(batch: Batch) {
    for (let at = 0; at < batch.count; at++) into.push(Buffer.from(batch.slice(at)).toString());
    return { accepted: batch.count, retry: [], rejected: [] };
  },
});

/** The history's pair of lines alone: a monitor never asks for the newest states. */
function documentOf(slice: string): Collected['documents'][number] {
  const [action, document] = slice.split('\n');
  const { create } = JSON.parse(action);
  return { id: create._id, bulk: `${action}\n${document}\n`, document: JSON.parse(document) };
}

function eventOf(slice: string): Collected['sent'][number] {
  const { event, sourcetype, fields } = JSON.parse(slice);
  return { event, sourcetype, indexed: fields };
}
