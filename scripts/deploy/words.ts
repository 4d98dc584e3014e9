/**
 * The words of resources/ and of the functions' own YAML: `$stack`, each parameter by its name (`$logBucketDays`), and in
 * what belongs to a function also `$source`, `$prefix` and the like.
 */
import { logicalName, SOURCES, type SourceName, type SourceRow } from '../../shared/sources.ts';
import { clusterOf } from './cluster.ts';
import type { Node, Tree, Words } from './compose.ts';
import { retentionOf, shardsOf, tiersOf } from './destinations.ts';
import type { FunctionName, Settings } from './settings.ts';

/** Words that mean the same everywhere in the stack. */
export function stackWords({ parameters, ...settings }: Settings): Words {
  const { of: _, ...common } = parameters;
  return {
    ...(common as unknown as Tree),
    stack: settings.stack,
    ...senders(settings, parameters.logOrganization),
    admins: [...settings.admins],
    ...settings.cluster,
    subscriptions: [...settings.subscriptions],
    alertSubscriptions: [...settings.alertSubscriptions],
    templatesHash: settings.content,
    bootstrapSecretArn: parameters.opensearchBootstrapSecretArn || parameters.opensearchSecretArn,
    opensearchLifecycle: `${retentionOf(parameters)} (${tiersOf(parameters)} ${parameters.opensearchOldReplicas})`,
    shards: shardsOf(parameters),
    noDataSeconds: settings.noDataSeconds,
    // AWS recommends a quarter of the volume, GiB × 1024 ÷ 4; of nodes with disks of their own 20 GiB
    domainFreeMib: (clusterOf(parameters).volumeGib ?? 80) * 256,
    inventoryRoles: [...settings.inventoryRoles],
    archiveStreams: [...settings.archiveStreams],
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

/** Who may deliver logs: accounts by their ids, or an organization, whose policy does not grow with it. */
function senders({ accounts, trails }: Pick<Settings, 'accounts' | 'trails'>, organization: string): Words {
  const byOrganization: Tree = organization === '' ? {} : { 'aws:SourceOrgID': organization };
  const ArnLike = { 'aws:SourceArn': [...trails] };
  const acl = { 's3:x-amz-acl': 'bucket-owner-full-control' };
  return {
    senderKey: organization === '' ? 'aws:SourceAccount' : 'aws:SourceOrgID',
    senders: organization === '' ? [...accounts] : organization,
    trailCondition: { ...(organization !== '' && { StringEquals: byOrganization }), ArnLike },
    trailPutCondition: { StringEquals: { ...acl, ...byOrganization }, ArnLike },
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
    Lambda: `${logicalIdOf(name)}LambdaFunction`,
    LogGroup: `${logicalIdOf(name)}LogGroup`,
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

/** How osls begins the logical ids of what belongs to a function. */
const logicalIdOf = (name: string): string => name[0].toUpperCase() + name.slice(1).replaceAll('-', 'Dash');
