/** Fields of an event as Splunk makes them with our apps, by their own props and transforms. */
import { join } from 'node:path';
import { COLUMNS } from '../../scripts/detections/proof/envelope.ts';
import type { Extract } from '../../scripts/detections/proof/spoken.ts';
import { loadApps } from '../splunk/props/app.ts';
import { searched } from '../splunk/props/event.ts';
import { listOf } from '../splunk/spl/value.ts';
import { eventXmlFields } from './eventxml.ts';

const splunk = join(import.meta.dirname, '../../splunk');
const app = loadApps(join(splunk, 'bongsu'), join(splunk, 'bongsu_aws'));

export const extract: Extract = ({ sourcetype, indexed }, raw) => {
  if (sourcetype === 'XmlWinEventLog') {
    const named = Object.entries(indexed).map(([name, value]): [string, string[]] => [name, [value]]);
    return new Map([...named, ...eventXmlFields(raw)]);
  }
  // the app reads a flow log of any order by the indexed field flow_format, which the collector is to send
  const order = sourcetype === 'aws:cloudwatchlogs:vpcflow' ? { flow_format: COLUMNS.join(' ') } : {};
  const fields = searched({ raw, sourcetype, fields: { ...order, ...indexed } }, app);
  return new Map([...fields].map(([name, value]) => [name, listOf(value).map(String)]));
};
