/**
 * Route 53 Resolver query logs in S3: S3 → SQS → OpenSearch. A record is a query and its answers: one JSON object a line, or
 * one behind the other.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs.html
 */

import { json } from '../../shared/decode/json.ts';
import { ABSENT, LIST, type Members, MIXED, STRING } from '../../shared/decode/members.ts';
import { type Assets, refreshing } from '../../shared/enrich/assets.ts';
import { finder } from '../../shared/enrich/finder.ts';
import type { Places } from '../../shared/enrich/geo.ts';
import { DecodeError } from '../../shared/errors.ts';
import type { Bytes, Outcome, SinkName, Source, Text } from '../../shared/model.ts';
import { streamOf } from '../../shared/sources.ts';
import { EMPTY, type Literal, literal } from '../../shared/text/text.ts';
import { accountMemberCasts, accountRows } from '../../shared/transform/accounts.ts';
import { override } from '../../shared/transform/columns.ts';
import { isAddress, known, memberCasts, withAsset } from '../../shared/transform/membercasts.ts';
import { compile, type Emit, type Field, type MemberMap, remembering } from '../../shared/transform/members.ts';
import { Answers } from './answers.ts';
import { FIELDS } from './fields.ts';
import { PARTS, type Part, Question } from './question.ts';

export interface DnsOptions {
  readonly places: Pick<Places, 'members'>;
  readonly assets?: Assets | undefined;
  readonly route: readonly SinkName[];
  /** Rows that add to or replace the field map's. */
  readonly fields?: readonly Field[];
}

/** Throws ConfigError for rows of `fields` that can't be. */
export function dns({ places, assets, route, fields = [] }: DnsOptions): Source<Bytes> {
  const answers = new Answers();
  let question: Question | undefined;
  let verdict: Verdict;
  /** A cast for a part of the question. */
  const part =
    (which: Part): Emit =>
    (_members, _slots, key, doc) => {
      if (!question?.has(which)) return;
      doc.literal(key);
      question.append(doc, which);
    };
  const common = memberCasts(places);
  const map = compile(
    override(FIELDS, assets === undefined ? fields : [...accountRows('account_id'), ...fields]),
    {
      ...common,
      ...(assets && { ...accountMemberCasts(assets), place: withAsset(common.place, (time) => assetOf(time)) }),
      category: known(() => verdict.category),
      type: known(() => verdict.type),
      outcome: known(() => verdict.outcome),
      name: part(PARTS.NAME),
      registered: part(PARTS.REGISTERED),
      subdomain: part(PARTS.SUBDOMAIN),
      suffix: part(PARTS.SUFFIX),
      answers: list((doc, { view }) => answers.append(doc, view, question)),
      resolved: list((doc, { view }) => answers.appendAddresses(doc, view)),
      ips: list((doc, members, slots) => {
        appendText(doc, members, slots[0]);
        question?.append(doc, PARTS.POINTER);
        answers.appendAddresses(doc, members.view);
      }),
      hosts: list((doc, { view }) => {
        if (question?.isHost) question.append(doc, PARTS.NAME);
        answers.appendHosts(doc, view);
      }),
    },
    [...NAMED, ...VERDICT],
    { answers },
  );
  const { members } = map;
  const [ip, srcaddr, queryName, answered, instance, vpc, account] = NAMED.map(map.slot);
  const find = assets && finder(assets, members);
  const assetOf = (time: number) => find?.named([instance], time) ?? find?.address(ip, vpc, account, time);
  const asked = remembering(members, [queryName], () => new Question(members.text(queryName)!));
  const judged = judge(map);
  const isWhole = (slot: number): boolean =>
    members.kinds[slot] === ABSENT ||
    (members.kinds[slot] === LIST && answers.isRegular && (members.odd[slot] & MIXED) === 0);
  return {
    ...streamOf('dns'),
    decode: refreshing(assets, json({ probe: (from) => members.probe(from) })),
    write(record, _from, doc, facts) {
      members.find(record);
      if (isAddress(members, srcaddr)) members.set(ip, STRING, members.starts[srcaddr], members.ends[srcaddr]);
      else if (members.kinds[srcaddr] !== ABSENT) members.disown(srcaddr);
      const isName = members.kinds[queryName] === STRING && members.starts[queryName] < members.ends[queryName];
      question = isName ? asked() : undefined;
      if (question === undefined && members.kinds[queryName] !== ABSENT) members.disown(queryName);
      if (!isWhole(answered)) members.disown(answered);
      verdict = judged();
      facts.outcome = verdict.is;
      facts.detected = verdict.isDetected;
      facts.time = Number.NaN;
      map.write(doc, facts);
      if (!(facts.time >= 0)) throw new DecodeError('query_timestamp is no date', { field: 'query_timestamp' });
      return true;
    },
    raw: (record) => record,
    route: () => route,
  };
}

const NAMED = ['derived.ip', 'srcaddr', 'query_name', 'answers', 'srcids.instance', 'vpc_id', 'account_id'];

const QUOTE = 34;
const COMMA = 44;
const OPEN = 91;
const CLOSE = 93;
const QUOTE_COMMA = literal('",');

/** A cast for a list of what `append` adds as `…,` each; without any there is no list. */
const list =
  (append: (doc: Text, members: Members, slots: readonly number[]) => void): Emit =>
  (members, slots, key, doc) => {
    const before = doc.length;
    doc.literal(key);
    doc.byte(OPEN);
    append(doc, members, slots);
    if (doc.bytes[doc.length - 1] === OPEN) {
      doc.length = before;
    } else {
      doc.bytes[doc.length - 1] = CLOSE;
      doc.byte(COMMA);
    }
  };

function appendText(doc: Text, { kinds, view, starts, ends }: Members, slot: number): void {
  if (kinds[slot] === ABSENT) return;
  doc.byte(QUOTE);
  doc.copy(view, starts[slot], ends[slot]);
  doc.literal(QUOTE_COMMA);
}

const VERDICT = ['rcode', 'firewall_rule_action'];

/** What became of a query. */
interface Verdict {
  readonly is: Outcome | undefined;
  readonly isDetected: boolean;
  readonly category: Literal;
  readonly type: Literal;
  readonly outcome: Literal;
}

/**
 * Whoever gets no answer has failed, NXDOMAIN included, and whom DNS Firewall blocks, whatever it lets the resolver say.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-actions.html
 */
function judge({ members, slot }: MemberMap): () => Verdict {
  const slots = VERDICT.map(slot);
  return remembering(members, slots, () => {
    const [rcode, action] = slots.map((each) => members.text(each));
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
