/**
 * The words of resources/ and of the functions' own YAML: `$stack`, each parameter by its name (`$logBucketDays`), and in
 * what belongs to a function also `$source`, `$prefix` and the like.
 */
import { logicalName, SOURCES, type SourceName, type SourceRow } from '../../shared/sources.ts';
import type { Node, Tree, Words } from './compose.ts';
import { retentionOf, tiersOf } from './destinations.ts';
import type { FunctionName, Settings } from './settings.ts';

/** Words that mean the same everywhere in the stack. */
export function stackWords({ parameters, ...settings }: Settings): Words {
  const { of: _, ...common } = parameters;
  return {
    ...(common as unknown as Tree),
    stack: settings.stack,
    accounts: [...settings.accounts],
    trails: [...settings.trails],
    admins: [...settings.admins],
    ...settings.cluster,
    subscriptions: [...settings.subscriptions],
    alertSubscriptions: [...settings.alertSubscriptions],
    templatesHash: settings.content,
    bootstrapSecretArn: parameters.opensearchBootstrapSecretArn || parameters.opensearchSecretArn,
    opensearchLifecycle: `${retentionOf(parameters)} (${tiersOf(parameters)} ${parameters.opensearchOldReplicas})`,
    noDataSeconds: settings.noDataSeconds,
    geoObjects: settings.geoObjects,
    assetsObjects: settings.assetsObjects,
    threatBucket: settings.threatLists.bucket,
    threatPrefix: settings.threatLists.prefix,
    logTopicRegion: settings.region.logTopic,
    logKeyRegion: settings.region.logKey,
    secretsKeyRegion: settings.region.secretsKey,
    prowlerBucket: settings.prowler.bucket,
    prowlerRoleList: settings.prowler.roleArns,
  };
}

/** `timeout`: the function's, in seconds. */
export function functionWords(name: FunctionName, settings: Settings, timeout: number): Words {
  const row: Partial<SourceRow> = SOURCES[name as SourceName] ?? {};
  const prefix = settings.prefix[name];
  return {
    ...stackWords(settings),
    source: name,
    Source: logicalName(name),
    Lambda: lambdaOf(name),
    title: row.title ?? '',
    events: (row.events ?? {}) as Node,
    schedule: (name === 'asset-inventory' ? settings.parameters.assetSchedule : row.schedule) ?? '',
    prefix,
    escapedPrefix: prefix.split('/').map(encodeURIComponent).join('/'),
    keys: prefix.endsWith('*') ? prefix : `${prefix}*`,
    // AWS asks for six times the timeout, so that a message isn't seen again while it is being worked on.
    // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    visibility: timeout * 6,
  };
}

/** The logical id that osls gives a function. */
const lambdaOf = (name: string): string =>
  `${name[0].toUpperCase()}${name.slice(1).replaceAll('-', 'Dash')}LambdaFunction`;
