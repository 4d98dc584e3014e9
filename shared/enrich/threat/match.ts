/**
 * Matches the records of a log with threat indicators, behind the source: ECS's `related.ip` and `related.hosts` have every
 * address and name of a document, whichever back end wrote it, so that one place serves all of them.
 * Out: `threat.indicator` in the document, an object or a list of several; the first one in the facts, for Splunk.
 */
import type { Facts, Metrics, Source, Text } from '../../model.ts';
import { ipv4, ipv6, packIpv6 } from '../../text/ip.ts';
import { eachText, isAt, ownMember } from './members.ts';
import type { Found, IndicatorTable } from './table.ts';

export interface Indicators {
  /** The newest table; undefined: none could be read so far, and records go on without. */
  readonly table: IndicatorTable | undefined;
  /** Looks for newer lists once in a while; returns at once. */
  refresh(): void;
}

/** Of one record. */
const MOST_INDICATORS = 8;

/** The same source, whose documents have the indicators that they match. */
export function withIndicators<R>(source: Source<R>, indicators: Indicators, metrics: Pick<Metrics, 'add'>): Source<R> {
  const match = matcher();
  return {
    ...source,
    decode(chunks, uri) {
      indicators.refresh();
      return source.decode(chunks, uri);
    },
    write(record, from, doc, facts) {
      const start = doc.length;
      doc.mark = -1;
      if (!source.write(record, from, doc, facts)) return false;
      const { table } = indicators;
      if (table !== undefined && match(table, doc, start, facts)) metrics.add('IndicatorMatches', 1);
      return true;
    },
  };
}

interface Hit {
  readonly found: Found;
  /** The address or the name of the record. */
  readonly value: string;
  readonly type: 'ipv4-addr' | 'ipv6-addr' | 'domain-name';
}

type Match = (table: IndicatorTable, doc: Text, start: number, facts: Facts) => boolean;

const RELATED = Buffer.from('"related":{');
const THREAT = Buffer.from('"threat":{');

/** Back ends that write bytes mark the place; an object that remained empty was taken back. */
function relatedIn({ bytes, mark, length }: Text, start: number): number {
  const at = mark - RELATED.length;
  return mark >= 0 && isAt(bytes, at, RELATED) ? mark : ownMember(bytes, start, length, RELATED);
}

/** Whether the document that begins at `start` matches; then it has its indicators. */
function matcher(): Match {
  const look = looker();
  return (table, doc, start, facts) => {
    const from = relatedIn(doc, start);
    const hits = from < 0 ? NOTHING : look(table, doc, from, facts.time);
    if (hits.length === 0) return false;
    put(doc, ownMember(doc.bytes, start, doc.length, THREAT), rendered(table, hits));
    facts.detected = true;
    facts.indicator = table.name(hits[0].found);
    facts.threatList = table.about(hits[0].found).provider;
    return true;
  };
}

const I = 105; // of `ip`
const H = 104; // of `hosts` and of `hash`
const NOTHING: readonly Hit[] = [];

/** Returns what looks at the lists of addresses and names that begin at `from`. */
function looker() {
  const packed = new Uint8Array(16);
  let hits: Hit[] = [];
  let table: IndicatorTable;
  let bytes: Uint8Array;
  let time = 0;

  function hit(found: Found, type: Hit['type'], start: number, end: number): void {
    const { until = Number.POSITIVE_INFINITY } = table.about(found);
    if (time >= until || hits.length === MOST_INDICATORS || hits.some((each) => each.found === found)) return;
    hits.push({ found, type, value: Buffer.from(bytes.subarray(start, end)).toString() });
  }

  function address(start: number, end: number): void {
    const number = ipv4(bytes, start, end);
    if (number >= 0) {
      const found = table.ipv4(number);
      if (found >= 0) hit(found, 'ipv4-addr', start, end);
      return;
    }
    const text = ipv6(bytes, start, end);
    if (text === undefined) return;
    packIpv6(text, packed, 0);
    const found = table.ipv6(packed);
    if (found >= 0) hit(found, 'ipv6-addr', start, end);
  }

  function see(member: number, start: number, end: number): void {
    if (member === I) address(start, end);
    else if (member === H) {
      const found = table.host(bytes, start, end);
      if (found >= 0) hit(found, 'domain-name', start, end);
    }
  }

  return (of: IndicatorTable, doc: Text, from: number, at: number): readonly Hit[] => {
    table = of;
    bytes = doc.bytes;
    time = at;
    if (hits.length > 0) hits = [];
    eachText(bytes, from, see);
    return hits.length === 0 ? NOTHING : hits;
  };
}

function rendered(table: IndicatorTable, hits: readonly Hit[]): string {
  const all = hits.map(({ found, value, type }) => {
    const { until: _, ...about } = table.about(found);
    const place = type === 'domain-name' ? { url: { domain: value } } : { ip: value };
    return { type, name: table.name(found), ...place, ...about };
  });
  return `"indicator":${JSON.stringify(all.length === 1 ? all[0] : all)}`;
}

/** In: the place behind the brace of a `threat` that is there; -1: there is none. */
function put(doc: Text, at: number, member: string): void {
  if (at < 0) {
    doc.length--; // the brace that ends the document
    doc.string(`,"threat":{${member}}}`);
    return;
  }
  const rest = doc.bytes.slice(at, doc.length);
  doc.length = at;
  doc.string(`${member},`);
  doc.append(rest);
}
