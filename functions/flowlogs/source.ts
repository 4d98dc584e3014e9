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
import type { FlowlogFormat, SinkName, Source, Text } from '../../shared/model.ts';
import { streamOf } from '../../shared/sources.ts';
import { literal } from '../../shared/text/text.ts';
import { accountColumnCasts, accountRows } from '../../shared/transform/accounts.ts';
import { addressCasts } from '../../shared/transform/columns/casts.ts';
import { compile, type Writer } from '../../shared/transform/columns/compile.ts';
import type { Emit } from '../../shared/transform/columns/emit.ts';
import { type Field, override } from '../../shared/transform/rows.ts';
import { type Ends, endsOf } from './ends.ts';
import { DEFAULT_FORMAT, FIELDS, NAMES, TGW_FORMAT } from './fields.ts';
import { headless } from './formats.ts';

export interface FlowlogsOptions {
  readonly geo: Geo;
  readonly assets?: Assets | undefined;
  readonly route: readonly SinkName[];
  /** Rows that add to or replace the field map's. */
  readonly fields?: readonly Field[];
  /** Formats of logs without a header line, beside AWS's default formats. */
  readonly formats?: readonly FlowlogFormat[] | undefined;
}

/** Throws ConfigError for rows of `fields` that can't be. */
export function flowlogs({ geo, assets, route, fields = [], formats = [] }: FlowlogsOptions): Source<Row> {
  const casts = { ...addressCasts(geo), ...(assets && accountColumnCasts(assets)) };
  const added = assets === undefined ? fields : [...accountRows('account-id'), ...fields];
  const writerFor = (names: readonly string[], ends?: Ends) =>
    compile(override(complete(names), added), names, ends ? { ...casts, geo: withAsset(casts.geo, ends) } : casts);
  writerFor([
    ...new Set([...NAMES, ...formats.flatMap(({ names }) => names)]),
    ...fields.flatMap(([, names]) => names ?? []),
  ]);

  const layouts = new Map<string, Layout>();
  /** Small objects are many and mostly have the same columns. */
  function layoutOf(names: readonly string[]): Layout {
    const key = names.join(' ');
    const known = layouts.get(key);
    if (known !== undefined) return known;
    const ends = assets && endsOf(names);
    const made: Layout = {
      write: unlessAtOdds(() => writerFor(names, ends)),
      ends,
      hasClock: CLOCKS.some((name) => names.includes(name)),
      looks: looksOf(names),
    };
    if (layouts.size >= MOST_LAYOUTS) layouts.clear();
    layouts.set(key, made);
    return made;
  }

  let header: Header | undefined;
  let layout: Layout;
  let delivered: number | undefined;
  return {
    ...streamOf('flowlogs'),
    decode: refreshing(
      assets,
      columns({
        isHeader: (names) => names.filter((name) => NAMES.has(name)).length * 2 >= names.length,
        headless: headless(formats),
      }),
    ),
    write(row, { uri, time }, doc, facts) {
      if (row.odd && !isUtf8(row.bytes.subarray(row.start, row.end))) throw new DecodeError('not UTF-8');
      if (row.header !== header) {
        delivered = deliveryTime(uri);
        layout = layoutOf(row.header.names);
        header = row.header;
      }
      const { write, ends, hasClock, looks } = layout;
      const logged = hasClock ? undefined : (time ?? delivered);
      facts.sourcetype = looks.sourcetype;
      facts.columns = looks.columns;
      ends?.find(row, assets?.table, (logged ?? 0) / 1000);
      write(row, doc, facts);
      if (facts.time === 0) {
        if (!(logged !== undefined && logged > 0)) throw new DecodeError('no start or end time');
        facts.time = logged;
        stamp(doc, logged);
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

/** What the columns of a header make. */
interface Layout {
  readonly write: Writer;
  readonly ends: Ends | undefined;
  /** There is a column with the flow's time. */
  readonly hasClock: boolean;
  readonly looks: SplunkLooks;
}

const MOST_LAYOUTS = 32; // a header has some kB compiled, and whoever may write objects may make up names

interface SplunkLooks {
  /** '' means: the source's own. */
  readonly sourcetype: string;
  /** '' means: the sourcetype's usual columns. */
  readonly columns: string;
}

/** In Splunk transit gateway flow logs have a sourcetype of their own, and other orders than AWS's defaults are named. */
function looksOf(names: readonly string[]): SplunkLooks {
  const isTgw = names.includes('tgw-id');
  const usual = (isTgw ? TGW_FORMAT : DEFAULT_FORMAT).join(' ');
  const columns = names.join(' ');
  return { sourcetype: isTgw ? TGW_SOURCETYPE : '', columns: columns === usual ? '' : columns };
}

const TGW_SOURCETYPE = 'aws:transitgateway:flowlogs';

/** Adds the time at which a record was logged or delivered to a document whose log has no clock. */
function stamp(doc: Text, ms: number): void {
  doc.length--; // the brace that ends the document
  doc.literal(TIMESTAMP);
  doc.instant(ms);
  doc.literal(END);
}

const TIMESTAMP = literal(',"@timestamp":"');
const END = literal('"}');

const CLOCKS = ['end', 'start'];

/**
 * When S3 got an object, by the name of its file: `…_20261124T1340Z_<hash>.log.gz` of AWS's own deliveries,
 * `…-2026-11-24-13-40-38-<id>` of Firehose. Stands in for the time of flows whose format has no clock: delivery follows
 * within minutes.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html
 * https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html
 */
function deliveryTime(uri: string): number | undefined {
  const [, ...own] = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_[^/]*$/.exec(uri) ?? [];
  const [, ...firehose] = /-(\d{4})-(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)-[^/]*$/.exec(uri) ?? [];
  const parts = own.length > 0 ? own : firehose;
  if (parts.length === 0) return undefined;
  const [year, month, day, hour, minute, second = '00'] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) || undefined;
}

/** The field map for one header, with a row for each column that no row names. */
function complete(names: readonly string[]): readonly Field[] {
  const others = names.filter((name) => !NAMED.has(name));
  return override(
    FIELDS,
    others.map((name): Field => [`aws.vpcflow.${name.replace(/[^A-Za-z0-9]/g, '_')}`, name]),
  );
}

const NAMED = new Set(FIELDS.flatMap(([, names]) => names ?? []));
