/**
 * Route 53 Resolver query logs in S3: S3 → SQS → OpenSearch. A record is a query and its answers: one JSON object a line, or
 * one behind the other.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs.html
 */

import { json } from '../../shared/decode/json.ts';
import { ABSENT, type JsonFields, LIST, MIXED, STRING } from '../../shared/decode/jsonfields.ts';
import { type Assets, refreshing } from '../../shared/enrich/assets.ts';
import { finder } from '../../shared/enrich/finder.ts';
import type { Geo } from '../../shared/enrich/geo.ts';
import { DecodeError } from '../../shared/errors.ts';
import type { Bytes, Outcome, SinkName, Source, Text } from '../../shared/model.ts';
import { streamOf } from '../../shared/sources.ts';
import { EMPTY, type Literal, literal } from '../../shared/text/text.ts';
import { accountJsonCasts, accountRows } from '../../shared/transform/accounts.ts';
import { isAddress, jsonCasts, known, withAsset } from '../../shared/transform/bytes/casts.ts';
import { compile, type FieldMap } from '../../shared/transform/bytes/compile.ts';
import { remembering } from '../../shared/transform/bytes/remembering.ts';
import type { Emit } from '../../shared/transform/bytes/write.ts';
import type { Field } from '../../shared/transform/rows.ts';
import { override } from '../../shared/transform/rows.ts';
import { Answers } from './answers.ts';
import { FIELDS } from './fields.ts';
import { PARTS, type Part, Question } from './question.ts';

export interface DnsOptions {
  readonly geo: Pick<Geo, 'rendered'>;
  readonly assets?: Assets | undefined;
  readonly route: readonly SinkName[];
  /** Rows that add to or replace the field map's. */
  readonly fields?: readonly Field[];
}

/** Throws ConfigError for rows of `fields` that can't be. */
export function dns({ geo, assets, route, fields: rows = [] }: DnsOptions): Source<Bytes> {
  const answers = new Answers();
  const context: Context = { question: undefined, verdict: NO_VERDICT, answers };
  const common = jsonCasts(geo);
  const map: FieldMap<Context> = compile(override(FIELDS, assets === undefined ? rows : [...ACCOUNT_ROWS, ...rows]), {
    casts: {
      ...common,
      ...CASTS,
      ...(assets && { ...accountJsonCasts(assets), geo: withAsset(common.geo, (time) => assetOf(time)) }),
    },
    paths: [...NAMED, ...VERDICT],
    lists: { answers },
  });
  const { fields } = map;
  const [ip, srcaddr, queryName, answered, instance, vpc, account] = NAMED.map(map.indexOf);
  const find = assets && finder(assets, fields);
  const assetOf = (time: number) => find?.named([instance], time) ?? find?.address(ip, vpc, account, time);
  const asked = remembering(fields, [queryName], () => new Question(fields.text(queryName)!));
  const verdictOf = verdictReader(map);
  const isWhole = (index: number): boolean =>
    fields.kinds[index] === ABSENT ||
    (fields.kinds[index] === LIST && answers.isRegular && (fields.odd[index] & MIXED) === 0);
  return {
    ...streamOf('dns'),
    decode: refreshing(assets, json({ probe: (from) => fields.probe(from) })),
    write(record, _from, doc, facts) {
      fields.find(record);
      if (isAddress(fields, srcaddr)) fields.set(ip, STRING, fields.starts[srcaddr], fields.ends[srcaddr]);
      else if (fields.kinds[srcaddr] !== ABSENT) fields.moveToOther(srcaddr);
      const isName = fields.kinds[queryName] === STRING && fields.starts[queryName] < fields.ends[queryName];
      context.question = isName ? asked() : undefined;
      if (context.question === undefined && fields.kinds[queryName] !== ABSENT) fields.moveToOther(queryName);
      if (!isWhole(answered)) fields.moveToOther(answered);
      context.verdict = verdictOf();
      facts.outcome = context.verdict.is;
      facts.detected = context.verdict.isDetected;
      facts.time = Number.NaN;
      map.write(doc, facts, context);
      if (!(facts.time >= 0)) throw new DecodeError('query_timestamp is not a date', { field: 'query_timestamp' });
      return true;
    },
    raw: (record) => record,
    route: () => route,
  };
}

const ACCOUNT_ROWS = accountRows('account_id');
const NAMED = ['derived.ip', 'srcaddr', 'query_name', 'answers', 'srcids.instance', 'vpc_id', 'account_id'];

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const OPEN = 91;
const CLOSE = 93;
const QUOTE_COMMA = literal('",');

/** A cast for a part of the question. */
const part =
  (which: Part): Emit<Context> =>
  (_fields, _indexes, key, doc, _facts, { question }) => {
    if (!question?.has(which)) return;
    doc.literal(key);
    question.append(doc, which);
  };

