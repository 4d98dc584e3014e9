/**
 * Every source, one row each: what is known of it that is not code. The deployment's parameters and rules, the owner of an
 * object by its key, preview, demo, and the table of sources in docs/ come from these rows.
 * A new source: a row here, a line in serverless.yml, and its folder (CONTRIBUTING.md).
 */
import type { Index, SinkName, Splunk } from './model.ts';
import type { Filter } from './pipeline/filter.ts';

/**
 * `log`: objects in the log bucket. `finding`: EventBridge events, archived as they came. `inventory`: what the accounts own.
 * `audit`: verifies other logs on a schedule. `http`: requests of agents. `alert`: what detections found. The kind decides how the Lambda is
 * deployed: scripts/deploy/functions.ts.
 */
export type Kind = 'log' | 'finding' | 'inventory' | 'audit' | 'http' | 'alert';

export interface SourceRow {
  readonly kind: Kind;
  /** What it collects, as a heading. */
  readonly title: string;
  /** Its page in docs/. */
  readonly page: string;
  /** Its objects in the log bucket. Absent: it reads none. */
  readonly objects?: Objects;
  /** The EventBridge events that it receives. */
  readonly events?: EventPattern;
  /** When its Lambda runs by itself: an EventBridge schedule expression. */
  readonly schedule?: string;
  /** Log groups of CloudWatch Logs may be subscribed to it. */
  readonly subscription?: true;
  /** Security Hub reports its findings too. */
  readonly native?: true;
  /** Destinations of its records, unless `<source>Route` says otherwise. */
  readonly route: readonly Destination[];
  /** What each destination gets, unless `<source>Filter` says otherwise. Absent: it fills no facts to filter by. */
  readonly filter?: Filter;
  /** `event.dataset` of its documents. Absent: each document names its own. */
  readonly dataset?: string;
  readonly index: Index;
  readonly splunk: Splunk;
  /** Sourcetypes of its other records in Splunk. */
  readonly sourcetypes?: readonly string[];
}

export type Destination = Exclude<SinkName, 'archive'>;

