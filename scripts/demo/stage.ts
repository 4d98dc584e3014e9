/** Where the demo plays: a deployed stack with real destinations, or handlers that write files. */
import type { SourceName } from '../deploy/parameters.ts';

export interface LogObject {
  readonly key: string;
  readonly body: Buffer;
  readonly source: SourceName;
}

export interface FindingEvent {
  readonly source: SourceName;
  /** The EventBridge envelope. */
  readonly event: object;
}

/** What a source's Lambda said of one item. */
export interface Books {
  readonly source: string;
  readonly read: number;
  readonly filtered: number;
  readonly rejected: number;
}

/** What is found at the destinations. */
export interface Arrived {
  readonly opensearch: number;
  readonly splunk: number;
  readonly quarantined: number;
  /** One document and one event as they lie there. */
  readonly samples: { readonly opensearch?: unknown; readonly splunk?: unknown };
}

export interface Stage {
  /** What this machine lacks, and what is left out therefore. */
  readonly leftOut: readonly string[];
  /** Gives everything to AWS and waits until all of it has been worked off. */
  play(objects: readonly LogObject[], events: readonly FindingEvent[]): Promise<void>;
  books(): Promise<readonly Books[]>;
  arrived(source: SourceName): Promise<Arrived>;
  /** How to look around and send something of one's own while it runs on. */
  readonly hints: readonly string[];
  stop(): Promise<void>;
}

/** Where each source's records are found. */
export const DESTINATIONS: Readonly<Record<SourceName, { readonly index: string; readonly sourcetype: string }>> = {
  flowlogs: { index: 'aws-flowlogs-*', sourcetype: 'aws:cloudwatchlogs:vpcflow' },
  cloudtrail: { index: 'aws-cloudtrail-*', sourcetype: 'aws:cloudtrail' },
  guardduty: { index: 'aws-findings-history-*', sourcetype: 'aws:cloudwatch:guardduty' },
};

/** The books in a Lambda's log: its lines `item collected` and `item failed`. */
export function booksIn(log: string): Books[] {
  return log.split('\n').flatMap((line) => {
    const start = line.indexOf('{"level"');
    if (start < 0 || !/"item (collected|failed)"/.test(line)) return [];
    return [JSON.parse(line.slice(start)) as Books];
  });
}
