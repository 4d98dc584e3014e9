/**
 * What rules did to a request. Most requests pass most groups of rules unseen: such a group is only named. The others, and
 * what other lists there are, are read as JSON.
 * https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
 */
import { flat, isObject, type Json, type JsonObject } from '../../shared/map/json.ts';
import { ABSENT, type Each, LIST, Members, STRING } from '../../shared/split/members.ts';
import type { Patch } from './headers.ts';
import type { Secrets } from './secrets.ts';
import { Spans } from './spans.ts';

const GROUPS = 'ruleGroupList';
const MATCHES = 'nonTerminatingMatchingRules';

/** Lists that are read whole, where there is something in them. */
export const LISTS = [
  GROUPS,
  MATCHES,
  'terminatingRuleMatchDetails',
  'rateBasedRuleList',
  'requestHeadersInserted',
] as const;

const NOTHING = 2; // bytes of an empty list

/** Groups of rules, while the record is being read. */
export class Groups implements Each {
  readonly members = new Members(
    ['ruleGroupId', 'terminatingRule', MATCHES, 'excludedRules'].map((name) => ({ name, isFree: true })),
  );
  /** All have an id. */
  isRegular = true;
  readonly ids = new Spans();
  /** Those that saw something in the request, with their braces. */
  readonly matched = new Spans();

  begin(): void {
    this.isRegular = true;
    this.ids.clear();
    this.matched.clear();
  }

  look(start: number, end: number): void {
    const { kinds, starts, ends, others } = this.members;
    if (kinds[0] === STRING) this.ids.add(starts[0], ends[0]);
    else this.isRegular = false;
    let hasMore = others.length > 0;
    for (let i = 1; i < kinds.length; i++) hasMore ||= kinds[i] !== ABSENT && ends[i] - starts[i] > NOTHING;
    if (hasMore) this.matched.add(start, end);
  }
}

export class Rules {
  readonly groups = new Groups();
  /** The lists as documents have them, by the numbers of their paths. */
  readonly lists = new Map<number, Json>();
  /** Ids of rules that would have stopped the request, had they not been told to count. */
  readonly counted = new Set<string>();
  /** The rule of a group that decided, and the group. */
  terminating: { readonly rule: unknown; readonly group: unknown } | undefined;
  /** Parts of the record that hold what nobody may see. */
  readonly patches: Patch[] = [];

  readonly #secrets: Secrets;
  #action: string | undefined;
  #isAnywhere = false;

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  /**
   * In: the numbers of LISTS, what became of the request, and whether secrets are to be expected.
   * False: a list is none.
   */
  read(members: Members, slots: readonly number[], action: string | undefined, isAnywhere: boolean): boolean {
    // clearing what is empty costs a new table
    if (this.lists.size > 0) this.lists.clear();
    if (this.counted.size > 0) this.counted.clear();
    this.terminating = undefined;
    this.patches.length = 0;
    this.#action = action;
    this.#isAnywhere = isAnywhere;
    let isRegular = true;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i];
      const kind = members.kinds[slot];
      if (kind === ABSENT || members.ends[slot] - members.starts[slot] <= NOTHING) continue;
      isRegular &&= kind === LIST;
      if (i === 0 && kind === LIST) this.#readGroups(members, slot);
      else this.#readList(members, slot);
    }
    return isRegular;
  }

  #readGroups(members: Members, slot: number): void {
    const { count, starts, ends } = this.groups.matched;
    if (count === 0) return;
    const seen: Json[] = [];
    for (let i = 0; i < count; i++) {
      const group = this.#parsed(members, starts[i], ends[i]);
      this.#judge(group);
      seen.push(flat(group)!);
    }
    this.lists.set(slot, seen);
  }

  #readList(members: Members, slot: number): void {
    const quote = members.kinds[slot] === STRING ? 1 : 0;
    const list = this.#parsed(members, members.starts[slot] - quote, members.ends[slot] + quote);
    if (members.nameOf(slot) === MATCHES) this.#count(list);
    this.lists.set(slot, flat(list)!);
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

  #parsed({ bytes }: Members, start: number, end: number): Json {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
    const value: Json = JSON.parse(text);
    if (!this.#secrets.mayBeIn(text)) return value;
    const seen = this.#secrets.redact(value, this.#isAnywhere);
    if (seen !== value) this.patches.push({ start, end, json: JSON.stringify(seen) });
    return seen;
  }
}

const NONE: JsonObject = {};
const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : NONE);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
