/** The files of resources/source/ that a function may get, and which of a file's variants. */
import { SOURCES, type SourceName } from '../../shared/sources.ts';
import type { FunctionName, Settings } from './settings.ts';

/** The whole file; a file's variant by its name; nothing. */
export type Variant = 'whole' | 'none' | (string & {});
type Choose = (settings: Settings, name: FunctionName) => Variant;

const whole: Choose = () => 'whole';
const row = (name: FunctionName) => SOURCES[name as SourceName];

/** By the file's name. */
export const PIECES = {
  role: whole,
  spill: whole,
  queue: whole,
  'replay-access': whole,
  'count-mismatch-alarm': whole,
  rule: whole,
  subscriptions: (_, name) => (row(name).subscription === undefined ? 'none' : 'whole'),
  schedule: (settings, name) => settings.schedule[name],
  'log-group': ({ logGroups }) => (logGroups === 'stack' ? 'whole' : 'none'),
  network: ({ network }) => network,
  geo: ({ geo }) => geo,
  assets: ({ assetTable }) => assetTable,
  threat: ({ threat }) => threat,
  opensearch: ({ opensearch }, name) => opensearch[name],
  splunk: ({ splunk }, name) => splunk[name],
  'secrets-key': ({ secretsKey }, name) => secretsKey[name],
  archive: ({ archives }, name) => archives[name],
  objects: ({ objects }, name) => objects[name],
  'log-key': ({ objectsKey }, name) => objectsKey[name],
  'no-data-alarm': ({ noDataAlarm }) => noDataAlarm,
} as const satisfies Readonly<Record<string, Choose>>;
export type PieceName = keyof typeof PIECES;

/** Which variant of a file of its own a function gets, by the word behind the file's name in function.yml. */
export const OWN_PIECES: Readonly<Record<string, Choose>> = {
  logs: ({ logs }) => logs,
  objects: ({ objects }, name) => objects[name],
  opensearch: ({ opensearch }, name) => opensearch[name],
  archive: ({ archive }) => archive,
  master: ({ master }) => master,
  organization: ({ organization }) => organization,
  endpointKeys: ({ endpointKeys }) => endpointKeys,
  reconcile: ({ reconcile }) => reconcile,
  known: ({ known }) => known,
  alerts: ({ alerts }) => alerts,
  tomorrow: ({ tomorrow }) => tomorrow,
  prowlerScan: ({ prowler }) => prowler.scan,
  prowlerKey: ({ prowler }) => prowler.key,
  prowlerRoles: ({ prowler }) => prowler.roles,
};

/** The files of resources/ that belong to no function. */
export const STACK_PIECES: readonly (readonly [file: string, choose: (settings: Settings) => Variant])[] = [
  ['key', () => 'whole'],
  ['quarantine', () => 'whole'],
  ['ledger', () => 'whole'],
  ['archive', ({ archive }) => archive],
  ['alarms', () => 'whole'],
  ['alerts', ({ alerts }) => alerts],
  ['dashboard', () => 'whole'],
  ['logs', ({ logs }) => logs],
  ['domain', ({ domain }) => domain],
  ['domain-alarms', ({ domain }) => domain],
  ['log-groups', ({ logGroups }) => logGroups],
  ['log-groups', ({ logGroups, archive }) => (logGroups === 'none' || archive === 'none' ? 'none' : 'archive')],
  ['log-groups', ({ logGroups, prowler }) => (logGroups === 'none' || prowler.scan === 'none' ? 'none' : 'prowler')],
  ['log-groups', ({ logGroups, domain }) => (logGroups === 'none' || domain === 'none' ? 'none' : 'domain')],
  ['domain', ({ domainNetwork }) => domainNetwork],
  ['domain', ({ cognito }) => (cognito === 'none' ? 'none' : 'cognitoRole')],
  ['domain', ({ cognito }) => cognito],
];
