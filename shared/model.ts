/**
 * The words of Bongsu. One record's way: an Item hands out Bodies; a Source decodes a Body into Pages of records, writes
 * each record's document and routes it; a Sink appends it to a Batch and sends the Batch; a Delivery says what became of it.
 * Types only: this file imports no code and everything may import it.
 */
import type { Batch } from './text/batch.ts';
import type { Text } from './text/text.ts';

export type { Batch, Text };

/** Bytes as they arrive: any size, a record may start in one chunk and end in another. */
export type Chunk = Uint8Array;

/**
 * A named stream of bytes: an S3 object (already unpacked), an event.
 * uri: `s3://bucket/key@etag`, `eventbridge:<source>/<id>`, `cloudwatchlogs:<group>/<stream>@<id>`, `file:<path>`.
 */
export interface Body {
  readonly uri: string;
  readonly chunks: AsyncIterable<Chunk>;
  /** It stays where it is and can be read again; of any other, each record that is refused has to be kept. */
  readonly stays?: boolean;
  /** It is in its item: when the item comes again, so do the same records under the same numbers. */
  readonly isFixed?: boolean;
  /** Number of its first record, of what is a piece of a body. */
  readonly seq?: number;
  /** The records that are wanted, by their numbers. Default: all. */
  readonly only?: ReadonlySet<number>;
  /** The only sink that gets them. Default: all that they are routed to. */
  readonly sink?: SinkName;
  /** When each record was logged, epoch milliseconds by its number less one, where the delivery says so. */
  readonly times?: readonly number[];
}

/** The unit AWS hands us and can hand us again: an SQS message, an EventBridge event, a tick. Nothing is read until asked. */
export interface Item {
  readonly id: string;
  /** It was handed to us before: somebody may have collected a part of it. */
  readonly isRepeat?: boolean;
  /** Names its content, so that it is recognized when it comes again under another id. Default: its id. */
  key?(): string;
  /** Of the objects that it announces, for the log: where it fails before it is read. */
  uris?(): readonly string[];
  bodies(signal: AbortSignal): AsyncIterable<Body>;
}

/**
 * A cursor over the records of one chunk.
 * A record is a view, valid until the next call. `next` throws DecodeError for a record that can't be cut out, and can be
 * called again after that.
 */
export interface Page<R> {
  /** Where the record last returned (or refused) stood: its line number or its ordinal in the body, from 1. */
  readonly seq: number;
  next(): R | undefined;
}

/** Chunks in, pages out. Called anew for each body, so it may hold state (a header line). */
export type Decoder<R> = (chunks: AsyncIterable<Chunk>, uri?: string) => AsyncIterable<Page<R>>;

/** A view of somebody's bytes. At least 8 readable bytes follow `end`, so that copies may run in words. */
export interface Bytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

/** Where a record stood, so that it can be found and named again. */
export interface Origin {
  readonly uri: string;
  readonly seq: number;
  /** When the record was logged, epoch milliseconds, where the delivery says so. */
  readonly time?: number | undefined;
}

export type Severity = 'informational' | 'low' | 'medium' | 'high' | 'critical';
export type Outcome = 'success' | 'failure' | 'unknown';
export type SinkName = 'opensearch' | 'splunk' | 'archive';

/** What the pipe must know of a record besides its document. One instance is reused: copy what you keep. */
export interface Facts {
  /** Same record → same id; '' means: derived from the origin. */
  id: string;
  /** Epoch milliseconds, the source's clock. */
  time: number;
  severity: Severity | undefined;
  outcome: Outcome | undefined;
  /** A security rule of the source or a threat indicator matched, whether or not anything was stopped. */
  detected: boolean;
  /** Id of the document that holds only the newest state of the same thing; '' for things without a state. */
  current: string;
  /** Orders the states of `current`: epoch milliseconds of the update. */
  version: number;
  /** Uid of a finding that it is about without being one of its states; '' for everything else. */
  about: string;
  /** The event that it came in goes to the archive with another of its records. */
  archived: boolean;
  /** The same comes by a better way too: kept apart, and no state of `current`. */
  copy: boolean;
  /** What filters ask for; '' where it is not known. */
  account: string;
  region: string;
  product: string;
  /** `new`, `notified`, `resolved`, `suppressed` or `archived`. */
  workflow: string;
  /** In Splunk, of a record that looks otherwise than most of its source; '' means: the source's own. */
  sourcetype: string;
  /** Part of the index's name between the source's and the date, of a source with an index per dataset; '' means: none. */
  part: string;
  /** `host` and `source` in Splunk; '' means: the settings' and the body's. */
  host: string;
  splunkSource: string;
  /** Names of the columns of a raw record of text, with spaces between; '' where they are the sourcetype's usual ones. */
  columns: string;
  /** The first threat indicator that it matches, and the list that names it; '' where it matches none. */
  indicator: string;
  threatList: string;
  /** No sink gets it. */
  dropped: boolean;
  /** Parts of the raw record that nobody may see, in their order; undefined: it is not known which. Valid until the next record. */
  patches: readonly Patch[] | undefined;
}

/** A part of a raw record, by its offsets, and the JSON text that stands there instead; undefined: that it is redacted. */
export interface Patch {
  readonly start: number;
  readonly end: number;
  readonly json: string | undefined;
}

/** Where a source's documents go in OpenSearch: `<name>-2026.11.24` by day, `<name>-2026.11` by month, of the event's own time. */
export interface Index {
  readonly name: string;
  readonly period: 'day' | 'month';
  /** Name of the index that keeps the newest state only. */
  readonly current?: string;
  /** Name of the indices, of the same period, that copies go to. Default: like other records. */
  readonly copies?: string;
}

