/** VPC and transit gateway flow logs. */
import { ANY, also, by, type Dashboard, on, sum, unique } from './model.ts';

const { number, table, donut, timeline, ranking, map, list } = on('aws-flowlogs-*');
const BYTES = sum('source.bytes', 'Bytes');
const REJECTED = { 'event.type': 'denied' };
const ACCEPTED = { 'event.type': 'allowed' };
const OUT = { 'network.direction': 'egress' };

export const network: Dashboard = {
  id: 'network',
  title: 'Network: flows',
  purpose: 'Accepted and rejected traffic, the largest talkers, and which asset spoke to which.',
  filters: {
    index: 'aws-flowlogs-*',
    fields: [
      ['cloud.account.id', 'Account'],
      ['cloud.region', 'Region'],
      ['source.asset.owner', 'Source owner'],
      ['source.asset.environment', 'Source environment'],
    ],
  },
  rows: [
    [
      number('Flows'),
      number('Rejected flows', REJECTED),
      number('Ports', {}, unique('destination.port', 'Ports')),
      number('Sources', {}, unique('source.ip', 'Sources')),
      number('Destinations', {}, unique('destination.ip', 'Destinations')),
    ],
    [
      timeline('Flows over time', {}, by('event.action', 'Action', 3)),
      timeline('Bytes over time by direction', {}, by('network.direction', 'Direction', 3), BYTES),
    ],
    [
      map(
        'Accepted flows by source country',
        { ...ACCEPTED, 'source.geo.country_iso_code': ANY },
        'source.geo.country_iso_code',
      ),
      map(
        'Bytes by destination country',
        { 'destination.geo.country_iso_code': ANY },
        'destination.geo.country_iso_code',
        BYTES,
      ),
    ],
    [
      table('Sources with the most bytes', {}, by('source.ip', 'Source', 20), [
        BYTES,
        unique('destination.ip', 'Destinations'),
        unique('destination.port', 'Ports'),
      ]),
      table('Destinations with the most bytes', {}, by('destination.ip', 'Destination', 20), [
        BYTES,
        unique('source.ip', 'Sources'),
      ]),
    ],
    [
      ranking('Rejected: destination ports', REJECTED, by('destination.port', 'Port', 15)),
      ranking('Accepted: destination ports', ACCEPTED, by('destination.port', 'Port', 15)),
      donut('Protocol', {}, by('network.transport', 'Protocol', 6)),
    ],
    [
      table(
        'Asset to asset',
        { 'source.asset.name': ANY, 'destination.asset.name': ANY },
        [by('source.asset.name', 'From', 15), by('destination.asset.name', 'To', 5), by('destination.port', 'Port', 3)],
        [BYTES],
      ),
      table(
        'Bytes out by asset',
        { ...OUT, 'source.asset.name': ANY },
        [by('source.asset.name', 'Asset', 20), also('source.asset.owner', 'Owner')],
        [BYTES, unique('destination.ip', 'Destinations')],
      ),
    ],
    [
      table('Who was scanned', REJECTED, by('destination.ip', 'Destination', 15), [
        unique('destination.port', 'Ports'),
        unique('source.ip', 'Sources'),
      ]),
      table(
        'Who scans',
        REJECTED,
        [by('source.ip', 'Source', 15), also('source.as.organization.name', 'Network')],
        [unique('destination.port', 'Ports'), unique('destination.ip', 'Destinations')],
      ),
    ],
    [
      ranking(
        'Networks that traffic comes from',
        { 'source.as.organization.name': ANY },
        by('source.as.organization.name', 'Network', 15),
      ),
      ranking(
        'Networks that traffic goes to',
        { 'destination.as.organization.name': ANY },
        by('destination.as.organization.name', 'Network', 15),
      ),
      ranking('VPCs', { 'aws.vpcflow.vpc_id': ANY }, by('aws.vpcflow.vpc_id', 'VPC', 10)),
    ],
    [
      list(
        'Rejected flows',
        REJECTED,
        'source.ip',
        'source.port',
        'destination.ip',
        'destination.port',
        'network.transport',
        'source.bytes',
        'source.asset.name',
        'destination.asset.name',
        'cloud.account.id',
      ),
    ],
  ],
};
