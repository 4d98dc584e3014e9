/**
 * Delivers the records of a request and says what became of each. An action is answered 201 only after every destination of
 * its record has acknowledged it, or the spill or the quarantine has it.
 */
import { messageOf } from '../../../shared/errors.ts';
import type { Body, Origin, Page, Sink, Source } from '../../../shared/model.ts';
import { type Batcher, batcher, type DeliveryCallbacks } from '../../../shared/pipeline/batcher.ts';
import type { Dependencies } from '../../../shared/pipeline/collect.ts';
import { blank, clear } from '../../../shared/pipeline/facts.ts';
import { newOutcome, type Outcome, report, type SinkCounts } from '../../../shared/pipeline/outcome.ts';
import { type RejectPolicy, rejectPolicy } from '../../../shared/pipeline/rejectpolicy.ts';
import { type Rejects, rejecting } from '../../../shared/pipeline/rejects.ts';
import { type Router, router } from '../../../shared/pipeline/router.ts';
import { Text } from '../../../shared/text/text.ts';
import type { EndpointRecord } from '../record/records.ts';
import type { Results, Status } from './results.ts';

export type DeliverTools = Pick<
  Dependencies,
  'sinks' | 'admits' | 'quarantine' | 'spill' | 'log' | 'metrics' | 'signal'
>;

/** One record on its way. */
interface Underway {
  /** Positions of its actions. */
  readonly sources: readonly number[];
  /** Destinations that were given it and have not settled it yet. */
  open: number;
}

interface Request {
  readonly records: readonly Underway[];
  readonly outcome: Outcome;
  readonly rejects: Rejects;
  /** Sets the status of a record's actions if it is worse than the one they have. */
  lower(record: number, status: Status, reason: string): void;
}

/** `results`: by the positions of the actions in `body`. Throws ConfigError. */
export async function deliver(
  source: Source<EndpointRecord>,
  body: Body,
  results: Results,
  tools: DeliverTools,
): Promise<void> {
  const { sinks, quarantine, signal } = tools;
  const records: Underway[] = [];
  const names = sinks.map(({ name }) => name);
  const outcome = newOutcome(body.uri, names);
  const lower = (record: number, status: Status, reason: string) => {
    for (const at of records[record].sources) results.set(at, status, reason);
    if (status === 429) outcome.error ??= new Error(reason);
  };
  const statusOf = (record: number) => results.at(records[record].sources[0]);
  const rejects = rejecting(quarantine, signal, (record, _place, error) => lower(record, 429, messageOf(error)));
  const request: Request = { records, outcome, rejects, lower };
  const batchers = sinks.map((sink) => {
    const callbacks = callbacksOf(sink, source.name, request, tools);
    return counting(
      batcher(sink, { ...callbacks, comesAgain: (record) => statusOf(record) === 429 }, tools.spill),
      records,
    );
  });
  const reading = {
    records,
    outcome,
    rejects,
    router: router(source, batchers, tools.admits),
    policy: rejectPolicy(source, rejects, []),
    lower,
  };
  const repeats = await readAll(source, body, reading);
  await Promise.all(batchers.map((each) => each.flush()));
  await rejects.flush();
  records.forEach(({ open }, record) => {
    if (open > 0) lower(record, 429, 'a destination did not account for it');
  });
  for (const [record, first] of repeats) {
    const status = statusOf(first);
    lower(record, status === 201 ? 409 : status, 'the request has it twice');
  }
  report(source.name, outcome, [body.uri], tools);
}

/** Counts the destinations that are given a record. */
const counting = (to: Batcher, records: readonly Underway[]): Batcher => ({
  ...to,
  append(record, ...all) {
    records[record].open++;
    return to.append(record, ...all);
  },
});

function callbacksOf(
  { name: sink }: Sink,
  source: string,
  { records, outcome, rejects, lower }: Request,
  { metrics, signal }: DeliverTools,
): Omit<DeliveryCallbacks, 'comesAgain'> {
  const settle = (record: number, as: keyof SinkCounts) => {
    records[record].open--;
    outcome.counts[sink]![as]++;
  };
  return {
    signal,
    onSent: (record) => settle(record, 'sent'),
    onSpilled: (record) => settle(record, 'spilled'),
    onRejected({ item: record, uri, seq }, reason, raw) {
      settle(record, 'rejected');
      rejects.put(record, { source, sink, reason, uri, seq, raw });
      // what only Splunk refuses is in OpenSearch: the sender has nothing to mend
      if (sink === 'opensearch') lower(record, 400, reason);
    },
    onFailed({ item: record }, cause) {
      lower(record, 429, cause === undefined ? `${sink} did not accept it` : messageOf(cause));
      if (cause !== undefined) metrics.add('NotStored', 1);
    },
    onDelivered: (ms) => metrics.add('DeliveryMs', ms, sink),
  };
}

interface Reading {
  readonly records: Underway[];
  readonly outcome: Outcome;
  readonly rejects: Rejects;
  readonly router: Router<EndpointRecord>;
  readonly policy: RejectPolicy<EndpointRecord>;
  lower(record: number, status: Status, reason: string): void;
}

/** Returns records that have the id of an earlier one, and the numbers of those. Throws ConfigError. */
async function readAll(
  source: Source<EndpointRecord>,
  { uri, chunks }: Body,
  reading: Reading,
): Promise<ReadonlyMap<number, number>> {
  const repeats = new Map<number, number>();
  const write = recordWriter(source, reading, repeats);
  for await (const page of source.decode(chunks, uri)) {
    for (let isMore = true; isMore; ) {
      isMore = write(page, uri);
      await reading.router.sendFull();
      if (reading.rejects.isFull()) await reading.rejects.flush();
    }
  }
  return repeats;
}

/** Gives the next record to its destinations, or to the quarantine. False: there was none. */
function recordWriter(
  source: Source<EndpointRecord>,
  { records, outcome, router, policy, lower }: Reading,
  repeats: Map<number, number>,
) {
  const doc = new Text(64 << 10);
  const facts = blank();
  const ids = new Map<string, number>();
  return (page: Page<EndpointRecord>, uri: string): boolean => {
    const number = records.length;
    let record: EndpointRecord | undefined;
    let from: Origin = { uri, seq: 0 };
    doc.length = 0;
    clear(facts);
    try {
      record = page.next();
      from = { uri, seq: page.seq };
      if (record === undefined) return false;
      records.push({ sources: record.sources, open: 0 });
      source.write(record, from, doc, facts);
    } catch (error) {
      from = { uri, seq: page.seq };
      if (record === undefined) records.push({ sources: [page.seq - 1], open: 0 });
      policy.begin(number, outcome, false);
      policy.reject(error, from, record && { record, facts });
      lower(number, 400, messageOf(error));
      return true;
    }
    const id = `${facts.part}/${facts.id}`;
    const first = ids.get(id);
    if (first !== undefined) {
      repeats.set(number, first);
      return true;
    }
    ids.set(id, number);
    outcome.read++;
    if (facts.time > outcome.newest) outcome.newest = facts.time;
    router.begin(number, outcome, undefined);
    router.route(record, facts, from, doc);
    return true;
  };
}
