/**
 * Splunk's HTTP Event Collector: records as AWS wrote them, each with its id as the indexed field `event_id`.
 * Body: `{"time":"1790000000.123","host":…,"source":"s3://…","sourcetype":…,"index":…,"event":…,"fields":{"event_id":…}}`
 * after `{…}`, one a line, gzip. Splunk doesn't know repeats: searches dedup by `event_id`;
 * `finding_uid` is the same for all states and copies of one finding, and for records about it; `threat_indicator` and
 * `threat_list` are there where a threat indicator matched.
 * https://help.splunk.com/en/splunk-enterprise/get-data-in/collect-http-event-data/format-events-for-http-event-collector
 */
import { ConfigError, messageOf } from '../../errors.ts';
import type { Batch, Delivery, Log, Rejected, Severity, Sink, Splunk } from '../../model.ts';
import { appendEscaped } from '../../text/escaped.ts';
import { appendId } from '../../text/id.ts';
import { EMPTY, type Literal, literal, type Text } from '../../text/text.ts';
import { gzip } from '../delivery/gzip.ts';
import { halving, numbersIn, type Range } from '../delivery/halving.ts';
import { type Answer, AnswerLost, type Post, poster } from '../delivery/http.ts';
import { type AcksOptions, acknowledgements, type Channel } from './acks.ts';
import { type Endpoint, markDown, rotation } from './endpoints.ts';
import { type Classification, classify } from './hec.ts';

export interface SplunkOptions extends Splunk {
  /** `https://host:8088`, used in turn; http only for an address of this machine. */
  readonly endpoints: readonly string[];
  /** `fresh`: the last one was refused, look again. */
  readonly token: (options?: { fresh?: boolean }) => Promise<string>;
  /** PEM of the authority to trust in place of the system's. */
  readonly ca?: string | undefined;
  readonly host?: string | undefined;
  readonly index?: string | undefined;
  readonly maxBytes?: number | undefined;
  readonly timeoutMs?: number | undefined;
  /** Waits until the events are in the index. Absent: an answer is enough, though it only confirms that the event was queued. */
  readonly ack?: Omit<AcksOptions, 'ask'> | undefined;
  readonly log?: Log | undefined;
}

/** Splunk Cloud's advice is 1 MB a request. */
const MAX_BYTES = 1_000_000;
const TIMEOUT_MS = 30_000;
/** Of 1 MB each, in the index after 1.3 s: 2 wait, 1.5 MB/s; 16 wait, 14 MB/s; without waiting 115 MB/s, to this machine. */
const MAX_WAITING = 16;
/** A question whose answer is lost may have been the one that was answered with `true`. */
const ACK_TIMEOUT_MS = 10_000;

export function splunk(options: SplunkOptions): Sink {
  return {
    name: 'splunk',
    maxBytes: options.maxBytes ?? MAX_BYTES,
    ...(options.ack !== undefined && { maxInFlight: MAX_WAITING }),
    append: writer(options),
    send: sender(poster(options.ca), options),
  };
}

const TIME = literal('{"time":"');
const END = literal('"}}\n');
const SEVERITIES = Object.fromEntries(
  ['informational', 'low', 'medium', 'high', 'critical'].map((s) => [s, literal(`","severity":"${s}`)]),
) as Record<Severity, Literal>;

function writer({ format, sourcetype, host = '', index }: SplunkOptions): Sink['append'] {
  const quote = format === 'text' ? '"' : '';
  const before = (named: string) => (named === '' ? '","source":' : `","host":${JSON.stringify(named)},"source":`);
  const after = `${index === undefined ? '' : `,"index":${JSON.stringify(index)}`},"event":${quote}`;
  const tail = literal(`${quote},"fields":{"event_id":"`);
  let uri: string | undefined;
  let last = { sourcetype: '', host: '', splunkSource: '' };
  let head: Literal;
  let columns = '';
  let named = EMPTY;
  return (text, facts, from, _doc, raw) => {
    const isSame =
      facts.sourcetype === last.sourcetype && facts.host === last.host && facts.splunkSource === last.splunkSource;
    if (from.uri !== uri || !isSame) {
      uri = from.uri;
      last = { sourcetype: facts.sourcetype, host: facts.host, splunkSource: facts.splunkSource };
      const source = JSON.stringify(facts.splunkSource || sourceOf(uri));
      const type = JSON.stringify(facts.sourcetype || sourcetype);
      head = literal(`${before(facts.host || host)}${source},"sourcetype":${type}${after}`);
    }
    if (facts.columns !== columns) {
      columns = facts.columns;
      named = columns === '' ? EMPTY : literal(`","flow_format":"${inner(columns)}`);
    }
    text.literal(TIME);
    seconds(text, facts.time);
    text.literal(head);
    if (format === 'text') appendEscaped(text, raw);
    else text.append(raw.bytes.subarray(raw.start, raw.end));
    text.literal(tail);
    appendId(text, facts, from);
    text.literal(named);
    if (facts.severity !== undefined) text.literal(SEVERITIES[facts.severity]);
    const uid = facts.current || facts.about;
    if (uid !== '') text.string(`","finding_uid":"${inner(uid)}`);
    if (facts.indicator !== '') {
      text.string(`","threat_indicator":"${inner(facts.indicator)}","threat_list":"${inner(facts.threatList)}`);
    }
    text.literal(END);
  };
}

