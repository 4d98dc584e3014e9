/**
 * VPC and transit gateway flow logs in S3 (text or Parquet), from CloudWatch Logs and from Firehose → OpenSearch.
 * The choice and order of the columns are the subscriber's: in S3 the first line names them, elsewhere nothing does.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3.html
 */
import { isUtf8 } from 'node:buffer';
import { columns, type Header, type Row } from '../../shared/decode/columns.ts';
import { type Assets, refreshing } from '../../shared/enrich/assets.ts';
import type { Geo } from '../../shared/enrich/geo.ts';
import { ConfigError, DecodeError } from '../../shared/errors.ts';
import type { SinkName, Source } from '../../shared/model.ts';
import { streamOf } from '../../shared/sources.ts';
import { accountColumnCasts, accountRows } from '../../shared/transform/accounts.ts';
import { addressCasts } from '../../shared/transform/columns/casts.ts';
import { compile, type Emit, type Field, override, type Writer } from '../../shared/transform/columns/compile.ts';
import { type Ends, endsOf } from './ends.ts';
import { DEFAULT_FORMAT, FIELDS, NAMES } from './fields.ts';

export interface FlowlogsOptions {
  readonly geo: Geo;
  readonly assets?: Assets | undefined;
  readonly route: readonly SinkName[];
  /** Rows that add to or replace the field map's. */
  readonly fields?: readonly Field[];
  /** Columns of logs whose lines nothing names. Default: the 14 that AWS gives where none were chosen. */
  readonly format?: readonly string[] | undefined;
}

/** Throws ConfigError for rows of `fields` that can't be. */
export function flowlogs({ geo, assets, route, fields = [], format = DEFAULT_FORMAT }: FlowlogsOptions): Source<Row> {
  const casts = { ...addressCasts(geo), ...(assets && accountColumnCasts(assets)) };
  const added = assets === undefined ? fields : [...accountRows('account-id'), ...fields];
  const writerFor = (names: readonly string[], delivered?: number, ends?: Ends) =>
    compile(
      override(complete(names, delivered), added),
      names,
      ends ? { ...casts, ip: withAsset(casts.ip, ends) } : casts,
    );
  writerFor([...new Set([...NAMES, ...format]), ...fields.flatMap(([, names]) => names ?? [])]);

  let header: Header | undefined;
  let write: Writer;
  let delivered: number | undefined;
  let ends: Ends | undefined;
  return {
    ...streamOf('flowlogs'),
    decode: refreshing(
      assets,
      columns({
        isHeader: (names) => names.filter((name) => NAMES.has(name)).length * 2 >= names.length,
        headless: (first) => (fits(first, format) ? format : undefined),
      }),
    ),
    write(row, { uri }, doc, facts) {
      if (row.odd && !isUtf8(row.bytes.subarray(row.start, row.end))) throw new DecodeError('not UTF-8');
      if (row.header !== header) {
        const { names } = row.header;
        delivered = CLOCKS.some((name) => names.includes(name)) ? undefined : deliveryTime(uri);
        ends = assets && endsOf(names);
        write = unlessAtOdds(() => writerFor(names, delivered, ends));
        header = row.header;
      }
      ends?.find(row, assets?.table, (delivered ?? 0) / 1000);
      write(row, doc, facts);
      if (facts.time === 0) {
        if (delivered === undefined) throw new DecodeError('no start or end time');
        facts.time = delivered;
      }
      return true;
    },
    raw: (row) => row,
    route: () => route,
  };
}

/** An address with what it was at that time, where it is one of the ends. */
const withAsset =
  (ip: Emit, ends: Ends): Emit =>
  (row, indexes, key, doc) => {
    ip(row, indexes, key, doc);
    const asset = ends.of(indexes[0]);
    if (asset !== undefined) doc.append(asset);
  };

/** The field map is as it should be: where it can't be compiled, a header has names that nobody else has. */
function unlessAtOdds(make: () => Writer): Writer {
  try {
    return make();
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    return () => {
      throw new DecodeError(`the header line can't be mapped: ${cause.message}`, {}, { cause });
    };
  }
}

/** Anything may come where no header stands: as many columns, and the version a number; 2 where none was chosen. */
function fits(columns: readonly string[], format: readonly string[]): boolean {
  const version = format === DEFAULT_FORMAT ? /^2$/ : /^\d+$/;
  return columns.length === format.length && version.test(columns[format.indexOf('version')] ?? '2');
}

const CLOCKS = ['end', 'start'];

/**
 * When S3 got an object, by the name that AWS gives its file: `…_20261124T1340Z_<hash>.log.gz`. Stands in for the time of
 * flows whose format has no clock: delivery follows within minutes.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html
 */
function deliveryTime(uri: string): number | undefined {
  const [, ...parts] = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_[^/]*$/.exec(uri) ?? [];
  const [year, month, day, hour, minute] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}Z`) || undefined;
}

/** The field map for one header: the delivery time where it has no clock, and a row for each column that no row names. */
function complete(names: readonly string[], delivered: number | undefined): readonly Field[] {
  const clock: Field[] =
    delivered === undefined
      ? []
      : [['@timestamp', [], { constant: new Date(delivered).toISOString().replace('.000Z', 'Z') }]];
  const others = names.filter((name) => !NAMED.has(name));
  return override(FIELDS, [
    ...clock,
    ...others.map((name): Field => [`aws.vpcflow.${name.replace(/[^A-Za-z0-9]/g, '_')}`, name]),
  ]);
}

const NAMED = new Set(FIELDS.flatMap(([, names]) => names ?? []));
