/**
 * Splunk's HTTP Event Collector: records as AWS wrote them, each with its id as the indexed field `event_id`.
 * Body: `{"time":"1790000000.123","host":…,"source":"s3://…","sourcetype":…,"index":…,"event":…,"fields":{"event_id":…}}`
 * after `{…}`, one a line, gzip. Splunk doesn't know repeats: searches dedup by `event_id`;
 * `finding_uid` is the same for all states and copies of one finding, and for what tells of it.
 * https://help.splunk.com/en/splunk-enterprise/get-data-in/collect-http-event-data/format-events-for-http-event-collector
 */
import { ConfigError, messageOf } from '../errors.ts';
import type { Batch, Delivery, Rejected, Severity, Sink, Splunk } from '../model.ts';
import { appendEscaped } from '../text/escaped.ts';
import { appendId } from '../text/id.ts';
import { type Literal, literal, type Text } from '../text/text.ts';
import { gzip } from './gzip.ts';
import { type Fate, judge } from './hec.ts';
import { type Answer, poster } from './http.ts';

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
}

const PATH = '/services/collector/event';
/** Splunk Cloud's advice is 1 MB a request. */
const MAX_BYTES = 1_000_000;
const TIMEOUT_MS = 30_000;
/** How long an endpoint that failed is passed over while others are there. */
const REST_MS = 30_000;

export function splunk(options: SplunkOptions): Sink {
  return {
    name: 'splunk',
    maxBytes: options.maxBytes ?? MAX_BYTES,
    append: writer(options),
    send: sender(poster(options.ca), options),
  };
}

const TIME = literal('{"time":"');
const END = literal('"}}\n');
const SEVERITIES = Object.fromEntries(
  ['informational', 'low', 'medium', 'high', 'critical'].map((s) => [s, literal(`","severity":"${s}`)]),
) as Record<Severity, Literal>;

function writer({ format, sourcetype, host, index }: SplunkOptions): Sink['append'] {
  const quote = format === 'text' ? '"' : '';
  const before = host === undefined ? '","source":' : `","host":${JSON.stringify(host)},"source":`;
  const after = `${index === undefined ? '' : `,"index":${JSON.stringify(index)}`},"event":${quote}`;
  const tail = literal(`${quote},"fields":{"event_id":"`);
  let uri: string | undefined;
  let type = '';
  let head: Literal;
  return (text, facts, from, _doc, raw) => {
    if (from.uri !== uri || facts.sourcetype !== type) {
      uri = from.uri;
      type = facts.sourcetype;
      head = literal(`${before}${JSON.stringify(uri)},"sourcetype":${JSON.stringify(type || sourcetype)}${after}`);
    }
    text.literal(TIME);
    seconds(text, facts.time);
    text.literal(head);
    if (format === 'text') appendEscaped(text, raw);
    else text.append(raw.bytes.subarray(raw.start, raw.end));
    text.literal(tail);
    appendId(text, facts, from);
    if (facts.severity !== undefined) text.literal(SEVERITIES[facts.severity]);
    const uid = facts.current || facts.about;
    if (uid !== '') text.string(`","finding_uid":"${JSON.stringify(uid).slice(1, -1)}`);
    text.literal(END);
  };
}

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

/** Consecutive events of a batch: from `first` to before `end`. */
interface Range {
  readonly first: number;
  readonly end: number;
}

