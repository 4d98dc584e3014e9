/**
 * What rules did to a request, and what became of it. Most requests pass most groups of rules unseen: such a group is only
 * named. The others, and what other lists there are, are read as JSON.
 * https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
 */

import { ABSENT, type Each, JsonFields, LIST, MAP, MIXED, STRING } from '../../shared/decode/jsonfields.ts';
import type { Outcome, Patch, Text } from '../../shared/model.ts';
import { EMPTY, type Literal, literal } from '../../shared/text/text.ts';
import { known } from '../../shared/transform/bytes/casts.ts';
import type { FieldMap } from '../../shared/transform/bytes/compile.ts';
import { Listed } from '../../shared/transform/bytes/listed.ts';
import { remembering } from '../../shared/transform/bytes/remembering.ts';
import type { Emit } from '../../shared/transform/bytes/write.ts';
import { trimmed as flat } from '../../shared/transform/flat.ts';
import { isObject, type Json, type JsonObject } from '../../shared/transform/objects/compile.ts';
import type { Secrets } from './secrets.ts';

const ACTION = 'action';
const GROUPS = 'ruleGroupList';
const MATCHES = 'nonTerminatingMatchingRules';
const LABELS = 'labels';
const OVERSIZE = 'oversizeFields';

/** Lists that are read whole, where there is something in them. */
const LISTS = [GROUPS, MATCHES, 'terminatingRuleMatchDetails', 'rateBasedRuleList', 'requestHeadersInserted'];
/** What the client answered to a puzzle. */
const ANSWERS = ['captchaResponse', 'challengeResponse'];

/** Paths that are read here of lists and objects, and all. */
export const NESTED: readonly string[] = [LABELS, OVERSIZE, ...ANSWERS, ...LISTS];
export const RULES: readonly string[] = [ACTION, ...NESTED];

const NOTHING = 2; // bytes of an empty list

export class Rules {
  /** Parts of the record that hold what nobody may see. */
  readonly patches: Patch[] = [];
  /** The lists as documents have them, by the numbers of their paths. */
  readonly lists = new Map<number, Json>();
  /** Ids of rules that would have stopped the request, had they not been told to count. */
  readonly counted = new Set<string>();
  /** The rule of a group that decided, and the group. */
  terminating: { readonly rule: unknown; readonly group: unknown } | undefined;
  verdict: Verdict = verdictsOf(undefined).plain;
  /** Parts of the request that were too long for rules to see them whole. */
  oversize: readonly string[] = [];
  readonly groups = new Listed('ruleGroupId', ['terminatingRule', MATCHES, 'excludedRules']);
  readonly labels = new Listed('name');
  /** What looks at lists, by their paths. */
  readonly each: Readonly<Record<string, Each>> = { [GROUPS]: this.groups, [LABELS]: this.labels };

  readonly #secrets: Secrets;
  #fields = new JsonFields([]);
  #indexes: Readonly<Record<'groups' | 'labels' | 'oversize', number>> = { groups: 0, labels: 0, oversize: 0 };
  #lists: readonly number[] = [];
  #answers: readonly number[] = [];
  #verdicts = () => verdictsOf(undefined);
  #action: string | undefined;
  #isAnywhere = false;

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  /** In: the compiled map, which knows RULES. */
  bind({ fields, indexOf }: FieldMap): void {
    const action = indexOf(ACTION);
    this.#fields = fields;
    this.#indexes = { groups: indexOf(GROUPS), labels: indexOf(LABELS), oversize: indexOf(OVERSIZE) };
    this.#lists = LISTS.map(indexOf);
    this.#answers = ANSWERS.map(indexOf);
    this.#verdicts = remembering(fields, [action], () => verdictsOf(fields.text(action)));
  }

