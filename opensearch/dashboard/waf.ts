/** Requests that AWS WAF saw. */
import { ANY, also, by, count, type Dashboard, on, unique } from './model.ts';

const { number, table, donut, timeline, ranking, map, list } = on('aws-waf-*');
const BLOCKED = { 'event.action': 'block' };
const COUNTED = { 'aws.waf.counted_rules': ANY };

export const waf: Dashboard = {
  id: 'waf',
  title: 'WAF: requests and rules',
  purpose: 'Blocked, counted and allowed requests by rule, source and path.',
  filters: {
    index: 'aws-waf-*',
    fields: [
      ['aws.waf.web_acl.name', 'Web ACL'],
      ['url.domain', 'Host'],
      ['cloud.account.id', 'Account'],
      ['source.geo.country_iso_code', 'Country'],
    ],
  },
  rows: [
    [
      number('Requests'),
      number('Blocked', BLOCKED),
      number('Counted', COUNTED),
      number('CAPTCHA and challenge', { 'event.action': ['captcha', 'challenge'] }),
      number('Sources', {}, unique('source.ip', 'Sources')),
    ],
    [
      timeline('Requests over time', {}, by('event.action', 'Action', 5)),
      timeline('Blocked over time by rule', BLOCKED, by('rule.name', 'Rule', 8)),
    ],
    [
      map(
        'Blocked requests by country',
        { ...BLOCKED, 'source.geo.country_iso_code': ANY },
        'source.geo.country_iso_code',
      ),
      ranking('Rules that stop requests', BLOCKED, by('rule.name', 'Rule', 15)),
      donut('Type of rule', BLOCKED, by('rule.category', 'Type', 5)),
    ],
    [
      table(
        'Blocked sources',
        BLOCKED,
        [by('source.ip', 'Source', 20), also('source.as.organization.name', 'Network')],
        [count('Requests'), unique('rule.name', 'Rules'), unique('url.path', 'Paths')],
      ),
      table(
        'Blocked paths',
        BLOCKED,
        [by('url.domain', 'Host', 10), by('url.path', 'Path', 5)],
        [count('Requests'), unique('source.ip', 'Sources')],
      ),
    ],
    [
      ranking('Counted rules', COUNTED, by('aws.waf.counted_rules', 'Rule', 15)),
      ranking('Labels', { 'aws.waf.labels': ANY }, by('aws.waf.labels', 'Label', 15)),
      ranking('Rule groups', { 'aws.waf.rule_groups': ANY }, by('aws.waf.rule_groups', 'Rule group', 15)),
    ],
    [
      ranking('Hosts', {}, by('url.domain', 'Host', 10)),
      ranking('User agents of blocked requests', BLOCKED, by('user_agent.original', 'User agent', 10)),
      ranking('JA4 fingerprints of blocked requests', { ...BLOCKED, 'aws.waf.ja4': ANY }, by('aws.waf.ja4', 'JA4', 10)),
    ],
    [
      donut('Protected by', {}, by('aws.waf.http_source.name', 'Type', 5)),
      donut('HTTP version', {}, by('http.version', 'Version', 5)),
      ranking('Answers', { 'http.response.status_code': ANY }, by('http.response.status_code', 'Status', 10)),
      ranking('Methods', {}, by('http.request.method', 'Method', 8)),
    ],
    [
      list(
        'Blocked requests',
        BLOCKED,
        'source.ip',
        'source.geo.country_iso_code',
        'http.request.method',
        'url.domain',
        'url.path',
        'rule.name',
        'aws.waf.web_acl.name',
      ),
    ],
  ],
};
