/**
 * Indexer acknowledgement of HEC. An answer 200 says that the events stand in a queue; by its `ackId` is asked whether they
 * are in the index: `POST /services/collector/ack?channel=<GUID>` `{"acks":[0,1]}` → `{"acks":{"0":true,"1":false}}`.
 * `true` is said once; an id that is not known is `false` for ever. Only the indexer that took the events knows.
 * https://help.splunk.com/en/splunk-enterprise/get-data-in/collect-http-event-data/about-http-event-collector-indexer-acknowledgment
 */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '../../errors.ts';
import type { Answer } from '../delivery/http.ts';
import { retryAfter } from '../delivery/retryafter.ts';
import { replyOf, said } from './hec.ts';

export interface AcksOptions {
  /** Asks the endpoint that took the events. Throws whatever broke the exchange. */
  readonly ask: (channel: Channel, body: Buffer) => Promise<Answer>;
  /** Events that are not in the index after so long are sent again. */
  readonly patienceMs?: number;
  /** From a question to the next, at first; twice as long after each that brought no news. */
  readonly firstMs?: number;
  readonly maxMs?: number;
}

/** The questions to one endpoint. */
export interface Acks {
  /** For the next events. The caller reports the answer to it, or closes it. */
  channel(): Promise<Channel>;
}

/** The ids of one indexer. Each is given once, so that none can be taken for that of other events. */
export interface Channel {
  readonly id: string;
  /** Of every request. */
  headers(): OutgoingHttpHeaders;
  /** Receives every answer: a balancer's cookies lead to the same indexer again. */
  answered(headers: IncomingHttpHeaders): void;
  /** No more events go this way. Those that did are asked for nonetheless. */
  close(): void;
  /** Resolves as soon as the events are in the index, or with the reason why they have to be sent again. Never rejects. */
  indexed(ackId: number, signal: AbortSignal): Promise<string | undefined>;
}

/** A replicated bucket takes some seconds; longer than this, the records are better kept elsewhere. */
const PATIENCE_MS = 60_000;
/** Splunk forgets a channel that idles for ten minutes, as that of a frozen Lambda does, and counts from 0 again. */
const IDLE_MS = 300_000;

export function acknowledgements(options: AcksOptions): Acks {
  let last = open(options);
  let usedAt = 0;
  function usable() {
    const isIdle = Date.now() - usedAt > IDLE_MS;
    if (last.isClosed() || isIdle) last = open(options);
    usedAt = Date.now();
    return last;
  }
  return {
    async channel() {
      const channel = usable();
      await channel.turn();
      return channel.isClosed() ? usable() : channel;
    },
  };
}

interface Pending {
  /** By performance.now(). */
  readonly until: number;
  settle(reason?: string): void;
}

function open({ ask, patienceMs = PATIENCE_MS, firstMs = 250, maxMs = 5_000 }: AcksOptions) {
  const id = randomUUID();
  const cookies = new Map<string, string>();
  const given = new Set<number>();
  const pending = new Map<number, Pending>();
  const first = Promise.withResolvers<void>();
  let isTaken = false;
  let isClosed = false;
  let isPolling = false;
  let pause = new AbortController();

  function close(): void {
    isClosed = true;
    first.resolve();
  }

  function indexed(ackId: number, signal: AbortSignal): Promise<string | undefined> {
    if (given.has(ackId)) {
      const reason = `ackId ${ackId} was given twice: restarted, or its balancer is not sticky`;
      end(reason);
      return Promise.resolve(reason);
    }
    given.add(ackId);
    return new Promise((resolve) => {
      const settle = (reason?: string) => {
        pending.delete(ackId);
        signal.removeEventListener('abort', abort);
        if (pending.size === 0) pause.abort(); // nobody is there to wait for
        resolve(reason);
      };
      const abort = () => settle('not yet in the index as time was over');
      signal.addEventListener('abort', abort);
      pending.set(ackId, { until: performance.now() + patienceMs, settle });
      if (signal.aborted) abort();
      else if (!isPolling) void poll(); // it fails in nothing
    });
  }

  /** For all that are open. */
  function end(reason?: string): void {
    close();
    for (const { settle } of [...pending.values()]) settle(reason);
  }

  /** Asks for all that are open, until none is. */
  async function poll(): Promise<void> {
    isPolling = true;
    let waitMs = firstMs;
    while (pending.size > 0) {
      pause = new AbortController();
      await wait(waitMs * (0.5 + Math.random() / 2), undefined, { signal: pause.signal }).catch(() => {});
      if (pending.size === 0) break;
      const before = pending.size;
      const { fault, restMs = 0 } = await round();
      const isNews = pending.size < before;
      waitMs = isNews ? firstMs : Math.min(maxMs, Math.max(waitMs * 2, restMs));
      const now = performance.now();
      const late = [...pending.values()].filter(({ until }) => until <= now);
      if (late.length > 0) close(); // perhaps it was restarted, and counts from 0 again
      for (const { settle } of late) settle(`not in the index after ${patienceMs / 1000} s${fault}`);
    }
    isPolling = false;
  }

  /** One question. Out: why it remained one. */
  async function round(): Promise<{ readonly fault: string; readonly restMs?: number | undefined }> {
    try {
      const answer = await ask(channel, Buffer.from(JSON.stringify({ acks: [...pending.keys()] })));
      const reply = replyOf(answer.text);
      if (answer.status === 200 && reply.acks !== undefined) {
        for (const [ackId, { settle }] of [...pending]) if (reply.acks[ackId] === true) settle();
        return { fault: '' };
      }
      const fault = `, answered ${answer.status}${said(reply)}`;
      if (reply.code === DISABLED) end(); // what was taken is all that there is to know
      if (LOST.has(reply.code!)) end(`the channel is lost${fault}`);
      return { fault, restMs: retryAfter(answer.headers['retry-after']) };
    } catch (error) {
      return { fault: `, ${messageOf(error)}` };
    }
  }

  const channel = {
    id,
    isClosed: () => isClosed,
    /** The first one finds an indexer, all others follow it there. */
    async turn() {
      if (isTaken) await first.promise;
      isTaken = true;
    },
    headers: () => ({
      'x-splunk-request-channel': id,
      ...(cookies.size > 0 && { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
    }),
    answered(headers: IncomingHttpHeaders) {
      for (const cookie of headers['set-cookie'] ?? []) {
        const [, name, value] = /^([^=;]+)=([^;]*)/.exec(cookie) ?? [];
        if (name !== undefined) cookies.set(name.trim(), value);
      }
      first.resolve();
    },
    close,
    indexed,
  };
  return channel;
}

/** ACK is disabled. */
const DISABLED = 14;
/** Data channel is missing (28: Splunk Cloud's way to say so), invalid data channel. */
const LOST = new Set([10, 11, 28]);
