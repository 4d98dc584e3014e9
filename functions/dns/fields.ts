/**
 * Route 53 Resolver query logs → ECS. Rows: [target, path(s), cast?] over the record as AWS writes it; `derived` is what
 * source.ts made of it. Fields that no row names are kept in `aws.dns.other`.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html
 */
import type { Field } from '../../shared/transform/rows.ts';

export const FIELDS: readonly Field[] = [
  ['@timestamp', 'query_timestamp', 'instant'],
  ['ecs.version', [], { constant: '9.4.0' }],
  ['event.kind', [], { constant: 'event' }],
  ['event.category', [], 'category'],
  ['event.type', [], 'type'],
  ['event.dataset', [], { constant: 'aws.dns' }],
  ['event.action', 'firewall_rule_action', 'lower'],
  ['event.outcome', [], 'outcome'],

  ['cloud.provider', [], { constant: 'aws' }],
  ['cloud.account.id', 'account_id'],
  ['cloud.region', 'region'],
  ['cloud.instance.id', 'srcids.instance'],

  ['source.ip', 'derived.ip', 'geo'],
  ['source.address', 'srcaddr'],
  ['source.port', 'srcport', 'int'],
  ['network.transport', 'transport', 'lower'],
  ['network.type', 'derived.ip', 'family'],
  ['network.protocol', [], { constant: 'dns' }],

  ['dns.type', [], { constant: 'answer' }],
  ['dns.question.name', 'query_name', 'name'],
  ['dns.question.registered_domain', 'query_name', 'registered'],
  ['dns.question.subdomain', 'query_name', 'subdomain'],
  ['dns.question.top_level_domain', 'query_name', 'suffix'],
  ['dns.question.type', 'query_type'],
  ['dns.question.class', 'query_class'],
  ['dns.response_code', 'rcode'],
  ['dns.answers', 'answers', 'answers'],
  ['dns.resolved_ip', [], 'resolved'],

  ['rule.id', 'firewall_domain_list_id'],
  ['rule.ruleset', 'firewall_rule_group_id'],

  ['related.ip', 'derived.ip', 'ips'],
  ['related.hosts', [], 'hosts'],

  ['aws.dns.version', 'version'],
  ['aws.dns.vpc_id', 'vpc_id'],
  ['aws.dns.resolver_endpoint', 'srcids.resolver_endpoint'],
  ['aws.dns.resolver_network_interface', 'srcids.resolver_network_interface'],
  ['aws.dns.firewall.action', 'firewall_rule_action'],
  ['aws.dns.firewall.rule_group_id', 'firewall_rule_group_id'],
  ['aws.dns.firewall.domain_list_id', 'firewall_domain_list_id'],
  ['aws.dns.other', [], 'others'],
  ['aws.dns.reshaped', [], 'reshaped'],
];
