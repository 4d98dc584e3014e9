/**
 * Which records a destination gets, by their facts: `{"splunk":{"severity":"medium","accounts":["123456789012"]}}`.
 * A record has to meet each term. A record without the fact that a term asks for (no severity, no account) meets the term.
 */
import type { Facts, Metrics, Severity, SinkName } from '../model.ts';
import { SCALE } from '../table/severity.ts';

export interface Terms {
  /** The least. */
  readonly severity?: Severity;
  /** Names as findings have them, in any case. */
  readonly products?: readonly string[];
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
  readonly workflow?: readonly Workflow[];
  /** Only what a security rule of the source saw; nothing of sources that have none. */
  readonly detected?: boolean;
  /** Also what comes by a better way too. Default: to OpenSearch alone, where copies have a place of their own. */
  readonly copies?: boolean;
  /** `count`: what would be held back is sent all the same, and counted. */
  readonly mode?: (typeof MODES)[number];
}

export type Filter = Readonly<Partial<Record<SinkName, Terms>>>;

/** What `Facts.workflow` may be. */
const WORKFLOW = ['new', 'notified', 'resolved', 'suppressed', 'archived'] as const;
export type Workflow = (typeof WORKFLOW)[number];

const MODES = ['filter', 'count'] as const;
const SINKS: ReadonlySet<string> = new Set<SinkName>(['opensearch', 'splunk']);

type Test = (value: unknown) => boolean;
const oneOf =
  (words: readonly unknown[]): Test =>
  (value) =>
    words.includes(value);
const listOf =
  (pattern: RegExp): Test =>
  (value) =>
    Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string' && pattern.test(each));

const TERMS: Readonly<Record<keyof Terms, Test>> = {
  severity: oneOf(SCALE),
  products: listOf(/\S/),
  accounts: listOf(/^\d{12}$/),
  regions: listOf(/^[a-z]{2}(-[a-z]+)+-\d$/),
  workflow: listOf(new RegExp(`^(${WORKFLOW.join('|')})$`)),
  detected: oneOf([true, false]),
  copies: oneOf([true, false]),
  mode: oneOf(MODES),
};

/** What a filter looks like, for whoever wrote another. */
export const FILTER =
  'filters by destination, {"splunk":{…}} or {"opensearch":{…}}, of ' +
  `severity (${SCALE.join(', ')}), products, accounts (12 digits in quotes), regions, ` +
  `workflow (a list of ${WORKFLOW.join(', ')}), detected (true or false), copies (true or false) and mode (${MODES.join(' or ')})`;

/** Whether a value is a filter: a misspelt term would let pass what nobody wants, or hold back what somebody waits for. */
export const isFilter = (value: unknown): value is Filter =>
  isTree(value) && Object.entries(value).every(([sink, terms]) => SINKS.has(sink) && isTerms(terms));

const isTerms = (value: unknown): boolean =>
  isTree(value) &&
  Object.entries(value).every(([term, inner]) => Object.hasOwn(TERMS, term) && TERMS[term as keyof Terms](inner));

const isTree = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a sink gets a record that is routed to it. */
export type Admits = (sink: SinkName, facts: Facts) => boolean;

/** Counts what is held back as `HeldBack`, and what only `mode` lets pass as `WouldBeHeldBack`. */
export function admission(filter: Filter, metrics: Pick<Metrics, 'add'>): Admits {
  const gates: Readonly<Record<SinkName, Gate>> = {
    opensearch: gate({ copies: true, ...filter.opensearch }),
    splunk: gate({ copies: false, ...filter.splunk }),
    archive: gate({ copies: true }),
  };
  return (sink, facts) => {
    const { copies, meets, isCounting } = gates[sink];
    const isWanted = copies || !facts.copy;
    if (isWanted && meets.every((meet) => meet(facts))) return true;
    const passes = isWanted && isCounting;
    metrics.add(passes ? 'WouldBeHeldBack' : 'HeldBack', 1, sink);
    return passes;
  };
}

type Meet = (facts: Facts) => boolean;

interface Gate {
  readonly copies: boolean;
  readonly meets: readonly Meet[];
  readonly isCounting: boolean;
}

function gate({ severity, products, accounts, regions, workflow, detected, copies = true, mode }: Terms): Gate {
  const meets = [
    severity && atLeast(severity),
    products && among(lower(products), ({ product }) => product.toLowerCase()),
    accounts && among(accounts, ({ account }) => account),
    regions && among(regions, ({ region }) => region),
    workflow && among(workflow, (facts) => facts.workflow),
    detected === true ? (facts: Facts) => facts.detected : undefined,
  ].filter((meet) => meet !== undefined);
  return { copies, meets, isCounting: mode === 'count' };
}

function atLeast(least: Severity): Meet {
  const floor = SCALE.indexOf(least);
  return ({ severity }) => severity === undefined || SCALE.indexOf(severity) >= floor;
}

function among(values: readonly string[], of: (facts: Facts) => string): Meet {
  const set = new Set(['', ...values]); // '': not known
  return (facts) => set.has(of(facts));
}

const lower = (names: readonly string[]): string[] => names.map((name) => name.toLowerCase());
