/** Where the demo plays: a deployed stack with real destinations, or handlers that write files. */
import type { Book } from '../../shared/collect.ts';
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
  readonly undecodable: number;
  readonly opensearch: Book;
  readonly splunk: Book;
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

interface Destination {
  readonly index: string;
  /** Where other sources write into the same index. */
  readonly dataset?: string;
  readonly sourcetype: string;
}

const finding = (source: string, sourcetype: string): Destination => ({
  index: 'aws-findings-history-*',
  dataset: `aws.${source}`,
  sourcetype,
});

/** Where each source's records are found. */
export const DESTINATIONS: Readonly<Record<SourceName, Destination>> = {
  flowlogs: { index: 'aws-flowlogs-*', sourcetype: 'aws:cloudwatchlogs:vpcflow' },
  cloudtrail: { index: 'aws-cloudtrail-*', sourcetype: 'aws:cloudtrail' },
  waf: { index: 'aws-waf-*', sourcetype: 'aws:waf' },
  dns: { index: 'aws-dns-*', sourcetype: 'aws:route53' },
  integrity: { index: 'aws-integrity-*', sourcetype: 'bongsu:integrity' },
  guardduty: finding('guardduty', 'aws:cloudwatch:guardduty'),
  securityhub: finding('securityhub', 'aws:securityhub:finding'),
  inspector: finding('inspector', 'aws:inspector:v2:findings'),
  macie: finding('macie', 'aws:macie:finding'),
  shield: finding('shield', 'aws:shield'),
};

/** The books in a Lambda's log: its lines `item collected` and `item failed`. */
export function booksIn(log: string): Books[] {
  return log.split('\n').flatMap((line) => {
    const start = line.indexOf('{"level"');
    if (start < 0 || !/"item (collected|failed)"/.test(line)) return [];
    return [JSON.parse(line.slice(start)) as Books];
  });
}
