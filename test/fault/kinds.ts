/**
 * What is fuzzed: each source with each form that its records come in. A good record holds a mark, by which it is found again
 * in whatever arrives; records of a kind are the same but for it.
 */
import { readFileSync } from 'node:fs';
import { alerts } from '../../functions/alerts/source.ts';
import { cloudtrail } from '../../functions/cloudtrail/source.ts';
import { dns } from '../../functions/dns/source.ts';
import { flowlogs } from '../../functions/flowlogs/source.ts';
import { guardduty } from '../../functions/guardduty/source.ts';
import { inspector } from '../../functions/inspector/source.ts';
import { integrity } from '../../functions/integrity/source.ts';
import { macie } from '../../functions/macie/source.ts';
import { securityhub } from '../../functions/securityhub/source.ts';
import { shield } from '../../functions/shield/source.ts';
import { waf } from '../../functions/waf/source.ts';
import type { Geo } from '../../shared/enrich/geo.ts';
import type { SinkName, Source } from '../../shared/model.ts';

export interface SourceOptions {
  readonly geo: Geo;
  readonly route: readonly SinkName[];
}

export interface Kind {
  readonly name: string;
  readonly source: (options: SourceOptions) => Source<unknown>;
  readonly format: 'json' | 'columns';
  /** One record, without a line break. In: a mark of letters a…z and digits. */
  record(mark: string): string;
  readonly framings: readonly Framing[];
}

/** How records stand in a body. */
export interface Framing {
  readonly name: string;
  /** It can't hold a record that is no UTF-8. */
  readonly isText?: boolean;
  frame(records: readonly (string | Uint8Array)[]): Uint8Array;
}

const between = (name: string, before: string, separator: string, after: string): Framing => ({
  name,
  frame: (records) =>
    Buffer.concat([
      Buffer.from(before),
      ...records.flatMap((record, at) => [Buffer.from(at === 0 ? '' : separator), Buffer.from(record)]),
      Buffer.from(after),
    ]),
});

const LINES = between('lines', '', '\n', '\n');
const JOINED = between('joined', '', '', '');
const ARRAY = between('array', '[', ',', ']');
const member = (name: string) => between(`{"${name}"}`, `{"${name}":[`, ',', ']}');

/** As Firehose writes what CloudWatch Logs or a flow log gave it: each record is a text in JSON. */
const wrapped = (name: string, first: readonly string[], wrap: (messages: readonly string[]) => string): Framing => ({
  name,
  isText: true,
  frame: (records) => Buffer.from(wrap([...first, ...records.map((record) => Buffer.from(record).toString())])),
});
const firehose = (...first: readonly string[]): Framing =>
  wrapped('through Firehose', first, (messages) => messages.map((message) => JSON.stringify({ message })).join(''));
const subscription = (...first: readonly string[]): Framing =>
  wrapped('from CloudWatch Logs', first, (messages) =>
    JSON.stringify({
      messageType: 'DATA_MESSAGE',
      owner: '123456789012',
      logGroup: 'logs',
      logStream: 'stream',
      subscriptionFilters: ['all'],
      logEvents: messages.map((message, at) => ({ id: String(at), timestamp: 1_790_000_060_000, message })),
    }),
  );

const sample = (name: string): string => readFileSync(new URL(`../sample/${name}`, import.meta.url), 'utf8');

/** The mark stands where the sample has one of these texts. */
const marked =
  (text: string, ...places: readonly string[]) =>
  (mark: string): string =>
    places.reduce((record, place) => {
      if (!record.includes(place)) throw new Error(`the sample has no ${place}`);
      return record.replaceAll(place, mark);
    }, text);

const compact = (value: unknown): string => JSON.stringify(value);

/** An event as it stands in an SQS message. */
const event = (name: string): string => compact(JSON.parse(JSON.parse(sample(name)).Records[0].body));
const [HEADER, FLOW] = sample('flowlogs/v5.log').split('\n');
const FINDING_ID = (JSON.parse(event('guardduty/event.json')) as { detail: { id: string } }).detail.id;