/** How a source's records look in Splunk. */
export interface Splunk {
  readonly sourcetype: string;
  /** `text`: the raw record becomes a JSON string; `json`: it is JSON and is spliced in. */
  readonly format: 'text' | 'json';
}

/** One kind of log or finding: data and pure functions. */
export interface Source<R> {
  readonly name: string;
  readonly index: Index;
  readonly splunk: Splunk;
  readonly decode: Decoder<R>;
  /** Appends the record's ECS document to `doc`, fills `facts`. False: a control record. Throws DecodeError. */
  write(record: R, from: Origin, doc: Text, facts: Facts): boolean;
  /**
   * The record as AWS wrote it, for Splunk's own field extraction and for the quarantine. In: the facts as `write` left them,
   * also where it threw.
   */
  raw(record: R, facts: Facts): Bytes;
  /** The event that the record came in, for the archive. Default: `raw`. */
  event?(record: R): Bytes;
  route(facts: Facts): readonly SinkName[];
}

/** What became of a batch, by record number: `retry` is worth another try, `rejected` never will be. */
export interface Delivery {
  readonly accepted: number;
  readonly retry: readonly number[];
  readonly rejected: readonly Rejected[];
  /** Milliseconds the destination asked to wait before the next try (Retry-After). */
  readonly waitMs?: number;
  /** Why records are to be tried again, for the log. */
  readonly reason?: string;
  /** The destination has more to do than it can: less at once would help. */
  readonly busy?: true;
  /** The answer was lost: what is to be tried again may have been accepted, and a repeat is another copy of it. */
  readonly unconfirmed?: true;
  /** The destination looked at each record: what is to be tried again waits for its own index, not for the destination. */
  readonly perIndex?: true;
}

export interface Rejected {
  readonly at: number;
  readonly reason: string;
}

export interface Sink {
  readonly name: SinkName;
  /** Where it sends to, if the settings don't say so. */
  readonly to?: string;
  /** Of one request body, before compression. A single larger record is sent alone. */
  readonly maxBytes: number;
  /** So many batches may be on the wire. Default: two. */
  readonly maxInFlight?: number;
  /** Appends one record to a request body. */
  append(text: Text, facts: Facts, from: Origin, doc: Text, raw: Bytes): void;
  /** Throws ConfigError where nothing would ever be taken; every other outcome is a Delivery. */
  send(batch: Batch, signal: AbortSignal): Promise<Delivery>;
}

/** One record that will not be delivered, kept for a later replay. */
export interface Reject extends Origin {
  readonly source: string;
  /** Absent: the record could not be turned into a document. */
  readonly sink?: SinkName;
  readonly reason: string;
  /** The record as AWS wrote it or, with a sink, the slice of the request body that was refused. */
  readonly raw: Uint8Array;
}

/** Keeps rejects. Throws DeliveryError when they could not be kept: the item then has to come again. */
export interface Quarantine {
  put(reject: Reject): void;
  flush(signal: AbortSignal): Promise<void>;
}

/** Keeps what a destination did not take until it does. */
export interface Spill {
  /** Some records of a batch that `sink` did not take. Throws DeliveryError when they could not be kept. */
  put(sink: Pick<Sink, 'name' | 'to'>, batch: Batch, numbers: readonly number[], reason: string): Promise<void>;
}

/** One body that was read to its end, for those who want to know which were. */
export interface LedgerEntry {
  readonly source: string;
  readonly uri: string;
  /** Records; those that could not be decoded are among them. */
  readonly read: number;
}

/** How far a body was collected. */
export interface Checkpoint {
  /** Number of the last record that was read; 0: none. */
  readonly seq: number;
  /** Records up to there, without those that are open. */
  readonly read: number;
  /** Records up to there that are still to be accounted for. */
  readonly open?: OpenRecords;
  /** Nothing of it could be read: it has one reject and one event, number 0 of `open`. */
  readonly isUnrouted?: true;
}

/**
 * First and last numbers of records that come after each other, by the sink that did not get them; `none`: they could not be
 * decoded, and the quarantine did not get them; 0: the rest of a broken body.
 */
export type OpenRecords = Readonly<Partial<Record<SinkName | 'none', readonly Range[]>>>;
export type Range = readonly [first: number, last: number];

/** Remembers how far the bodies of an item were collected, by their uri; of a piece by `uri#number`. */
export interface Checkpoints {
  /** Never rejects: what is not known is collected again. `isRepeat`: it is likely that something is known. */
  get(item: string, isRepeat: boolean): Promise<ReadonlyMap<string, Checkpoint>>;
  /** Rejects with DeliveryError. */
  put(item: string, places: ReadonlyMap<string, Checkpoint>): Promise<void>;
  /** The item is done. Never rejects. */
  remove(item: string): Promise<void>;
}

/** Remembers what was read. Never throws: what it forgets is read again, and that changes nothing. */
export interface Ledger {
  put(entry: LedgerEntry): void;
  flush(signal: AbortSignal): Promise<void>;
}

/** One JSON line each. Never a token or a record's body. */
export interface Log {
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

/** CloudWatch metrics of one source; `sink` is a dimension where given. */
export interface Metrics {
  add(name: string, value: number, sink?: SinkName): void;
  flush(): void;
}

/** A format of flow logs without a header line. */
export interface FlowlogFormat {
  /** The only log group that has it. Default: any. */
  readonly group?: string;
  /** The columns, in order. */
  readonly names: readonly string[];
}