  /**
   * Looks at what was found. `isAnywhere`: a match may be in a secret without saying so.
   * False: some part is not in the shape that AWS gives it, so that a secret may stand anywhere.
   */
  read(isAnywhere: boolean): boolean {
    const verdicts = this.#verdicts();
    this.#action = verdicts.action;
    this.#isAnywhere = isAnywhere;
    let isRegular = this.#readLists();
    isRegular = this.#readLabels(this.#indexes.labels) && isRegular;
    isRegular = this.#readOversize(this.#indexes.oversize) && isRegular;
    for (let i = 0; i < this.#answers.length; i++) isRegular &&= this.#isHarmless(this.#answers[i]);
    this.verdict = this.counted.size > 0 ? verdicts.counted : verdicts.plain;
    return isRegular;
  }

  #readLists(): boolean {
    // clearing what is empty costs a new table
    if (this.lists.size > 0) this.lists.clear();
    if (this.counted.size > 0) this.counted.clear();
    this.terminating = undefined;
    this.patches.length = 0;
    const { kinds, odd, starts, ends } = this.#fields;
    const { groups } = this.#indexes;
    let isRegular = this.groups.isRegular && (odd[groups] & MIXED) === 0;
    for (let i = 0; i < this.#lists.length; i++) {
      const index = this.#lists[i];
      if (kinds[index] === ABSENT || ends[index] - starts[index] <= NOTHING) continue;
      isRegular &&= kinds[index] === LIST;
      if (index === groups && kinds[index] === LIST) this.#readGroups(index);
      else this.#readList(index);
    }
    return isRegular;
  }

  #readGroups(index: number): void {
    const { count, starts, ends } = this.groups.rich;
    if (count === 0) return;
    const seen: Json[] = [];
    for (let i = 0; i < count; i++) {
      const group = this.#parsed(starts[i], ends[i]);
      this.#judge(group);
      seen.push(flat(group)!);
    }
    this.lists.set(index, seen);
  }

  #readList(index: number): void {
    const { kinds, starts, ends } = this.#fields;
    const quote = kinds[index] === STRING ? 1 : 0;
    const list = this.#parsed(starts[index] - quote, ends[index] + quote);
    if (this.#fields.nameOf(index) === MATCHES) this.#count(list);
    this.lists.set(index, flat(list)!);
  }

  #judge(group: Json): void {
    const { [MATCHES]: matches, excludedRules, terminatingRule, ruleGroupId } = objectOf(group);
    this.#count(matches);
    for (const rule of listOf(excludedRules)) this.#add(objectOf(rule).ruleId);
    const { ruleId: rule, action } = objectOf(terminatingRule);
    if (action === undefined) return;
    if (action === this.#action) this.terminating = { rule, group: ruleGroupId };
    // the group was told to count whatever its rules say
    else if (action !== 'ALLOW') this.#add(rule);
  }

  #count(rules: unknown): void {
    for (const rule of listOf(rules)) {
      const { ruleId, action } = objectOf(rule);
      if (action === 'COUNT') this.#add(ruleId);
    }
  }

  #add(rule: unknown): void {
    this.counted.add(typeof rule === 'string' ? rule : 'unknown');
  }

  #parsed(start: number, end: number): Json {
    const text = textOf(this.#fields.bytes, start, end);
    const value: Json = JSON.parse(text);
    if (!this.#secrets.mayBeIn(text)) return value;
    const seen = this.#secrets.redact(value, this.#isAnywhere);
    if (seen !== value) this.patches.push({ start, end, json: JSON.stringify(seen) });
    return seen;
  }

  #readLabels(index: number): boolean {
    const { kinds, odd } = this.#fields;
    if (kinds[index] === ABSENT) return true;
    const { isRegular: areNames, rich } = this.labels;
    const isRegular = kinds[index] === LIST && areNames && rich.count === 0 && (odd[index] & MIXED) === 0;
    if (!isRegular) this.#fields.moveToOther(index);
    return isRegular;
  }

  #readOversize(index: number): boolean {
    this.oversize = [];
    const { kinds, bytes, starts, ends } = this.#fields;
    if (kinds[index] === ABSENT) return true;
    const list = kinds[index] === LIST ? JSON.parse(textOf(bytes, starts[index], ends[index])) : undefined;
    const isRegular = Array.isArray(list) && list.every((each) => typeof each === 'string');
    if (isRegular) this.oversize = list;
    else this.#fields.moveToOther(index);
    return isRegular;
  }

  /** An object without anything that tells of a header, or nothing. */
  #isHarmless(index: number): boolean {
    const { kinds, bytes, starts, ends } = this.#fields;
    if (kinds[index] === ABSENT) return true;
    return kinds[index] === MAP && !this.#secrets.mayBeIn(textOf(bytes, starts[index], ends[index]));
  }
}