const inner = (value: string): string => JSON.stringify(value).slice(1, -1);

/** Splunk keeps a list of all values of `source`: an object's is one, an event's is that of its service or log stream. */
const sourceOf = (uri: string): string =>
  uri.replace(/^(eventbridge:[^/]+)\/.*$/s, '$1').replace(/^(cloudwatchlogs:.*)@[^@]*$/s, '$1');

/** `1790000000.123`, from integers: a float would turn .123 into .122999. In: epoch milliseconds. */
function seconds(text: Text, ms: number): void {
  const whole = Math.floor(ms / 1000);
  const fraction = ms - whole * 1000;
  text.int(whole);
  text.byte(46);
  text.byte(48 + ((fraction / 100) | 0));
  text.byte(48 + (((fraction / 10) | 0) % 10));
  text.byte(48 + (fraction % 10));
}

/** Events that were accepted. `indexed` resolves with the reason why they have to be sent again nonetheless. */
interface Taken extends Range {
  readonly indexed: Promise<string | undefined>;
}

/** Sends what is still open of a batch until every event is accepted, rejected or has to wait. */
function sender(post: ReturnType<typeof poster>, options: SplunkOptions): Sink['send'] {
  const attempt = attempter(post, options);
  const halve = halving();
  return async (batch, signal) => {
    const taken: Taken[] = [];
    const seen: { at?: Range; why?: Classification & { kind: 'retry' }; isBusy?: true } = {};
    const { rejected, retry, reason } = await halve(batch, async (range) => {
      const { first, end } = range;
      const { found, indexed } = await attempt(batch, range, signal);
      if (found.kind === 'refused') return found;
      if (found.kind === 'retry') {
        const { at = 0 } = found;
        if (at > 0) taken.push({ first, end: first + at, indexed });
        Object.assign(seen, { at: { first: first + at, end }, why: found });
        return { kind: 'stop' };
      }
      if (found.kind === 'bad') {
        taken.push({ first, end: first + found.at, indexed });
        return { kind: 'bad', at: first + found.at, reason: found.reason };
      }
      if (found.busy) seen.isBusy = true;
      taken.push({ first, end, indexed });
      return { kind: 'settled' };
    });
    const later = [...numbersIn(seen.at === undefined ? [] : [seen.at]), ...retry];
    const delivery = await delivered(taken, rejected, later, seen.why ?? (reason === undefined ? {} : { reason }));
    return { ...delivery, ...(seen.isBusy && { busy: true }) };
  };
}

/** Waits until accepted events are in the index. `later`: events that were not accepted, `why` says the reason. */
async function delivered(
  taken: readonly Taken[],
  rejected: readonly Rejected[],
  later: readonly number[],
  why: Pick<Delivery, 'reason' | 'busy' | 'unconfirmed'> & { readonly waitMs?: number | undefined },
): Promise<Delivery> {
  const lost: Range[] = [];
  let accepted = 0;
  let { reason } = why;
  for (const { indexed, ...range } of taken) {
    const fault = await indexed;
    if (fault === undefined) accepted += range.end - range.first;
    else lost.push(range);
    reason ??= fault;
  }
  const retry = [...numbersIn(lost), ...later];
  const { waitMs, busy } = why;
  const isUnconfirmed = why.unconfirmed === true || lost.length > 0;
  return {
    accepted,
    rejected,
    retry,
    ...(reason !== undefined && { reason }),
    ...(waitMs !== undefined && { waitMs }),
    ...(busy !== undefined && { busy }),
    ...(isUnconfirmed && { unconfirmed: true }),
  };
}

