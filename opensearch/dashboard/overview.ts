/** What happened, on one page. */
import { ANY, also, by, count, type Dashboard, not, on, unique } from './model.ts';

const findings = on('aws-findings-current', {
  'event.kind': 'alert',
  'aws.securityhub.workflow.status': not(['resolved', 'suppressed', 'archived']),
});
const history = on('aws-findings-history-*', { 'event.kind': 'alert' });
const trail = on('aws-cloudtrail-*');
const flows = on('aws-flowlogs-*');
const waf = on('aws-waf-*');
const dns = on('aws-dns-*');
const assets = on('aws-assets-current', { 'aws.asset.state': not('deleted') });
const changes = on('aws-assets-changes-*');
const SEVERE = { 'finding.severity': ['critical', 'high'] };

export const overview: Dashboard = {
  id: 'overview',
  title: 'Overview: what happened',
  purpose:
    'The first page of a shift: severe findings, failed sign-ins, blocked requests, rejected flows and new exposure.',
  filters: {
    index: 'aws-findings-current',
    fields: [
      ['cloud.account.id', 'Account'],
      ['cloud.region', 'Region'],
      ['asset.owner', 'Owner'],
    ],
  },
  rows: [
    [
      findings.number('Critical and high findings', SEVERE),
      trail.number('Failed sign-ins', { 'event.action': 'ConsoleLogin', 'event.outcome': 'failure' }),
      trail.number('Calls by root', { 'aws.cloudtrail.user_identity.type': 'Root' }),
      waf.number('Blocked requests', { 'event.action': 'block' }),
      flows.number('Rejected flows', { 'event.type': 'denied' }),
      assets.number('Assets on the internet', { 'asset.exposure': 'internet' }),
    ],
    [
      history.timeline('Findings by severity', {}, by('finding.severity', 'Severity', 5)),
      trail.timeline('Failed API calls', { 'event.outcome': 'failure' }, by('error.code', 'Error', 6)),
    ],
    [
      findings.table('Severe findings', SEVERE, [
        by('rule.name', 'Finding', 12),
        also('asset.name', 'Asset', 2),
        also('asset.owner', 'Owner'),
      ]),
      findings.ranking('Severe findings by owner', { ...SEVERE, 'asset.owner': ANY }, by('asset.owner', 'Owner', 12)),
    ],
    [
      waf.map(
        'Blocked requests by country',
        { 'event.action': 'block', 'source.geo.country_iso_code': ANY },
        'source.geo.country_iso_code',
      ),
      waf.timeline('Requests by action', {}, by('event.action', 'Action', 5)),
    ],
    [
      flows.timeline('Flows by action', {}, by('event.action', 'Action', 3)),
      dns.timeline('DNS answers', {}, by('dns.response_code', 'Answer', 5)),
      changes.timeline('Changes of assets', { 'event.kind': 'event' }, by('event.action', 'Change', 6)),
    ],
    [
      trail.table('Principals with failed calls', { 'event.outcome': 'failure' }, by('user.name', 'Principal', 10), [
        count('Calls'),
        unique('event.action', 'Actions'),
      ]),
      waf.table('Blocked sources', { 'event.action': 'block' }, by('source.ip', 'Source', 10), [count('Requests')]),
      flows.table('Rejected sources', { 'event.type': 'denied' }, by('source.ip', 'Source', 10), [
        count('Flows'),
        unique('destination.port', 'Ports'),
      ]),
    ],
    [
      findings.list(
        'Severe findings, newest first',
        SEVERE,
        'finding.severity',
        'observer.product',
        'message',
        'asset.name',
        'asset.owner',
        'cloud.account.id',
      ),
    ],
  ],
};
