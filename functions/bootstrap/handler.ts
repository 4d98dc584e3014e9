/**
 * Sets OpenSearch up: pipelines, templates, roles, dashboards, monitors. What is there already stays as it is, and indices that exist learn
 * what templates have got since: CloudFormation, while it deploys, or anyone with `{}` → here → OpenSearch.
 * A schedule sends `{"task":"tomorrow"}`: then only tomorrow's indices are made.
 */
import type { Context } from 'aws-lambda';
import { DeliveryError } from '../../shared/errors.ts';
import type { Log } from '../../shared/model.ts';
import { opensearchAccess } from '../../shared/runtime/access.ts';
import { config } from '../../shared/runtime/config.ts';
import { log } from '../../shared/runtime/log.ts';
import { apiOf, patient } from './api.ts';
import { extend } from './extend.ts';
import type { Change } from './item.ts';
import type { MonitorOptions } from './monitors.ts';
import { plannedSteps } from './plan.ts';
import { policyNames } from './policies.ts';
import { intoFolder, putAll } from './put.ts';
import { type Event, resource } from './resource.ts';
import { retentions } from './retention.ts';
import { membersOf } from './roles.ts';
import { bootstrap } from './steps.ts';
import { type Sizes, templates } from './templates.ts';
import { makeTomorrow } from './tomorrow.ts';

const RESERVE_MS = 45_000; // for a last try and the answer

/** Returns what was changed; undefined for CloudFormation if it failed, which gets the reason. */
export const handler = (event: Event, context?: Context): Promise<readonly Change[] | undefined> =>
  resource(event, async () => {
    const say = log();
    if (event.RequestType === undefined && event.task !== undefined) return await run(event.task, say);
    const { to, sizes, lifecycle } = settings();
    const all = templates(sizes);
    if ('folder' in to) {
      const paths = await putAll(all, intoFolder(to.folder));
      return paths.map((object) => ({ action: 'create', object }));
    }
    const members = event.RequestType === undefined ? {} : membersOf(event.ResourceProperties);
    const isOwn = members.Admins !== undefined;
    const access = opensearchAccess();
    const until = Date.now() + (context?.getRemainingTimeInMillis() ?? 0) - RESERVE_MS;
    const steps = plannedSteps({
      sizes,
      lifecycle,
      members,
      isOwn,
      dashboards: access.auth.kind === 'es' || isOwn ? { base: '/_dashboards', tenant: 'global' } : undefined,
      monitors: alerting(access.url, access.auth.kind === 'es' || isOwn),
    });
    const changes = await bootstrap(steps, patient(apiOf(access), { until }));
    tell(changes, say);
    await extend(all, access, { log: say, now: new Date() });
    if (isOwn) refuse(changes);
    return changes.filter(({ action }) => action !== 'none');
  });

/** Runs the task that a schedule names. Throws Error for an unknown task. */
async function run(task: string, say: Log): Promise<readonly Change[]> {
  if (task !== 'tomorrow') throw new Error(`there is no task "${task}": expected tomorrow`);
  const made = await makeTomorrow(apiOf(opensearchAccess()), { now: new Date(), log: say });
  return made.map(({ index, shards }) => ({ action: 'create', object: `index ${index}`, paths: [`${shards} shards`] }));
}

/** Throws ConfigError. */
function settings() {
  const {
    OPENSEARCH_URL: to,
    OPENSEARCH_SHARDS: shards,
    OPENSEARCH_REPLICAS: replicas,
    OPENSEARCH_RETENTION: retention,
    OPENSEARCH_TIERS: tiers,
    OPENSEARCH_OLD_REPLICAS: oldReplicas,
    OPENSEARCH_MONTHLY: monthly,
  } = config(...SETTINGS);
  const lifecycle = { retentions: retentions(retention, policyNames), tiers, oldReplicas, monthly };
  // by volume: the step for tomorrow makes indices that need more than the template's one
  const sizes: Sizes = { shards: shards === 'auto' ? 1 : shards, replicas };
  return { to, sizes, lifecycle };
}

const SETTINGS = [
  'OPENSEARCH_URL',
  'OPENSEARCH_SHARDS',
  'OPENSEARCH_REPLICAS',
  'OPENSEARCH_RETENTION',
  'OPENSEARCH_TIERS',
  'OPENSEARCH_OLD_REPLICAS',
  'OPENSEARCH_MONTHLY',
] as const;

/** `isService`: OpenSearch Dashboards is behind the address. */
function alerting(url: string, isService: boolean): MonitorOptions | undefined {
  const {
    DETECTIONS,
    ALERT_TOPIC_ARN: topicArn,
    ALERT_RECORDS_TOPIC_ARN: recordsArn,
    ALERT_ROLE_ARN: roleArn,
    ALERT_FORMAT: format,
  } = config('DETECTIONS', 'ALERT_TOPIC_ARN', 'ALERT_RECORDS_TOPIC_ARN', 'ALERT_ROLE_ARN', 'ALERT_FORMAT');
  if (DETECTIONS === 'off') return undefined;
  return {
    isEnabled: DETECTIONS === 'enabled',
    topic: topicArn === undefined || roleArn === undefined ? undefined : { topicArn, recordsArn, roleArn },
    format,
    link: isService ? `${url}/_dashboards` : undefined,
  };
}

function tell(changes: readonly Change[], say: Log): void {
  for (const change of changes) {
    if (change.action === 'none') continue;
    const isFault = change.action === 'refused' || change.action === 'foreign' || change.action === 'restore';
    say[isFault ? 'warn' : 'info'](`bootstrap: ${change.action}`, change);
  }
  say.info(
    'bootstrap done',
    Object.fromEntries(
      Object.entries(Object.groupBy(changes, ({ action }) => action)).map(([action, list]) => [action, list.length]),
    ),
  );
}

/** On a domain of the stack nobody else decides: a policy or role that it refuses is a fault of the deployment. Throws DeliveryError that names all. */
function refuse(changes: readonly Change[]): void {
  const refused = changes.filter(
    ({ action, object }) => action === 'refused' && /^(policy|policies|role|tenant)/.test(object),
  );
  if (refused.length === 0) return;
  throw new DeliveryError(refused.map(({ object, reason }) => `${object}: ${reason}`).join(' · '), {});
}
