/**
 * Asks Security Hub at every tick for what was updated since the last one, and hands on what is not known yet: events are
 * "best effort", and a queue or a rule may have been wrong for a while. The time up to which all is known is kept from tick
 * to tick. Work of people on a finding leaves its time of update as it was: it is found only while that is in the window.
 * Out: bodies `securityhub:<account>/<region>`, one line a finding, like an event so that the archive tells where it is from:
 * `{"detail-type":"GetFindings","account":"…","region":"…","time":"…","detail":{"findings":[{…}]}}`. Then failures of Prowler
 * that are gone (gone.ts), as a body `prowler:<account>/<region>`.
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindings.html
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { DecodeError } from '../../shared/errors.ts';
import type { Place, Tick } from '../../shared/input/schedule.ts';
import { readState, writeState } from '../../shared/input/state.ts';
import type { Body, Log, Source } from '../../shared/model.ts';
import { blank } from '../../shared/pipeline/facts.ts';
import { recordId } from '../../shared/text/id.ts';
import { Text } from '../../shared/text/text.ts';
import { epochMs, find } from '../../shared/transform/objects/compile.ts';
import { answers, type Hub, NotEnabled, type Window } from './answers.ts';
import { gone } from './gone.ts';
import type { Known, Search } from './known.ts';
import { ASKED, type Found } from './records.ts';
import { iso } from './summary.ts';

export interface Reconciling {
  /** How to ask, but for the region, which the tick names. */
  readonly hub: Omit<Hub, 'region'>;
  readonly s3: Pick<S3Client, 'send'>;
  readonly source: Source<Found>;
  readonly known: Known;
  /** Searches `aws-findings-current`; undefined without OpenSearch. */
  readonly search?: Search | undefined;
  readonly log: Log;
  /** Epoch milliseconds until which the present invocation may work. */
  deadline(): number;
}

/** One invocation's asking. */
export interface Round {
  poll(tick: Tick, signal: AbortSignal): AsyncGenerator<Body>;
  /** Notes how far it got. To be called when all that was found is delivered. */
  keep(signal: AbortSignal): Promise<void>;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Longer than events take: what is on its way need not be asked for. */
const SETTLED = 15 * MINUTE;
/** Products import findings some time after they updated them: a run of a scanner may take hours. */
const OVERLAP = 3 * HOUR;
const FIRST = 24 * HOUR;
/** Left of an invocation when no more is asked for: what was found has to be delivered too. */
const RESERVE = MINUTE;

export function round({ hub, s3, source, known, search, log, deadline }: Reconciling): Round {
  let place: Place | undefined;
  let done: number | undefined;

  async function* missed({ account, region }: Tick, window: Window, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    let asked = 0;
    let found = 0;
    let time = iso(Date.now()); // a change during the answer is later than what it says
    for await (const answer of answers({ ...hub, region }, window, signal)) {
      const findings = (await findingsIn(answer, source)).filter(({ updated }) => isIn(window, updated));
      const has = await known(
        findings.map(({ id }) => id).filter((id) => id !== ''),
        signal,
      );
      const news = findings.filter(({ id }) => !has.has(id));
      const head = Buffer.from(headOf({ 'detail-type': ASKED, account, region, time }));
      for (const { finding } of news) yield Buffer.concat([head, finding, END]);
      time = iso(Date.now());
      asked += findings.length;
      found += news.length;
      done = Math.max(done ?? window.since, ...findings.map(({ updated = 0 }) => updated));
      if (Date.now() > deadline() - RESERVE) {
        log.warn('findings left for the next reconciliation', { asked, missed: found, until: iso(done) });
        return;
      }
    }
    done = window.until;
    log.info('findings reconciled', { asked, missed: found });
  }

  return {
    async *poll(tick, signal) {
      const { account, region, state } = tick;
      place ??= state;
      const window = windowFrom(place === undefined ? undefined : await readState(s3, place, signal));
      const lines = whereEnabled(missed(tick, window, signal), () =>
        log.info('Security Hub is not enabled', { account, region }),
      );
      yield { uri: `securityhub:${account}/${region}`, chunks: lines };
      if (search === undefined) return;
      yield { uri: `prowler:${account}/${region}`, chunks: gone({ search, now: Date.now() }, tick, signal) };
    },
    async keep(signal) {
      if (place !== undefined && done !== undefined) await writeState(s3, place, { until: iso(done) }, signal);
    },
  };
}

function windowFrom(state: unknown): Window {
  const until = Date.now() - SETTLED;
  const before = epochMs(find(state, 'until'));
  return { since: before === undefined ? until - FIRST : before - OVERLAP, until };
}

/** An account without Security Hub is no fault. */
async function* whereEnabled(lines: AsyncGenerator<Uint8Array>, otherwise: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* lines;
  } catch (error) {
    if (!(error instanceof NotEnabled)) throw error;
    otherwise();
  }
}

/** A finding of an answer as the source sees it. */
interface Candidate {
  readonly finding: Uint8Array;
  /** Of its present state; '' where it can't be read, which is for the source to say. */
  readonly id: string;
  readonly updated: number | undefined;
}

const headOf = (envelope: object): string => `${JSON.stringify(envelope).slice(0, -1)},"detail":{"findings":[`;
const END = Buffer.from(']}}\n');

async function findingsIn(answer: Uint8Array, source: Source<Found>): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  const doc = new Text(64 << 10);
  for await (const page of source.decode(only(answer))) {
    for (let record = page.next(); record !== undefined; record = page.next()) {
      const { bytes, start, end } = record;
      found.push({ finding: bytes.slice(start, end), ...stateIn(record, source, doc) });
    }
  }
  return found;
}

async function* only<T>(value: T): AsyncGenerator<T> {
  yield value;
}

function stateIn(record: Found, source: Source<Found>, doc: Text): Pick<Candidate, 'id' | 'updated'> {
  const facts = blank();
  doc.length = 0;
  try {
    source.write(record, NOWHERE, doc, facts);
    return { id: recordId(facts, NOWHERE), updated: facts.time };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { id: '', updated: undefined };
  }
}

const NOWHERE = { uri: '', seq: 0 };

/** Security Hub has looked at it already; a stand-in may not have. */
const isIn = ({ since, until }: Window, updated: number | undefined): boolean =>
  updated === undefined || (updated >= since && updated < until);