/** What became of a request, as ECS says it: values of `event.*`, rendered with their comma; EMPTY: none. */
interface Verdict {
  readonly is: Outcome | undefined;
  readonly isDetected: boolean;
  readonly category: Literal;
  readonly type: Literal;
  readonly outcome: Literal;
}

interface Verdicts {
  readonly action: string | undefined;
  readonly plain: Verdict;
  /** Where a rule would have stopped the request, but was told to count. */
  readonly counted: Verdict;
}

/** Went through: ALLOW, and COUNT of WAF Classic. Whatever else there may be stops a request or asks something of the client. */
const PASSED = new Set(['ALLOW', 'COUNT']);

function verdictsOf(action: string | undefined): Verdicts {
  return { action, plain: verdictOf(action, action === 'COUNT'), counted: verdictOf(action, true) };
}

function verdictOf(action: string | undefined, isCounted: boolean): Verdict {
  const isPassed = action === undefined || PASSED.has(action);
  const isDetected = isCounted || !isPassed;
  const is = action === undefined ? undefined : isPassed ? 'success' : 'failure';
  const rendered = (json: unknown) => literal(`${JSON.stringify(json)},`);
  return {
    is,
    isDetected,
    category: rendered(['web', 'network', ...(isDetected ? ['intrusion_detection'] : [])]),
    type: rendered(['access', ...(is === undefined ? [] : [isPassed ? 'allowed' : 'denied'])]),
    outcome: is === undefined ? EMPTY : rendered(is),
  };
}

type Name =
  | 'category'
  | 'type'
  | 'outcome'
  | 'rule'
  | 'ruleset'
  | 'labels'
  | 'groups'
  | 'counted'
  | 'oversize'
  | 'parsed'
  | 'object';

/** What casts know of a record as a whole. */
export type Context = Pick<Rules, 'verdict'>;

/**
 * `category`, `type`, `outcome` of the event · `rule`, `ruleset` that decided · `labels` · `groups` of rules · `counted` rules ·
 * `oversize` parts of the request · `parsed` a list that was read whole · `object` as it is.
 */
export function ruleCasts(rules: Rules): Readonly<Record<Name, Emit<Context>>> {
  return {
    category: known(({ verdict }) => verdict.category),
    type: known(({ verdict }) => verdict.type),
    outcome: known(({ verdict }) => verdict.outcome),
    rule(fields, indexes, key, doc) {
      const { terminating } = rules;
      if (terminating === undefined) text(fields, indexes[0], key, doc);
      else value(terminating.rule, key, doc);
    },
    ruleset(_fields, _indexes, key, doc) {
      value(rules.terminating?.group, key, doc);
    },
    labels({ view }, _indexes, key, doc) {
      rules.labels.append(doc, view, key);
    },
    groups({ view }, _indexes, key, doc) {
      rules.groups.append(doc, view, key);
    },
    counted(_fields, _indexes, key, doc) {
      if (rules.counted.size > 0) value([...rules.counted], key, doc);
    },
    oversize(_fields, _indexes, key, doc) {
      if (rules.oversize.length > 0) value(rules.oversize, key, doc);
    },
    parsed(_fields, [index], key, doc) {
      value(rules.lists.get(index), key, doc);
    },
    object(fields, [index], key, doc) {
      const { bytes, kinds, starts, ends } = fields;
      if (kinds[index] === MAP) value(flat(JSON.parse(textOf(bytes, starts[index], ends[index]))), key, doc);
      else if (kinds[index] !== ABSENT) fields.moveToOther(index);
    },
  };
}

const QUOTE = 34;
const COMMA = 44;
const QUOTE_COMMA = literal('",');

function value(json: unknown, key: Literal, doc: Text): void {
  if (json === undefined) return;
  doc.literal(key);
  doc.json(json);
  doc.byte(COMMA);
}

function text({ view, kinds, starts, ends }: JsonFields, index: number, key: Literal, doc: Text): void {
  if (kinds[index] !== STRING || starts[index] === ends[index]) return;
  doc.literal(key);
  doc.byte(QUOTE);
  doc.copy(view, starts[index], ends[index]);
  doc.literal(QUOTE_COMMA);
}

/** UTF-8. */
const textOf = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();

const NONE: JsonObject = {};
const objectOf = (json: unknown): JsonObject => (isObject(json) ? json : NONE);
const listOf = (json: unknown): readonly unknown[] => (Array.isArray(json) ? json : []);
