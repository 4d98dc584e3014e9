/**
 * S3 server access logs in S3: one line a request. Delivery is best effort: some requests come late, some twice, few never.
 * The id of a record is its place in the object, since all lines of one DeleteObjects request share a request id.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
 */
import { type Columns, delimited, matching } from '../../shared/decode/delimited.ts';
import { lines } from '../../shared/decode/lines.ts';
import type { Geo } from '../../shared/enrich/geo.ts';
import type { Bytes, Source } from '../../shared/model.ts';
import { streamOf } from '../../shared/sources.ts';
import { bytesOf } from '../../shared/text/bytes.ts';
import { find } from '../../shared/transform/objects/compile.ts';
import { type Options, objectSource } from '../../shared/transform/objects/source.ts';
import { FIELDS } from './fields.ts';

export interface S3accessOptions extends Options {
  readonly geo: Pick<Geo, 'of'>;
}

/**
 * S3 writes quotes in the referrer and the user agent as they came. A request target holds no space, so that a client can't
 * forge the columns behind it; whatever stands up to the last quote is the user agent.
 */
const LINE = new RegExp(
  [
    String.raw`^(?<bucket_owner>\S+) (?<bucket>\S+) \[(?<time>[^\]]+)\] (?<remote_ip>\S+) (?<requester>\S+)`,
    String.raw`(?<request_id>\S+) (?<operation>\S+) (?<key>\S+)`,
    String.raw`(?:"(?<method>[A-Z]+) (?<target>\S+) HTTP\/(?<version>[\d.]+)"|"-"|-|"(?<request_uri>.*? HTTP\/[\d.]+|[^" ]*)")`,
    String.raw`(?<status>\S+) (?<error_code>\S+) (?<bytes_sent>\S+) (?<object_size>\S+) (?<total_time>\S+)`,
    String.raw`(?<turn_around_time>\S+) (?:"(?<referer>.*?)"|-) (?:"(?<user_agent>.*)"|-)(?<later>(?: [^ "]+)*)$`,
  ].join(' '),
);

/** Columns that were added behind the user agent, one after another, so that older lines end before them. */
const LATER = [
  'version_id',
  'host_id',
  'signature_version',
  'cipher_suite',
  'authentication_type',
  'host_header',
  'tls_version',
  'access_point_arn',
  'acl_required',
  'source_region',
];

const columnsOf = matching(LINE, 'a line of an S3 server access log');
const laterOf = delimited({ names: LATER, least: 0, rest: 'rest' });

/** `<prefix>/<account>/<region>/<bucket>/<yyyy>/<mm>/<dd>/…`, where the bucket's owner chose keys by date. */
const KEY = /\/(?<account>\d{12})\/(?<region>[a-z]{2}(?:-[a-z]+)+-\d)\/[^/]+\/\d{4}\/\d\d\/\d\d\//;

export const s3access = (options: S3accessOptions): Source<Bytes> =>
  objectSource(
    {
      stream: streamOf('s3access'),
      decode: lines,
      rows: FIELDS,
      read(record, uri) {
        const { later = '', ...columns } = columnsOf(record);
        const line = { ...columns, ...laterOf(bytesOf(later.trimStart())) };
        return { ...line, derived: { ...KEY.exec(uri)?.groups, ...derive(line, options.geo) } };
      },
      about: (line) => ({ names: [`arn:aws:s3:::${find(line, 'bucket')}`], source: find(line, 'remote_ip') }),
    },
    options,
  );

/** What rows can't say. */
function derive(line: Columns, geo: S3accessOptions['geo']): object {
  const { status, target = '', total_time, requester = '', remote_ip = '', tls_version = '' } = line;
  const [, path, query] = /^(?:https?:\/\/[^/]*)?([^?]*)(?:\?(.*))?$/.exec(target) ?? [];
  const isFailed = status !== undefined && Number(status) >= 400;
  return {
    outcome: status === undefined ? undefined : isFailed ? 'failure' : 'success',
    types: isFailed ? ['access', 'error'] : ['access'],
    duration: total_time === undefined ? undefined : Number(total_time) * 1e6, // ms → ns
    path,
    query,
    user: /^arn:[^:]+:(?:iam|sts)::\d*:.*?([^/:]+)$/.exec(requester)?.[1],
    tls: /^TLSv(\d(?:\.\d)?)$/i.exec(tls_version)?.[1],
    source: geo.of(remote_ip),
  };
}
