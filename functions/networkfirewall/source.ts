/**
 * Network Firewall logs in S3 and from CloudWatch Logs: what a rule matched (alert), flows (netflow) and failures of TLS
 * inspection (tls), one JSON object each. Alerts and flows are Suricata's EVE JSON, in which a name can occur twice in an
 * object: the last value counts, as for every JSON reader, and Splunk gets the record as it came.
 * https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging-contents.html
 */
import { json } from '../../shared/decode/json.ts';
import type { Geo } from '../../shared/enrich/geo.ts';
import { DecodeError } from '../../shared/errors.ts';
import type { Bytes, Severity, Source } from '../../shared/model.ts';
import { streamOf } from '../../shared/sources.ts';
import { normalizedOf } from '../../shared/table/severity.ts';
import { find, isObject, type JsonObject, numberOf, parse, spelled } from '../../shared/transform/objects/compile.ts';
import { type Options, objectSource } from '../../shared/transform/objects/source.ts';
import { FIELDS } from './fields.ts';

export interface NetworkfirewallOptions extends Options {
  readonly geo: Pick<Geo, 'of'>;
}

/** `…/AWSLogs/<account>/network-firewall/<log>/<region>/<firewall>/…` */
const KEY = /AWSLogs\/(?<account>\d{12})\/network-firewall\/[^/]+\/(?<region>[a-z0-9-]+)\//;
const REGION = /^[a-z]{2}(?:-[a-z]+)+-\d/; // of an Availability Zone: us-east-1b

/** Suricata's priorities. https://docs.suricata.io/en/latest/rules/meta.html#priority */
const SEVERITIES: ReadonlyMap<unknown, Severity> = new Map([
  [1, 'high'],
  [2, 'medium'],
  [3, 'low'],
  [4, 'informational'],
]);

/** Throws ConfigError for a row of `fields` that can't be compiled. */
export const networkfirewall = (options: NetworkfirewallOptions): Source<Bytes> =>
  objectSource(
    {
      stream: streamOf('networkfirewall'),
      decode: json(),
      rows: FIELDS,
      read(record, uri) {
        const log = parse(record);
        const { event } = log;
        if (!isObject(event) || typeof log.firewall_name !== 'string') {
          throw new DecodeError('not a Network Firewall log', { expected: 'firewall_name, event' });
        }
        const region = REGION.exec(spelled(log.availability_zone))?.[0];
        return { ...log, derived: { region, ...KEY.exec(uri)?.groups, ...derive(event, options.geo) } };
      },
      about: (log) => ({ names: [], source: find(log, 'event.src_ip'), destination: find(log, 'event.dest_ip') }),
      fillFacts(log, facts) {
        facts.severity = severityOf(find(log, 'event'));
        facts.detected = find(log, 'derived.kind') === 'alert';
      },
    },
    options,
  );

const severityOf = (event: unknown): Severity | undefined => SEVERITIES.get(numberOf(find(event, 'alert.severity')));

/** What rows can't say. */
function derive(event: JsonObject, geo: NetworkfirewallOptions['geo']): object {
  const severity = severityOf(event);
  const isAlert = isObject(event.alert);
  const type = typeOf(event);
  const isFlow = type === 'netflow';
  const verdict = spelled(
    find(event, 'verdict.action') ?? find(event, 'alert.action') ?? find(event, 'revocation_check.action'),
  );
  const isDenied = /^(blocked|drop|reject)/i.test(verdict);
  const source = spelled(event.src_ip);
  return {
    type,
    kind: isAlert ? 'alert' : 'event',
    categories: isAlert ? ['network', 'intrusion_detection'] : ['network'],
    types: isDenied ? ['denied'] : isAlert ? ['allowed'] : isFlow ? ['connection'] : ['info'],
    outcome: isDenied || isObject(event.tls_error) ? 'failure' : isAlert ? 'success' : undefined,
    severity: severity === undefined ? undefined : normalizedOf(severity),
    protocol: event.app_proto === 'unknown' ? undefined : event.app_proto,
    family: source === '' ? undefined : source.includes(':') ? 'ipv6' : 'ipv4',
    source: geo.of(source),
    destination: geo.of(spelled(event.dest_ip)),
    detail: detailOf(event),
  };
}

/** TLS logs have no `event_type` of their own. */
const typeOf = (event: JsonObject): string => (typeof event.event_type === 'string' ? event.event_type : 'tls');

const ROWS: ReadonlySet<string> = new Set(
  'timestamp flow_id event_type src_ip src_port dest_ip dest_port proto app_proto tls_inspected'.split(' '),
);

/** What the engine says beside the connection. */
function detailOf(event: JsonObject): object | undefined {
  const detail = Object.entries(event).filter(([name]) => !ROWS.has(name));
  return detail.length === 0 ? undefined : Object.fromEntries(detail);
}
