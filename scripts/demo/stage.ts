/** Where the demo plays: a deployed stack with real destinations, or handlers that write files. */
import type { SinkCounts } from '../../shared/pipeline/collect.ts';
import type { SourceName } from '../deploy/parameters.ts';

export interface LogObject {
  readonly key: string;
  readonly body: Buffer;
  readonly source: SourceName;
}

export interface FindingEvent {
  readonly source: SourceName;
  readonly event: Envelope;
}

/** What there is to say of an event of EventBridge's. */
export interface Envelope {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: object;
  readonly time: string;
  readonly resources?: readonly string[];
}

/** What a source's Lambda said of one item. */
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
  /** One document and one event as they lie there. */
  readonly samples: { readonly opensearch?: unknown; readonly splunk?: unknown };
}

export interface Stage {
  /** What this machine lacks, and what is left out therefore. */
  readonly leftOut: readonly string[];
  /** Gives everything to AWS and waits until all of it has been worked off. */
  play(objects: readonly LogObject[], events: readonly FindingEvent[]): Promise<void>;
  counts(): Promise<readonly ItemCounts[]>;
  arrived(source: SourceName): Promise<Arrived>;
  /** A flow log in OpenSearch that was joined with an asset; undefined where none was. */
  joined?(): Promise<unknown>;
  /** What the inventory saw, in words. */
  readonly assets?: string;
  /** How to look around and send something of one's own while it runs on. */
  readonly hints: readonly string[];
  stop(): Promise<void>;
}

interface Destination {
  readonly index: string;
  /** Where other sources write into the same index. */
  readonly dataset?: string;
  /** Those that its records have in Splunk. */
  readonly sourcetypes: readonly string[];
  /** The folder of its objects in the log bucket. Default: its name. */
  readonly folder?: string;
}

const logs = (source: string, sourcetype: string): Destination => ({
  index: `aws-${source}-*`,
  sourcetypes: [sourcetype],
});

const findings = (source: string, ...sourcetypes: readonly string[]): Destination => ({
  index: 'aws-findings-history-*,aws-findings-copies-*',
  dataset: `aws.${source}`,
  sourcetypes,
});

/** Where each source's records are found. */
export const DESTINATIONS: Readonly<Record<SourceName, Destination>> = {
  flowlogs: logs('flowlogs', 'aws:cloudwatchlogs:vpcflow'),
  cloudtrail: logs('cloudtrail', 'aws:cloudtrail'),
  waf: logs('waf', 'aws:waf'),
  dns: logs('dns', 'aws:route53'),
  integrity: logs('integrity', 'bongsu:integrity'),
  guardduty: findings('guardduty', 'aws:cloudwatch:guardduty'),
  securityhub: {
    ...findings('securityhub', 'aws:securityhub:finding', 'aws:securityhub:ocsf', 'aws:securityhub:action'),
    folder: 'prowler',
  },
  inspector: findings('inspector', 'aws:inspector:v2:findings', 'aws:inspector:v2:events'),
  macie: findings('macie', 'aws:macie:finding'),
  shield: findings('shield', 'aws:shield'),
  assets: {
    index: 'aws-assets-changes-*',
    sourcetypes: ['bongsu:asset', 'bongsu:asset:change', 'bongsu:asset:coverage'],
  },
};

/** The counts in a Lambda's log: its lines `item collected` and `item failed`. */
export function countsIn(log: string): ItemCounts[] {
  return log.split('\n').flatMap((line) => {
    const start = line.indexOf('{"level"');
    if (start < 0 || !/"item (collected|failed)"/.test(line)) return [];
    return [JSON.parse(line.slice(start)) as ItemCounts];
  });
}
