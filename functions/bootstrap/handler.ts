/**
 * Puts the index templates, and on a domain just made the roles, on OpenSearch, and teaches indices that exist what templates
 * have got since: CloudFormation, while it deploys, or anyone with `{}` → here → OpenSearch.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { opensearchAccess } from '../../shared/runtime/access.ts';
import { config } from '../../shared/runtime/config.ts';
import { log } from '../../shared/runtime/log.ts';
import { extend } from './extend.ts';
import { intoFolder, onOpenSearch, putAll } from './put.ts';
import { type Event, resource } from './resource.ts';
import { roles } from './roles.ts';
import { templates } from './templates.ts';

const RESERVE_MS = 45_000; // for a last try and the answer

/** Returns the paths of what was put; undefined to CloudFormation where it failed, which is told. */
export const handler = (event: Event, context?: Context): Promise<readonly string[] | undefined> =>
  resource(event, async () => {
    const say = log();
    const {
      OPENSEARCH_URL: to,
      OPENSEARCH_SHARDS: shards,
      OPENSEARCH_REPLICAS: replicas,
    } = config('OPENSEARCH_URL', 'OPENSEARCH_SHARDS', 'OPENSEARCH_REPLICAS');
    const put = 'folder' in to ? intoFolder(to.folder) : onOpenSearch(opensearchAccess());
    const until = Date.now() + (context?.getRemainingTimeInMillis() ?? 0) - RESERVE_MS;
    const access = event.RequestType === undefined ? {} : event.ResourceProperties;
    const all = templates({ shards, replicas });
    const paths = await putAll([...all, ...roles(access)], put, { until, sleep });
    say.info('templates put', { paths });
    if (!('folder' in to)) await extend(all, opensearchAccess(), { log: say, now: new Date() });
    return paths;
  });
