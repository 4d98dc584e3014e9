/**
 * Network Firewall logs → ECS. Rows: [target, path(s), cast?] over a record as AWS writes it; `derived` is what source.ts made
 * of it. What the engine says beside these rows (flags, TLS, HTTP, DNS) is kept in `aws.networkfirewall.detail`.
 * https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging-contents.html
 * https://docs.suricata.io/en/latest/output/eve/eve-json-format.html
 */
import type { Field } from '../../shared/transform/objects/compile.ts';

const TLS_VERSIONS = { TLSv1: '1.0', 'TLS 1.0': '1.0', 'TLS 1.1': '1.1', 'TLS 1.2': '1.2', 'TLS 1.3': '1.3' };

export const FIELDS: readonly Field[] = [
  ['@timestamp', ['event.timestamp', 'event_timestamp'], 'instant'],
  ['ecs.version', [], { constant: '9.4.0' }],
  ['event.kind', 'derived.kind'],
  ['event.category[]', 'derived.categories[]'],
  ['event.type[]', 'derived.types[]'],
  ['event.dataset', [], { constant: 'aws.networkfirewall' }],
  ['event.action', ['event.verdict.action', 'event.alert.action', 'event.revocation_check.action'], 'lower'],
  ['event.outcome', 'derived.outcome'],
  ['event.reason', ['event.revocation_check.status', 'event.netflow.reason']],
  ['event.start', 'event.netflow.start', 'instant'],
  ['event.end', 'event.netflow.end', 'instant'],
  ['event.severity', 'derived.severity', 'int'],
  ['error.message', 'event.tls_error.error_message'],

  ['cloud.provider', [], { constant: 'aws' }],
  ['cloud.service.name', [], { constant: 'network-firewall' }],
  ['cloud.account.id', 'derived.account'],
  ['cloud.availability_zone', 'availability_zone'],
  ['cloud.region', 'derived.region'],
  ['observer.name', 'firewall_name'],
  ['observer.type', [], { constant: 'firewall' }],
  ['observer.vendor', [], { constant: 'AWS' }],

  ['source.address', 'event.src_ip'],
  ['source.ip', 'event.src_ip', 'ip'],
  ['source.port', 'event.src_port', 'int'],
  ['source.geo', 'derived.source.geo', 'flat'],
  ['source.as', 'derived.source.as', 'flat'],
  ['source.bytes', 'event.netflow.bytes', 'int'],
  ['source.packets', 'event.netflow.pkts', 'int'],
  ['destination.address', 'event.dest_ip'],
  ['destination.ip', 'event.dest_ip', 'ip'],
  ['destination.port', 'event.dest_port', 'int'],
  ['destination.geo', 'derived.destination.geo', 'flat'],
  ['destination.as', 'derived.destination.as', 'flat'],
  ['network.bytes', 'event.netflow.bytes', 'int'],
  ['network.packets', 'event.netflow.pkts', 'int'],
  ['network.transport', 'event.proto', 'lower'],
  ['network.protocol', 'derived.protocol', 'lower'],
  ['network.type', 'derived.family'],

  ['rule.id', 'event.alert.signature_id'],
  ['rule.name', 'event.alert.signature'],
  ['rule.category', 'event.alert.category'],
  ['rule.version', 'event.alert.rev'],

  ['http.request.method', 'event.http.http_method'],
  ['http.response.status_code', 'event.http.status', 'int'],
  ['url.original', 'event.http.url'],
  ['url.domain', 'event.http.hostname', 'lower'],
  ['user_agent.original', 'event.http.http_user_agent'],
  ['tls.version', 'event.tls.version', { table: TLS_VERSIONS, strict: true }],
  ['tls.client.server_name', ['event.tls.sni', 'event.revocation_check.sni']],
  ['tls.client.ja3', 'event.tls.ja3.hash'],
  ['dns.question.name', 'event.dns.query[].rrname', 'lower'],
  ['dns.question.type', 'event.dns.query[].rrtype'],

  ['related.ip[]', ['event.src_ip', 'event.dest_ip'], 'ip'],
  ['related.hosts[]', ['event.tls.sni', 'event.revocation_check.sni', 'event.http.hostname'], 'lower'],

  ['aws.networkfirewall.event_type', 'derived.type'],
  ['aws.networkfirewall.flow_id', 'event.flow_id'],
  ['aws.networkfirewall.tls_inspected', 'event.tls_inspected', 'boolean'],
  ['aws.networkfirewall.category[]', ['aws_category[]', 'event.aws_category[]']],
  ['aws.networkfirewall.alert_severity', 'event.alert.severity', 'int'],
  ['aws.networkfirewall.detail', 'derived.detail', 'flat'],
];
