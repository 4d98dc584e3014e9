/**
 * VPC and transit gateway flow logs in S3 (text, gzip): S3 → SQS → OpenSearch.
 * The first line names the columns; their choice and order are the subscriber's.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3.html
 */
import { isUtf8 } from 'node:buffer';
import type { Places } from '../../shared/enrich/places.ts';
import { DecodeError } from '../../shared/errors.ts';
import { addressCasts } from '../../shared/map/casts.ts';
import { compile, type Field, override, type Writer } from '../../shared/map/columns.ts';
import type { SinkName, Source } from '../../shared/model.ts';
import { columns, type Header, type Row } from '../../shared/split/columns.ts';
import { DEFAULT_FORMAT, FIELDS, NAMES } from './fields.ts';

export interface FlowlogsOptions {
  readonly places: Places;
  readonly route: readonly SinkName[];
  /** Rows that add to or replace the field map's. */
  readonly fields?: readonly Field[];
}

export function flowlogs({ places, route, fields = [] }: FlowlogsOptions): Source<Row> {
  const casts = addressCasts(places);
  let header: Header | undefined;
  let write: Writer = () => {};
  return {
    name: 'flowlogs',
    index: { name: 'aws-flowlogs', period: 'day' },
    splunk: { sourcetype: 'aws:cloudwatchlogs:vpcflow', format: 'text' },
    decode: columns({
      isHeader: (names) => names.filter((name) => NAMES.has(name)).length * 2 >= names.length,
      headless: (first) => (first[0] === '2' && first.length === DEFAULT_FORMAT.length ? DEFAULT_FORMAT : undefined),
    }),
    write(row, _from, doc, facts) {
      if (row.odd && !isUtf8(row.bytes.subarray(row.start, row.end))) throw new DecodeError('not UTF-8');
      if (row.header !== header) {
        header = row.header;
        write = compile(override(complete(header.names), fields), header.names, casts);
      }
      write(row, doc, facts);
      if (facts.time === 0) throw new DecodeError('no start or end time');
      return true;
    },
    raw: (row) => row,
    route: () => route,
  };
}

/** The field map for one header: the clock that it has, and a row for each column that the map doesn't name. */
function complete(names: readonly string[]): readonly Field[] {
  const others = names.filter((name) => !NAMED.has(name) || name === 'pkt-srcaddr' || name === 'pkt-dstaddr');
  return override(FIELDS, [
    ['@timestamp', names.includes('end') ? 'end' : 'start', 'seconds'],
    ...others.map((name): Field => [`aws.vpcflow.${name.replace(/[^A-Za-z0-9]/g, '_')}`, name]),
  ]);
}

const NAMED = new Set(FIELDS.flatMap(([, names]) => names ?? []));