/** Sends what is still open of a batch until every event is accepted, rejected or has to wait. */
function sender(post: ReturnType<typeof poster>, options: SplunkOptions): Sink['send'] {
  const attempt = attempter(post, options);
  return async (batch, signal) => {
    let accepted = 0;
    const rejected: Rejected[] = [];
    const open: Range[] = [{ first: 0, end: batch.count }]; // the next one last
    for (let range = open.pop(); range !== undefined; range = open.pop()) {
      const { first, end } = range;
      if (first === end) continue;
      const fate = await attempt(batch, range, signal);
      if (fate.kind === 'retry') {
        return { accepted, rejected, retry: numbers([range, ...open.reverse()]), ...waiting(fate) };
      }
      if (fate.kind === 'accepted') {
        accepted += end - first;
      } else if (fate.kind === 'bad') {
        accepted += fate.at;
        rejected.push({ at: first + fate.at, reason: fate.reason });
        open.push({ first: first + fate.at + 1, end });
      } else if (end - first === 1) {
        rejected.push({ at: first, reason: fate.reason });
      } else {
        const middle = (first + end) >> 1;
        open.push({ first: middle, end }, { first, end: middle });
      }
    }
    return { accepted, retry: [], rejected };
  };
}

function waiting({ reason, waitMs }: Fate & { kind: 'retry' }): Pick<Delivery, 'reason' | 'waitMs'> {
  return waitMs === undefined ? { reason } : { reason, waitMs };
}

function numbers(ranges: readonly Range[]): number[] {
  return ranges.flatMap(({ first, end }) => Array.from({ length: end - first }, (_, i) => first + i));
}

type Attempt = (batch: Batch, range: Range, signal: AbortSignal) => Promise<Fate>;

/** One request, or two when the token had to be fetched again. Throws ConfigError of the token's; nothing else. */
function attempter(
  post: ReturnType<typeof poster>,
  { endpoints, token, timeoutMs = TIMEOUT_MS }: SplunkOptions,
): Attempt {
  const next = rotation(endpoints);
  return async (batch, range, signal) => {
    const part = range.end - range.first === batch.count ? batch : batch.pick(numbers([range]));
    const endpoint = next();
    const { url } = endpoint;
    try {
      const body = await gzip(part.text.slice());
      const request = async (fresh: boolean): Promise<Answer> => {
        const secret = await token({ fresh });
        const answer = await post({ url, headers: headers(secret), body, timeoutMs, signal });
        return secret === '' ? answer : { ...answer, text: answer.text.replaceAll(secret, '***') };
      };
      let answer = await request(false);
      if (refusesToken(answer)) answer = await request(true);
      if (isUnwell(answer)) endpoint.restsUntil = Date.now() + REST_MS;
      return judge(answer, part.count, part.bytes, url.host);
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      endpoint.restsUntil = Date.now() + REST_MS;
      return { kind: 'retry', reason: `${url.host}: ${faultOf(error)}` };
    }
  };
}

const headers = (token: string) => ({
  authorization: `Splunk ${token}`,
  'content-type': 'application/json', // some receivers take curl's default for a form and store nothing
  'content-encoding': 'gzip',
});

const refusesToken = ({ status }: Answer) => status === 401 || status === 403;
const isUnwell = ({ status }: Answer) => status === 429 || status >= 500;

/** A refused connection is an AggregateError without a message. */
const faultOf = (error: unknown) => messageOf(error) || String((error as NodeJS.ErrnoException).code);

interface Endpoint {
  readonly url: URL;
  /** Epoch milliseconds. */
  restsUntil: number;
}

/** Hands out the endpoints in turn, passing over those that rest unless all do. */
function rotation(addresses: readonly string[]): () => Endpoint {
  const endpoints: readonly Endpoint[] = addresses.map((address) => ({ url: collector(address), restsUntil: 0 }));
  let turn = 0;
  return () => {
    for (let i = 0; i < endpoints.length; i++) {
      const endpoint = endpoints[turn++ % endpoints.length];
      if (endpoint.restsUntil <= Date.now()) return endpoint;
    }
    return endpoints[turn++ % endpoints.length];
  };
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

function collector(address: string): URL {
  const base = URL.parse(address);
  if (base === null || !(base.protocol === 'https:' || (base.protocol === 'http:' && LOOPBACK.test(base.hostname)))) {
    throw new ConfigError('a HEC endpoint looks like https://host:8088', { endpoint: address });
  }
  return new URL(base.pathname.replace(/\/*$/, PATH), base);
}
