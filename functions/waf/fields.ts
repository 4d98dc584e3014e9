/**
 * AWS WAF logs → ECS. Rows: [target, path(s), cast?] over the record as AWS writes it; `derived` is what request.ts made of
 * it, `header.<name>` the first header of that name, in lower case. Free-form detail is kept in flat_object fields in AWS's
 * spelling, fields that no row names in `aws.waf.other`.
 * https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
 */
import type { Field } from '../../shared/transform/rows.ts';

const REQUEST = 'httpRequest';

export const FIELDS: readonly Field[] = [
  ['@timestamp', 'timestamp', 'instant'],
  ['ecs.version', [], { constant: '9.4.0' }],
  ['event.kind', [], { constant: 'event' }],
  ['event.dataset', [], { constant: 'aws.waf' }],
  ['event.category', [], 'category'],
  ['event.type', [], 'type'],
  ['event.action', 'action', 'lower'],
  ['event.outcome', [], 'outcome'],
  ['event.id', `${REQUEST}.requestId`],

  ['rule.id', 'terminatingRuleId'],
  ['rule.name', 'terminatingRuleId', 'rule'],
  ['rule.ruleset', [], 'ruleset'],
  ['rule.category', 'terminatingRuleType'],

  ['cloud.provider', [], { constant: 'aws' }],
  ['cloud.service.name', [], { constant: 'waf' }],
  ['cloud.account.id', 'derived.acl.account'],
  ['cloud.region', 'derived.acl.region'],

  ['source.ip', ['derived.ip', `${REQUEST}.country`, 'clientAsn'], 'source'],
  ['source.address', `${REQUEST}.clientIp`],
  ['network.protocol', [], { constant: 'http' }],
  ['network.type', 'derived.ip', 'family'],
  ['network.forwarded_ip', 'derived.forwarded'],

  ['http.version', 'derived.http.version'],
  ['http.request.id', `${REQUEST}.requestId`],
  ['http.request.method', `${REQUEST}.httpMethod`],
  ['http.request.referrer', 'header.referer'],
  ['http.request.body.bytes', 'requestBodySize', 'int'],
  ['http.response.status_code', 'responseCodeSent', 'int'],

  ['url.original', [`${REQUEST}.uri`, `${REQUEST}.args`], 'original'],
  ['url.path', `${REQUEST}.uri`],
  ['url.query', `${REQUEST}.args`],
  ['url.fragment', `${REQUEST}.fragment`],
  ['url.scheme', `${REQUEST}.scheme`],
  ['url.domain', 'derived.host', 'lower'],
  ['url.port', 'derived.port', 'int'],

  ['user_agent.original', 'header.user-agent'],
  ['tls.client.ja3', 'ja3Fingerprint'],

  ['related.ip[]', ['derived.ip', 'derived.forwarded']],
  ['related.hosts', 'derived.host', 'hosts'],

  ['aws.waf.format_version', 'formatVersion'],
  ['aws.waf.web_acl.arn', 'derived.acl.arn'],
  ['aws.waf.web_acl.id', 'derived.acl.id'],
  ['aws.waf.web_acl.name', 'derived.acl.name'],
  ['aws.waf.web_acl.scope', 'derived.acl.scope'],
  ['aws.waf.http_source.name', 'httpSourceName'],
  ['aws.waf.http_source.id', 'httpSourceId'],
  ['aws.waf.country', `${REQUEST}.country`],
  ['aws.waf.client_asn', 'clientAsn', 'int'],
  ['aws.waf.forwarded_asn', 'forwardedAsn', 'int'],
  ['aws.waf.labels', 'labels', 'labels'],
  ['aws.waf.rule_groups', [], 'groups'],
  ['aws.waf.counted_rules', [], 'counted'],
  ['aws.waf.ja4', 'ja4Fingerprint'],
  ['aws.waf.inspected_body_bytes', 'requestBodySizeInspectedByWAF', 'int'],
  ['aws.waf.oversize_fields', 'oversizeFields', 'oversize'],
  ['aws.waf.request.headers', `${REQUEST}.headers`, 'headers'],
  ['aws.waf.request.requestHeadersInserted', 'requestHeadersInserted', 'parsed'],
  ['aws.waf.rules.ruleGroupList', 'ruleGroupList', 'parsed'],
  ['aws.waf.rules.nonTerminatingMatchingRules', 'nonTerminatingMatchingRules', 'parsed'],
  ['aws.waf.rules.terminatingRuleMatchDetails', 'terminatingRuleMatchDetails', 'parsed'],
  ['aws.waf.rules.rateBasedRuleList', 'rateBasedRuleList', 'parsed'],
  ['aws.waf.captcha', 'captchaResponse', 'object'],
  ['aws.waf.challenge', 'challengeResponse', 'object'],
  ['aws.waf.other', [], 'others'],
  ['aws.waf.reshaped', [], 'reshaped'],
];