/** A cast for a list of what `append` adds as `…,` each; without any there is no list. */
const list =
  (append: Append): Emit<Context> =>
  (fields, indexes, key, doc, _facts, context) => {
    const before = doc.length;
    doc.literal(key);
    doc.byte(OPEN);
    append(doc, context, fields, indexes);
    if (doc.bytes[doc.length - 1] === OPEN) {
      doc.length = before;
    } else {
      doc.bytes[doc.length - 1] = CLOSE;
      doc.byte(COMMA);
    }
  };

/** The same for a list of texts, each once. */
const distinct = (append: Append): Emit<Context> =>
  list((doc, context, fields, indexes) => {
    const start = doc.length;
    append(doc, context, fields, indexes);
    dropRepeats(doc, start);
  });

const starts: number[] = []; // of the texts that stay
const ends: number[] = []; // behind the closing quote

/** Takes out what stands in `"a","b",` a second time, by its bytes. */
function dropRepeats(doc: Text, start: number): void {
  const { bytes, length } = doc;
  let count = 0;
  let to = start;
  for (let at = start; at < length; ) {
    const end = textEnd(bytes, at + 1) + 1;
    if (!isAmong(bytes, at, end, count)) {
      if (to !== at) bytes.copyWithin(to, at, end + 1);
      starts[count] = to;
      ends[count++] = to + end - at;
      to += end - at + 1;
    }
    at = end + 1;
  }
  doc.length = to;
}

/** Inside a text → its closing quote. */
function textEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

function isAmong(bytes: Uint8Array, start: number, end: number, count: number): boolean {
  for (let i = 0; i < count; i++) {
    if (ends[i] - starts[i] !== end - start) continue;
    let at = 1;
    while (start + at < end && bytes[starts[i] + at] === bytes[start + at]) at++;
    if (start + at === end) return true;
  }
  return false;
}

type Append = (doc: Text, context: Context, fields: JsonFields, indexes: readonly number[]) => void;

function appendText(doc: Text, { kinds, view, starts, ends }: JsonFields, index: number): void {
  if (kinds[index] === ABSENT) return;
  doc.byte(QUOTE);
  doc.copy(view, starts[index], ends[index]);
  doc.literal(QUOTE_COMMA);
}

/** What casts know of a record as a whole. */
interface Context {
  /** Undefined: the query has no name that can be read. */
  question: Question | undefined;
  verdict: Verdict;
  readonly answers: Answers;
}

const CASTS: Readonly<Record<string, Emit<Context>>> = {
  category: known(({ verdict }) => verdict.category),
  type: known(({ verdict }) => verdict.type),
  outcome: known(({ verdict }) => verdict.outcome),
  name: part(PARTS.NAME),
  registered: part(PARTS.REGISTERED),
  subdomain: part(PARTS.SUBDOMAIN),
  suffix: part(PARTS.SUFFIX),
  answers: list((doc, { answers, question }, { view }) => answers.append(doc, view, question)),
  resolved: list((doc, { answers }, { view }) => answers.appendAddresses(doc, view)),
  ips: list((doc, { answers, question }, fields, [ip]) => {
    const start = doc.length;
    const { view, kinds, starts, ends } = fields;
    appendText(doc, fields, ip);
    if (kinds[ip] === ABSENT) answers.appendAddresses(doc, view);
    else answers.appendAddresses(doc, view, starts[ip], ends[ip]);
    if (!question?.has(PARTS.POINTER)) return;
    question.append(doc, PARTS.POINTER);
    dropRepeats(doc, start);
  }),
  hosts: distinct((doc, { answers, question }, { view }) => {
    if (question?.isHost) question.append(doc, PARTS.NAME);
    answers.appendHosts(doc, view);
  }),
};

const VERDICT = ['rcode', 'firewall_rule_action'];

/** What became of a query. */
interface Verdict {
  readonly is: Outcome | undefined;
  readonly isDetected: boolean;
  readonly category: Literal;
  readonly type: Literal;
  readonly outcome: Literal;
}

const NO_VERDICT: Verdict = { is: undefined, isDetected: false, category: EMPTY, type: EMPTY, outcome: EMPTY };

/**
 * Whoever gets no answer has failed, NXDOMAIN included, and whom DNS Firewall blocks, whatever it lets the resolver say.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-actions.html
 */
function verdictReader({ fields, indexOf }: FieldMap<Context>): () => Verdict {
  const indexes = VERDICT.map(indexOf);
  return remembering(fields, indexes, () => {
    const [rcode, action] = indexes.map((each) => fields.text(each));
    const isBlocked = action === 'BLOCK';
    const outcome = isBlocked ? 'failure' : rcode && (rcode === 'NOERROR' ? 'success' : 'failure');
    const isDetected = isBlocked || action === 'ALERT';
    const types = action === undefined ? ['protocol'] : ['protocol', isBlocked ? 'denied' : 'allowed'];
    return {
      is: outcome || undefined,
      isDetected,
      category: rendered(isDetected ? ['network', 'intrusion_detection'] : ['network']),
      type: rendered(types),
      outcome: outcome ? rendered(outcome) : EMPTY,
    };
  });
}

const rendered = (json: unknown): Literal => literal(`${JSON.stringify(json)},`);
