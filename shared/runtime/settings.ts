/** The settings of every source, and those of each destination. */
import type { SinkName } from '../model.ts';
import { config } from './config.ts';

const OF_ALL = [
  'ROUTE',
  'FILTER',
  'FIELDS',
  'GEO_URL',
  'ASSETS_URL',
  'THREAT_URL',
  'INDEX_PERIOD',
  'QUARANTINE_STREAM',
  'SPILL_URL',
  'LEDGER_STREAM',
  'MAX_OBJECT_BYTES',
  'REQUEST_PAYER',
  'SOURCES',
  'LOG_LEVEL',
] as const;
export const OF_SINK = {
  opensearch: ['OPENSEARCH_URL', 'OPENSEARCH_AUTH', 'OPENSEARCH_REGION', 'OPENSEARCH_SECRET_ARN', 'OPENSEARCH_CA_FILE'],
  splunk: [
    'SPLUNK_HEC_URL',
    'SPLUNK_HEC_SECRET_ARN',
    'SPLUNK_CA_FILE',
    'SPLUNK_ACK',
    'SPLUNK_INDEX',
    'SPLUNK_SOURCETYPE',
  ],
  archive: ['ARCHIVE_STREAM'],
} as const;

/** Of every source and of the sinks that it is routed to. Throws one ConfigError that names all wrong settings. */
export function settings() {
  const routed = (['opensearch', 'splunk', 'archive'] as const).filter((name) => process.env.ROUTE?.includes(name));
  return config(...OF_ALL, ...routed.flatMap((name) => OF_SINK[name] as readonly (typeof OF_SINK)[SinkName][number][]));
}
