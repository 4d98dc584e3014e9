/**
 * Classifies the answer of a HEC: what happens to the events that were sent.
 * https://help.splunk.com/en/splunk-enterprise/get-data-in/collect-http-event-data/troubleshoot-http-event-collector
 */
import type { Answer } from '../delivery/http.ts';
import { retryAfter } from '../delivery/retryafter.ts';

/**
 * `accepted` ·
 * `bad`: those before event `at` are accepted, `at` never will be, the rest was not looked at ·
 * `refused`: something in there, or the whole, will never be accepted ·
 * `retry`: nothing was accepted, as far as we know, or only those before event `at`.
 */
export type Classification =
  | (Taken & { readonly kind: 'accepted'; readonly busy?: true })
  | (Taken & { readonly kind: 'bad'; readonly at: number; readonly reason: string })
  | { readonly kind: 'refused'; readonly reason: string; readonly isTooLarge?: true }
  | (Taken & {
      readonly kind: 'retry';
      readonly reason: string;
      /** Events before this one were accepted. Default: none was. */
      readonly at?: number;
      readonly waitMs?: number | undefined;
      readonly busy?: true;
      readonly unconfirmed?: true;
    });

/** The id by which to ask whether the events are in the index. Absent: the token has no acknowledgement. */
interface Taken {
  readonly ackId?: number;
}

/** What HEC says in its body. */
interface Reply {
  readonly code?: number;
  readonly text?: string;
  readonly 'invalid-event-number'?: number;
  readonly ackId?: number;
  readonly acks?: Readonly<Record<string, boolean>>;
}

export function replyOf(text: string): Reply {
  try {
    return (JSON.parse(text) as Reply | null) ?? {};
  } catch {
    return {}; // a proxy's page: the status has to do
  }
}

/** 202: Splunk Cloud and receivers that queue. */
const TAKEN = new Set([200, 202]);
const SUCCESS = 0;
/** Accepted, but the queue of events or of acknowledgements is nearly full. */
const NEARLY_FULL = new Set([24, 25]);
/** Invalid data format, event field required, event field blank, error in handling indexed fields. */
const BAD_EVENT = new Set([6, 12, 13, 15]);
/** Says like those at which event it stopped; but an operator can mend it. */
const WRONG_INDEX = 7;
const WITHOUT_ACKS = 'switch indexer acknowledgement off for the token, or on with SPLUNK_ACK';
/** What to do about codes that an operator has to mend in Splunk or here. Until then the records wait, none is dropped. */
const ADVICE: Readonly<Record<number, string>> = {
  1: 'enable the token',
  2: 'the token is empty',
  3: 'the secret must hold the token alone',
  4: 'no such token in Splunk',
  7: "add the index to the token's allowed indexes or correct SPLUNK_INDEX",
  10: WITHOUT_ACKS,
  28: WITHOUT_ACKS,
};

/** `count` events of together `bytes` bytes were sent to `host`. */
export function classify(answer: Answer, count: number, bytes: number, host: string): Classification {
  const { status } = answer;
  const reply = replyOf(answer.text);
  const code = reply.code ?? Number.NaN;
  if (TAKEN.has(status) && code === SUCCESS) return { kind: 'accepted', ...takenIn(reply) };
  if (TAKEN.has(status) && NEARLY_FULL.has(code)) return { kind: 'accepted', busy: true, ...takenIn(reply) };
  if (status === 413)
    return { kind: 'refused', reason: `${host} accepts no event of ${bytes} bytes`, isTooLarge: true };
  if (status === 400 && BAD_EVENT.has(code)) return badEvent(reply, count, bytes);
  const advice = ADVICE[code];
  const reason = `${host} answered ${status}${said(reply)}${advice === undefined ? '' : `: ${advice}`}`;
  const isBusy = status === 429 || status === 503;
  const at = status === 400 && code === WRONG_INDEX ? numberIn(reply, count) : undefined;
  return {
    kind: 'retry',
    reason,
    waitMs: retryAfter(answer.headers['retry-after']),
    ...(isBusy && { busy: true }),
    ...(at !== undefined && { at, ...takenIn(reply) }),
    ...(isLost(status, reply) && { unconfirmed: true }),
  };
}

/** Somebody on the way answered in the place of a HEC that may have taken the events. */
const isLost = (status: number, { code }: Reply): boolean =>
  code === undefined && (status < 300 || status === 502 || status === 504);

/** Splunk Cloud answers a body of more than this with code 6 for event 0, whatever that event is. */
const SUSPECT_BYTES = 5 * 1024 * 1024;

function badEvent(reply: Reply, count: number, bytes: number): Classification {
  const reason = `refused${said(reply)}`;
  const at = numberIn(reply, count);
  if (at === undefined || (at === 0 && count > 1 && bytes > SUSPECT_BYTES)) return { kind: 'refused', reason };
  return { kind: 'bad', at, reason, ...takenIn(reply) };
}

/** Of the event that it stopped at. */
function numberIn({ 'invalid-event-number': at }: Reply, count: number): number | undefined {
  return Number.isInteger(at) && at! >= 0 && at! < count ? at : undefined;
}

const takenIn = ({ ackId }: Reply): Taken => (Number.isInteger(ackId) ? { ackId: ackId! } : {});

/** The answer in words. */
export const said = ({ code, text }: Reply) =>
  code === undefined ? ', not as a HEC' : `, code ${code}, ${String(text).slice(0, 200)}`;