interface Objects {
  /** Names that AWS gives the service in keys: `AWSLogs/<account>/<service>/…`. Keys with one of them belong to the source. */
  readonly services: readonly string[];
  /** Where the stack's own bucket has them. Default: `<source>/`. */
  readonly prefix?: string;
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html */
export interface EventPattern {
  readonly source: readonly string[];
  readonly 'detail-type': readonly string[];
  readonly detail?: object;
}

/** Indices of findings of all sources: every state by its time, the newest state of each, and copies of native findings. */
export const FINDINGS = {
  name: 'aws-findings-history',
  period: 'month',
  current: 'aws-findings-current',
  copies: 'aws-findings-copies',
} as const satisfies Index;

const BOTH = ['opensearch', 'splunk'] as const;

const rows = {
  flowlogs: {
    kind: 'log',
    title: 'VPC and transit gateway flow logs',
    page: 'reference/sources/flowlogs.md',
    objects: { services: ['vpcflowlogs'] }, // transit gateway flow logs have the same keys
    subscription: true,
    route: ['opensearch'],
    dataset: 'aws.vpcflow',
    index: { name: 'aws-flowlogs', period: 'day' },
    splunk: { sourcetype: 'aws:cloudwatchlogs:vpcflow', format: 'text' },
    sourcetypes: ['aws:transitgateway:flowlogs'],
  },
  cloudtrail: {
    kind: 'log',
    title: 'CloudTrail events',
    page: 'reference/sources/cloudtrail.md',
    objects: { services: ['CloudTrail', 'CloudTrail-Insight'] },
    subscription: true,
    route: ['opensearch'],
    dataset: 'aws.cloudtrail',
    index: { name: 'aws-cloudtrail', period: 'day' },
    splunk: { sourcetype: 'aws:cloudtrail', format: 'json' },
  },
  waf: {
    kind: 'log',
    title: 'AWS WAF logs',
    page: 'reference/sources/waf.md',
    objects: { services: ['WAFLogs'] },
    subscription: true,
    route: BOTH,
    filter: { splunk: { detected: true } }, // Splunk gets the requests that a rule matched
    dataset: 'aws.waf',
    index: { name: 'aws-waf', period: 'day' },
    splunk: { sourcetype: 'aws:waf', format: 'json' },
  },
  dns: {
    kind: 'log',
    title: 'Route 53 Resolver query logs',
    page: 'reference/sources/dns.md',
    objects: { services: ['vpcdnsquerylogs'] },
    subscription: true,
    route: ['opensearch'],
    filter: {},
    dataset: 'aws.dns',
    index: { name: 'aws-dns', period: 'day' },
    splunk: { sourcetype: 'aws:route53', format: 'json' },
  },
  networkfirewall: {
    kind: 'log',
    title: 'Network Firewall alert, flow and TLS logs',
    page: 'reference/sources/networkfirewall.md',
    objects: { services: ['network-firewall'] },
    subscription: true,
    route: BOTH,
    filter: { splunk: { detected: true } }, // Splunk gets what a rule matched
    dataset: 'aws.networkfirewall',
    index: { name: 'aws-networkfirewall', period: 'day' },
    splunk: { sourcetype: 'aws:networkfirewall', format: 'json' },
  },
  s3access: {
    kind: 'log',
    title: 'S3 server access logs',
    page: 'reference/sources/s3access.md',
    objects: { services: [] }, // keys are the subscriber's own: <prefix>/…
    route: ['opensearch'],
    filter: {},
    dataset: 'aws.s3access',
    index: { name: 'aws-s3access', period: 'day' },
    splunk: { sourcetype: 'aws:s3:accesslogs', format: 'text' },
  },
  integrity: {
    kind: 'audit',
    title: 'CloudTrail log file integrity',
    page: 'reference/sources/integrity.md',
    schedule: 'rate(1 hour)', // CloudTrail writes a digest every hour
    route: BOTH,
    dataset: 'aws.integrity',
    index: { name: 'aws-integrity', period: 'month' },
    splunk: { sourcetype: 'bongsu:integrity', format: 'json' },
  },
  guardduty: {
    kind: 'finding',
    title: 'GuardDuty findings',
    page: 'reference/findings.md',
    objects: { services: ['GuardDuty'] },
    events: {
      source: ['aws.guardduty'],
      // all that GuardDuty sends: https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-guardduty.html
      'detail-type': [
        'GuardDuty Finding',
        'GuardDuty Malware Protection Object Scan Result',
        'GuardDuty Malware Protection Post Scan Action Failed',
        'GuardDuty Malware Protection Resource Status Active',
        'GuardDuty Malware Protection Resource Status Warning',
        'GuardDuty Malware Protection Resource Status Error',
        'GuardDuty Runtime Protection Healthy',
        'GuardDuty Runtime Protection Unhealthy',
      ],
    },
    native: true,
    route: BOTH,
    filter: {},
    dataset: 'aws.guardduty',
    index: FINDINGS,
    splunk: { sourcetype: 'aws:cloudwatch:guardduty', format: 'json' },
  },
  securityhub: {
    kind: 'finding',
    title: 'Security Hub and Prowler findings',
    page: 'reference/sources/securityhub.md',
    objects: { services: [], prefix: 'prowler/' },
    events: {
      source: ['aws.securityhub'],
      'detail-type': [
        'Security Hub Findings - Imported',
        'Security Hub Findings - Custom Action',
        'Security Hub Insight Results',
        'Findings Imported V2',
      ],
    },
    schedule: 'rate(1 hour)',
    route: BOTH,
    filter: {},
    dataset: 'aws.securityhub',
    index: FINDINGS,
    splunk: { sourcetype: 'aws:securityhub:finding', format: 'json' },
    sourcetypes: ['aws:securityhub:ocsf', 'aws:securityhub:action', 'aws:securityhub:insight'],
  },
  inspector: {
    kind: 'finding',
    title: 'Inspector findings, coverage and scans',
    page: 'reference/findings.md',
    events: {
      source: ['aws.inspector2'],
      'detail-type': ['Inspector2 Finding', 'Inspector2 Coverage', 'Inspector2 Scan'],
    },
    native: true,
    route: BOTH,
    filter: {},
    dataset: 'aws.inspector',
    index: FINDINGS,
    splunk: { sourcetype: 'aws:inspector:v2:findings', format: 'json' },
    sourcetypes: ['aws:inspector:v2:events'],
  },
  macie: {
    kind: 'finding',
    title: 'Macie findings',
    page: 'reference/findings.md',
    events: { source: ['aws.macie'], 'detail-type': ['Macie Finding'] },
    native: true,
    route: BOTH,
    filter: {},
    dataset: 'aws.macie',
    index: FINDINGS,
    splunk: { sourcetype: 'aws:macie:finding', format: 'json' },
  },
  shield: {
    kind: 'finding',
    title: 'Shield Advanced attacks and alarms',
    page: 'reference/sources/shield.md',
    events: {
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      detail: { configuration: { metrics: { metricStat: { metric: { namespace: ['AWS/DDoSProtection'] } } } } },
    },
    schedule: 'rate(5 minutes)', // Shield Advanced reports attacks only when asked
    route: BOTH,
    filter: {},
    dataset: 'aws.shield',
    index: FINDINGS,
    splunk: { sourcetype: 'aws:shield', format: 'json' },
  },
  endpoint: {
    kind: 'http',
    title: 'Logs of servers, sent by Beats',
    page: 'reference/sources/endpoint.md',
    route: BOTH,
    filter: { splunk: { detected: true } }, // Splunk gets what functions/endpoint/record/chosen.ts names
    index: { name: 'endpoint', period: 'day' }, // endpoint-<dataset>-2026.11.24
    splunk: { sourcetype: 'bongsu:endpoint', format: 'text' },
    sourcetypes: ['XmlWinEventLog', 'linux_audit', 'linux_secure', 'syslog'],
  },
  'asset-inventory': {
    kind: 'inventory',
    title: 'Assets of the accounts',
    page: 'reference/sources/asset-inventory.md',
    schedule: 'rate(6 hours)', // the default of the parameter assetSchedule
    route: BOTH,
    dataset: 'aws.asset',
    index: { name: 'aws-assets-changes', period: 'month', current: 'aws-assets-current' },
    splunk: { sourcetype: 'bongsu:asset', format: 'json' },
    sourcetypes: ['bongsu:asset:change', 'bongsu:asset:coverage'],
  },
  alerts: {
    kind: 'alert',
    title: 'Alerts of detections',
    page: 'reference/sources/alerts.md',
    route: ['opensearch'], // Splunk has the same detections as saved searches
    dataset: 'aws.alerts',
    index: { name: 'aws-alerts', period: 'month' },
    splunk: { sourcetype: 'bongsu:alert', format: 'json' },
  },
} as const satisfies Record<string, SourceRow>;

export type SourceName = keyof typeof rows;

export const SOURCES: Readonly<Record<SourceName, SourceRow>> = rows;

export const sourceNames = Object.keys(rows) as readonly SourceName[];

/** `asset-inventory` → `AssetInventory`: how names of the stack's resources and outputs begin. */
export const logicalName = (name: string): string =>
  name.replaceAll(/(^|-)(.)/g, (_, _dash, letter) => letter.toUpperCase());

/** `asset-inventory` → `assetInventory`: how names of a source's parameters begin. */
export const parameterPrefix = (name: SourceName): string =>
  name.replaceAll(/-(.)/g, (_, letter) => letter.toUpperCase());

/** Names of the sources whose row meets a condition. */
export const sourcesWhere = (meets: (row: SourceRow) => boolean): readonly SourceName[] =>
  sourceNames.filter((name) => meets(SOURCES[name]));

/** What a Source's code takes from its row. */
export function streamOf(name: SourceName): { name: SourceName; index: Index; splunk: Splunk } {
  const { index, splunk } = SOURCES[name];
  return { name, index, splunk };
}

/** Names of the index templates that a source needs. */
export const indicesOf = ({ index }: Pick<SourceRow, 'index'>): readonly string[] =>
  [index.name, index.current, index.copies].filter((name) => name !== undefined);

/** Whether the source looks up addresses: countries, networks, assets. */
export const isEnriched = ({ kind }: SourceRow): boolean => kind === 'log' || kind === 'finding' || kind === 'http';

/** Whether its records are matched with threat indicators. */
export const isMatched = ({ kind }: SourceRow): boolean => kind === 'log' || kind === 'http';
