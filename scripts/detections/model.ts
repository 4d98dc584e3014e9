/** The words of detections: what a Sigma rule says, parsed. Types only. https://sigmahq.io/sigma-specification/ */

/** A piece of a text value: letters as they are, or a wildcard (`*` any run, `?` one letter). */
export type Part = { readonly text: string } | { readonly wild: '*' | '?' };

export type Operator = 'gt' | 'gte' | 'lt' | 'lte';

/** What a field is compared with. Texts never mind case. */
export type Value =
  | { readonly kind: 'text'; readonly parts: readonly Part[] }
  | { readonly kind: 'null' }
  | { readonly kind: 'exists'; readonly is: boolean }
  /** Found anywhere in the value. `source` is as the rule has it. */
  | { readonly kind: 'regex'; readonly source: string; readonly ignoreCase: boolean }
  | { readonly kind: 'cidr'; readonly block: string }
  | { readonly kind: 'compare'; readonly operator: Operator; readonly number: number }
  /** A list of `detections/lists`, by its name; `isWithin`: an entry stands somewhere in the value. */
  | { readonly kind: 'list'; readonly name: string; readonly isWithin: boolean }
  /** The value of another field. */
  | { readonly kind: 'field'; readonly name: string };

export type Match =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Match[] }
  | { readonly kind: 'not'; readonly of: Match }
  | { readonly kind: 'is'; readonly field: string; readonly value: Value };

export type Level = 'informational' | 'low' | 'medium' | 'high' | 'critical';

/** What every detection says to a person. */
export interface About {
  /** Unique: the file's name without its ending, or `name:` of a rule that a correlation refers to. */
  readonly name: string;
  readonly file: string;
  readonly title: string;
  readonly id: string;
  readonly status: string;
  readonly description: string;
  readonly references: readonly string[];
  /** `T1078.004`, upper case. */
  readonly techniques: readonly string[];
  /** `initial-access`. */
  readonly tactics: readonly string[];
  readonly level: Level;
  readonly falsepositives: readonly string[];
  /** What to do, one step each. */
  readonly response: readonly string[];
  /** Fields that an alert shows. */
  readonly fields: readonly string[];
  /** Fields whose values the next search follows. */
  readonly pivot: readonly string[];
  /** Fields that distinguish two alerts, of single events. Default: the log source's. */
  readonly per: readonly string[];
}

export interface Logsource {
  readonly product: string;
  readonly service: string;
}

export interface Rule extends About {
  readonly kind: 'rule';
  readonly logsource: Logsource;
  readonly match: Match;
}

export type CorrelationType = 'event_count' | 'value_count' | 'temporal' | 'temporal_ordered';

export interface Correlation extends About {
  readonly kind: 'correlation';
  readonly type: CorrelationType;
  readonly rules: readonly Rule[];
  /** Fields, or aliases, whose values events have in common. */
  readonly groupBy: readonly string[];
  /** Alias → name of a rule → field of that rule. */
  readonly aliases: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly seconds: number;
  /** Of counts. Temporal ones want every rule. */
  readonly operator: Operator | 'eq';
  readonly count: number;
  /** What is counted by `value_count`. */
  readonly field: string;
}

export type Detection = Rule | Correlation;

/** Allow-lists: data that rules refer to by name. */
export type Lists = Readonly<Record<string, readonly string[]>>;