export const KINDS: readonly Kind[] = [
  {
    name: 'flowlogs',
    source: flowlogs,
    format: 'columns',
    record: marked(FLOW, '1235b8ca123456789'),
    framings: [between('lines', `${HEADER}\n`, '\n', '\n'), firehose(HEADER), subscription(HEADER)],
  },
  {
    name: 'cloudtrail',
    source: cloudtrail,
    format: 'json',
    record(mark) {
      const [first] = JSON.parse(sample('cloudtrail/management.json')).Records;
      return compact({ ...first, eventID: mark });
    },
    framings: [member('Records'), LINES],
  },
  {
    name: 'waf',
    source: waf,
    format: 'json',
    record(mark) {
      const first = JSON.parse(sample('waf/block.log').split('\n')[0]);
      return compact({ ...first, httpRequest: { ...first.httpRequest, requestId: mark } });
    },
    framings: [LINES, JOINED, subscription()],
  },
  {
    name: 'dns',
    source: dns,
    format: 'json',
    record(mark) {
      const first = JSON.parse(sample('dns/answers.log').split('\n')[0]);
      return compact({ ...first, srcids: { instance: mark } });
    },
    framings: [LINES, JOINED],
  },
  {
    name: 'guardduty export',
    source: guardduty,
    format: 'json',
    record: marked(sample('guardduty/export.jsonl').split('\n')[0], '03c1a2b3c4d5e6f708192a3b4c5d6e7f'),
    framings: [LINES, member('Findings')],
  },
  {
    name: 'guardduty event',
    source: guardduty,
    format: 'json',
    record: marked(event('guardduty/event.json'), FINDING_ID),
    framings: [JOINED, ARRAY],
  },
  {
    name: 'securityhub ASFF event',
    source: securityhub,
    format: 'json',
    record(mark) {
      const first = JSON.parse(event('securityhub/event.json'));
      first.detail.findings[0].Id = mark;
      return compact(first);
    },
    framings: [LINES, ARRAY],
  },
  {
    name: 'securityhub OCSF event',
    source: securityhub,
    format: 'json',
    record(mark) {
      const first = JSON.parse(sample('securityhub/v2-guardduty.json'));
      first.detail.findings[0].finding_info.uid = mark;
      return compact(first);
    },
    framings: [LINES],
  },
  {
    name: 'prowler ASFF file',
    source: securityhub,
    format: 'json',
    record(mark) {
      const [first] = JSON.parse(sample('securityhub/prowler.asff.json'));
      return compact({ ...first, Id: mark });
    },
    framings: [ARRAY],
  },
  {
    name: 'prowler OCSF file',
    source: securityhub,
    format: 'json',
    record(mark) {
      const [first] = JSON.parse(sample('securityhub/prowler.ocsf.json'));
      return compact({ ...first, metadata: { ...first.metadata, event_code: mark } });
    },
    framings: [ARRAY],
  },
  {
    name: 'inspector',
    source: inspector,
    format: 'json',
    record(mark) {
      const first = JSON.parse(event('inspector/event.json'));
      first.detail.findingArn = `arn:aws:inspector2:eu-west-1:123456789012:finding/${mark}`;
      return compact(first);
    },
    framings: [LINES, ARRAY],
  },
  {
    name: 'macie',
    source: macie,
    format: 'json',
    record(mark) {
      const first = JSON.parse(event('macie/event.json'));
      first.detail.id = mark;
      return compact(first);
    },
    framings: [LINES, member('findings')],
  },
  {
    name: 'shield',
    source: shield,
    format: 'json',
    record(mark) {
      const first = JSON.parse(event('shield/event.json'));
      first.resources = [`arn:aws:cloudwatch:us-east-1:123456789012:alarm:${mark}`];
      return compact(first);
    },
    framings: [LINES],
  },
  {
    name: 'integrity',
    source: integrity,
    format: 'json',
    record: (mark) =>
      compact({
        id: `log-file-altered s3://trail/${mark}`,
        kind: 'log-file-altered',
        severity: 'critical',
        time: '2026-11-24T13:00:00.000Z',
        detected: '2026-11-24T14:05:00.000Z',
        message: `A log file of CloudTrail was altered: s3://trail/${mark}`,
        reason: 'its hash is another one',
        account: '123456789012',
        region: 'eu-west-1',
        trail: 'trail',
        homeRegion: 'eu-west-1',
        bucket: 'trail',
        key: mark,
      }),
    framings: [LINES],
  },
  {
    name: 'alerts',
    source: alerts,
    format: 'json',
    // the document has a hash of the alert's id and keys: the mark stands elsewhere, so that records differ by their mark alone
    record: (mark) =>
      compact({
        detection: { name: 'root_use', title: 'The root user did something', level: 'high' },
        monitor: mark,
        id: 'a-1',
        start: '1795527900000',
        keys: 'root',
        samples: [{ _index: 'aws-cloudtrail-2026.11.24', _id: 'e-1', user: { name: 'root' } }],
      }),
    framings: [LINES],
  },
];

/** Of the records that random damage is done to. */
export const MARKS = ['mark0a', 'mark0b', 'mark0z'];

/** What else random damage is done to. */
export const FILES = ['snappy', 'gzip', 'delta', 'plain'].map((name) => ({
  name: `Parquet: ${name}`,
  kind: 'flowlogs',
  body: readFileSync(new URL(`../sample/deliveries/flows.${name}.parquet`, import.meta.url)),
}));

export const kindNamed = (name: string): Kind => {
  const kind = KINDS.find((each) => each.name === name);
  if (kind === undefined) throw new Error(`there is no kind ${name}`);
  return kind;
};