type Attempt = (batch: Batch, range: Range, signal: AbortSignal) => Promise<Attempted>;

interface Attempted {
  readonly found: Classification;
  /** Of the events that were accepted. */
  readonly indexed: Taken['indexed'];
}

/** One request, or two when the token had to be fetched again. Throws ConfigError of the token's; nothing else. */
function attempter(post: ReturnType<typeof poster>, options: SplunkOptions): Attempt {
  const { timeoutMs = TIMEOUT_MS, ack, log } = options;
  const ask = asker(post, options.token);
  const acksOf = (url: URL) => ack && acknowledgements({ ...ack, ask: questioner(ask, url) });
  const next = rotation(options.endpoints, acksOf);
  let isReported = false;

  async function indexed(found: Classification, endpoint: Endpoint, channel: Channel | undefined, signal: AbortSignal) {
    const { host } = endpoint.url;
    if (channel === undefined || found.kind === 'refused') return undefined;
    if (found.kind !== 'accepted' && !found.at) return undefined;
    if (found.ackId !== undefined) {
      const fault = await channel.indexed(found.ackId, signal);
      if (fault === undefined) return undefined;
      markDown(endpoint);
      return `${host}: ${fault}`;
    }
    if (found.kind !== 'accepted') return `${host} gave no ackId for the events before one that it refused`;
    if (!isReported) log?.warn('this token has no acknowledgement', { sink: 'splunk', host });
    isReported = true;
    return undefined;
  }

  return async (batch, range, signal) => {
    const part = range.end - range.first === batch.count ? batch : batch.pick(numbersIn([range]));
    const endpoint = next();
    const { url } = endpoint;
    const channel = await endpoint.acks?.channel();
    try {
      const body = await gzip(part.text.slice());
      const answer = await ask({ url, headers: { ...GZIP, ...channel?.headers() }, body, timeoutMs, signal });
      channel?.answered(answer.headers);
      if (isUnavailable(answer)) markDown(endpoint);
      const found = classify(answer, part.count, part.bytes, url.host);
      if (found.kind === 'retry') channel?.close();
      return { found, indexed: indexed(found, endpoint, channel, signal) };
    } catch (error) {
      channel?.close();
      if (error instanceof ConfigError) throw error;
      markDown(endpoint);
      const isLost = error instanceof AnswerLost;
      const reason = `${url.host}: ${isLost ? 'the answer was lost, the events may have been taken: ' : ''}${faultOf(error)}`;
      return {
        found: { kind: 'retry', reason, ...(isLost && { unconfirmed: true }) },
        indexed: Promise.resolve(undefined),
      };
    }
  };
}

type Ask = (post: Post) => Promise<Answer>;

/** Asks with the token, and once more with a fresh one when it is refused. It stands in no answer. */
function asker(post: Ask, token: SplunkOptions['token']): Ask {
  const request = async (question: Post, fresh: boolean): Promise<Answer> => {
    const secret = await token({ fresh });
    const headers = { ...question.headers, ...authorized(secret) };
    const answer = await post({ ...question, headers });
    return secret === '' ? answer : { ...answer, text: answer.text.replaceAll(secret, '***') };
  };
  return async (question) => {
    const answer = await request(question, false);
    return refusesToken(answer) ? await request(question, true) : answer;
  };
}

/** Of the endpoint that takes events at `url`. */
function questioner(ask: Ask, url: URL): AcksOptions['ask'] {
  return async (channel, body) => {
    const to = new URL(`ack?channel=${channel.id}`, url);
    const { signal } = new AbortController(); // others may wait for the same answer: it has its own time
    const answer = await ask({ url: to, headers: channel.headers(), body, timeoutMs: ACK_TIMEOUT_MS, signal });
    channel.answered(answer.headers);
    return answer;
  };
}

const authorized = (token: string) => ({
  authorization: `Splunk ${token}`,
  'content-type': 'application/json', // some receivers take curl's default for a form and store nothing
});
const GZIP = { 'content-encoding': 'gzip' };

const refusesToken = ({ status }: Answer) => status === 401 || status === 403;
const isUnavailable = ({ status }: Answer) => status === 429 || status >= 500;

/** A refused connection is an AggregateError without a message. */
const faultOf = (error: unknown) => messageOf(error) || String((error as NodeJS.ErrnoException).code);
