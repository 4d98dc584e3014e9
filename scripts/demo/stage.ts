/** Where the demo plays: a deployed stack with real destinations, or handlers that write files. */
import type { SinkCounts } from '../../shared/pipeline/collect.ts';
import { SOURCES, type SourceName, sourceNames } from '../../shared/sources.ts';
import type { Search } from '../page/answers.ts';

export interface LogObject {
  readonly key: string;
  readonly body: Buffer;
  readonly source: SourceName;
}

export interface FindingEvent {
  readonly source: SourceName;
  readonly event: Envelope;
}

/** What the demo reports of an EventBridge event. */
export interface Envelope {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: object;
  readonly time: string;
  readonly resources?: readonly string[];
}

/** What a source's Lambda logged of one item. */
export interface ItemCounts {
  readonly source: string;
  readonly read: number;
  readonly undecodable: number;
  readonly opensearch: SinkCounts;
  readonly splunk: SinkCounts;
}

/** What is found at the destinations. */
export interface Arrived {
  readonly opensearch: number;
  readonly splunk: number;
  readonly quarantined: number;
  /** One document and one event as the destinations have them. */
  readonly samples: { readonly opensearch?: unknown; readonly splunk?: unknown };
}

export interface Stage {
  /** What this machine lacks, and what is skipped because of it. */
  readonly leftOut: readonly string[];
  /** Sends everything to AWS and waits until all of it is processed. */
  play(objects: readonly LogObject[], events: readonly FindingEvent[]): Promise<void>;
  counts(): Promise<readonly ItemCounts[]>;
  arrived(source: SourceName): Promise<Arrived>;
  /** A flow log in OpenSearch that was joined with an asset; undefined where none was. */
  joined?(): Promise<unknown>;
  /** Asks the node; undefined where there is none. */
  readonly search?: Search;
  /** What the inventory saw, in words. */
  readonly assets?: string;
  /** How to look around and send records of your own while the demo keeps running. */
  /** What people may do, tried out; a line each. */
  access?(): Promise<readonly string[]>;
  readonly hints: readonly string[];
  stop(): Promise<void>;
}

/** Where the records of a source are found. */
export interface Found {
  /** Indices in OpenSearch. */
  readonly index: string;
  /** `event.dataset`, where other sources write into the same index. */
  readonly dataset: string | undefined;
  /** Sourcetypes in Splunk. */
  readonly sourcetypes: readonly string[];
  /** Where its objects are in the log bucket. */
  readonly prefix: string;
}

export function found(source: SourceName): Found {
  const { index, dataset, splunk, sourcetypes = [], objects } = SOURCES[source];
  const isShared = sourceNames.some((other) => other !== source && SOURCES[other].index.name === index.name);
  return {
    index: [index.name, index.copies].flatMap((name) => (name === undefined ? [] : [`${name}-*`])).join(),
    dataset: isShared ? dataset : undefined,
    sourcetypes: [splunk.sourcetype, ...sourcetypes],
    prefix: objects?.prefix ?? `${source}/`,
  };
}

/** The counts in a Lambda's log: its lines `item collected` and `item failed`. */
export function countsIn(log: string): ItemCounts[] {
  return log.split('\n').flatMap((line) => {
    const start = line.indexOf('{"level"');
    if (start < 0 || !/"item (collected|failed)"/.test(line)) return [];
    return [JSON.parse(line.slice(start)) as ItemCounts];
  });
}
