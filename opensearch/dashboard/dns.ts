/** Route 53 Resolver queries. */
import { ANY, also, by, count, type Dashboard, on, unique } from './model.ts';

const { number, table, donut, timeline, ranking, list } = on('aws-dns-*');
const MISSING = { 'dns.response_code': 'NXDOMAIN' };
const BLOCKED = { 'aws.dns.firewall.action': 'BLOCK' };

export const dns: Dashboard = {
  id: 'dns',
  title: 'DNS: what is resolved',
  purpose: 'Domains, failed look-ups and the DNS firewall. Many different subdomains of one domain hint at tunnelling.',
  filters: {
    index: 'aws-dns-*',
    fields: [
      ['cloud.account.id', 'Account'],
      ['cloud.region', 'Region'],
      ['source.asset.owner', 'Owner'],
      ['aws.dns.vpc_id', 'VPC'],
    ],
  },
  rows: [
    [
      number('Queries'),
      number('Domains', {}, unique('dns.question.registered_domain', 'Domains')),
      number('Unknown names', MISSING),
      number('Blocked by the firewall', BLOCKED),
      number('Alerts of the firewall', { 'aws.dns.firewall.action': 'ALERT' }),
    ],
    [
      timeline('Queries over time', {}, by('dns.response_code', 'Answer', 5)),
      timeline('Firewall over time', { 'aws.dns.firewall.action': ANY }, by('aws.dns.firewall.action', 'Action', 3)),
    ],
    [
      ranking('Most requested domains', {}, by('dns.question.registered_domain', 'Domain', 20)),
      ranking('Unknown names by domain', MISSING, by('dns.question.registered_domain', 'Domain', 20)),
      donut('Type of query', {}, by('dns.question.type', 'Type', 8)),
    ],
    [
      table('Many different subdomains', {}, by('dns.question.registered_domain', 'Domain', 20), [
        unique('dns.question.subdomain', 'Subdomains'),
        count('Queries'),
        unique('source.ip', 'Sources'),
      ]),
      table(
        'Who asks for unknown names',
        MISSING,
        [by('source.ip', 'Source', 20), also('source.asset.name', 'Asset')],
        [count('Queries'), unique('dns.question.name', 'Names')],
      ),
    ],
    [
      table('Firewall: who and what', { 'aws.dns.firewall.action': ANY }, [
        by('source.ip', 'Source', 15),
        by('dns.question.name', 'Name', 5),
        by('aws.dns.firewall.action', 'Action', 2),
      ]),
      table(
        'Sources',
        {},
        [by('source.ip', 'Source', 20), also('source.asset.owner', 'Owner')],
        [count('Queries'), unique('dns.question.registered_domain', 'Domains')],
      ),
    ],
    [
      ranking('VPCs', {}, by('aws.dns.vpc_id', 'VPC', 10)),
      ranking('Top-level domains', {}, by('dns.question.top_level_domain', 'Top-level domain', 15)),
      donut('Transport', {}, by('network.transport', 'Transport', 3)),
    ],
    [
      ranking(
        'TXT queries by domain',
        { 'dns.question.type': 'TXT' },
        by('dns.question.registered_domain', 'Domain', 10),
      ),
      ranking('Answers by address', { 'dns.resolved_ip': ANY }, by('dns.resolved_ip', 'Address', 15)),
    ],
    [
      list(
        'Blocked and alerted queries',
        { 'aws.dns.firewall.action': ['BLOCK', 'ALERT'] },
        'source.ip',
        'source.asset.name',
        'dns.question.name',
        'dns.question.type',
        'aws.dns.firewall.action',
        'cloud.account.id',
      ),
    ],
  ],
};
