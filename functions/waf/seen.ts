/** What is known of the request that is being written, besides the values at the paths of rows. */
import { type MemberMap, remembering } from '../../shared/map/members.ts';
import { ABSENT, type Each, LIST, MAP, Members, MIXED, STRING } from '../../shared/split/members.ts';
import { Headers, type Patch } from './headers.ts';
import { LISTS, Rules } from './rules.ts';
import type { Secrets } from './secrets.ts';
import { Spans } from './spans.ts';
import { type Verdict, verdictsOf } from './verdict.ts';

const PARTS = [
  'action',
  'httpRequest.headers',
  'ruleGroupList',
  'labels',
  'oversizeFields',
  'captchaResponse',
  'challengeResponse',
];

/** Paths that are read here. */
export const SEEN: readonly string[] = [...PARTS, ...LISTS];

/** Names of labels, while the record is being read. */
class Labels implements Each {
  readonly members = new Members([{ name: 'name', isFree: false }]);
  isRegular = true;
  readonly names = new Spans();

  begin(): void {
    this.isRegular = true;
    this.names.clear();
  }

  look(): void {
    const { kinds, starts, ends, others } = this.members;
    if (kinds[0] === STRING) this.names.add(starts[0], ends[0]);
    if (kinds[0] !== STRING || others.length > 0) this.isRegular = false;
  }
}

export class Seen {
  readonly rules: Rules;
  readonly headers: Headers;
  readonly labels = new Labels();
  oversize: readonly string[] = [];
  verdict: Verdict = verdictsOf(undefined).plain;

  readonly #secrets: Secrets;
  #members = new Members([]);
  #parts: readonly number[] = [];
  #lists: readonly number[] = [];
  #scalars: readonly number[] = []; // paths of values that are neither lists nor objects
  #verdicts = () => verdictsOf(undefined);

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
    this.rules = new Rules(secrets);
    this.headers = new Headers(secrets.names);
  }

  /** What looks at lists, by their paths. */
  get each(): Readonly<Record<string, Each>> {
    return { 'httpRequest.headers': this.headers, ruleGroupList: this.rules.groups, labels: this.labels };
  }

  /** In: the compiled map, and all paths that rows name. */
  bind(map: MemberMap, paths: readonly string[]): void {
    const { members, slot } = map;
    this.headers.bind(map, paths);
    this.#members = members;
    this.#parts = PARTS.map(slot);
    this.#lists = LISTS.map(slot);
    const [action, ...containers] = [...this.#parts, ...this.#lists];
    this.#scalars = [...members.kinds.keys()].filter((each) => !containers.includes(each));
    this.#verdicts = remembering(members, [action], () => verdictsOf(members.text(action)));
  }

  /** Looks at what was found. False: some part is not in the shape that AWS gives it, so that a secret may stand anywhere. */
  read(): boolean {
    const { kinds, odd, others, bytes } = this.#members;
    const [, headers, groups, labels, oversize, captcha, challenge] = this.#parts;
    const verdicts = this.#verdicts();
    // the list is copied as it is
    let isRegular = kinds[headers] === ABSENT || (kinds[headers] === LIST && odd[headers] === 0);
    isRegular &&= this.headers.isRegular && this.rules.groups.isRegular && (odd[groups] & MIXED) === 0;
    const mayHide = this.headers.hasSecret || this.headers.count === 0;
    isRegular = this.rules.read(this.#members, this.#lists, verdicts.action, mayHide) && isRegular;
    isRegular = this.#readLabels(labels) && isRegular;
    isRegular = this.#readOversize(oversize) && isRegular;
    isRegular &&= this.#isHarmless(captcha) && this.#isHarmless(challenge);
    for (let i = 0; i < others.length; i++) isRegular &&= !isContainer(bytes[others[i].start]);
    for (let i = 0; i < this.#scalars.length; i++) isRegular &&= kinds[this.#scalars[i]] < LIST;
    this.verdict = this.rules.counted.size > 0 ? verdicts.counted : verdicts.plain;
    return isRegular;
  }

  /** Parts of the record that hold what nobody may see, in their order. */
  patches(): readonly Patch[] {
    if (this.rules.patches.length === 0) return this.headers.patches;
    return [...this.headers.patches, ...this.rules.patches].sort((a, b) => a.start - b.start);
  }

  /** An object without anything that tells of a header, or nothing. */
  #isHarmless(slot: number): boolean {
    const { kinds, bytes, starts, ends } = this.#members;
    if (kinds[slot] === ABSENT) return true;
    return kinds[slot] === MAP && !this.#secrets.mayBeIn(textOf(bytes, starts[slot], ends[slot]));
  }

  #readLabels(slot: number): boolean {
    const { kinds, odd } = this.#members;
    if (kinds[slot] === ABSENT) return true;
    const isRegular = kinds[slot] === LIST && this.labels.isRegular && (odd[slot] & MIXED) === 0;
    if (!isRegular) this.#members.disown(slot);
    return isRegular;
  }

  #readOversize(slot: number): boolean {
    this.oversize = [];
    const { kinds, bytes, starts, ends } = this.#members;
    if (kinds[slot] === ABSENT) return true;
    const list = kinds[slot] === LIST ? JSON.parse(textOf(bytes, starts[slot], ends[slot])) : undefined;
    const isRegular = Array.isArray(list) && list.every((each) => typeof each === 'string');
    if (isRegular) this.oversize = list;
    else this.#members.disown(slot);
    return isRegular;
  }
}

const isContainer = (c: number): boolean => c === 123 || c === 91;

/** UTF-8. */
export const textOf = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
