/**
 * The notification channels that alerts go to: texts for people, and records for the source `alerts`. A channel with that id that a
 * person made, such as one of Slack, stays and gets the alerts.
 * https://docs.opensearch.org/latest/observing-your-data/notifications/api/
 */
import type { Api } from './api.ts';
import { fingerprint } from './compare.ts';
import type { Change, Content } from './item.ts';

/** Topics, and the role by which OpenSearch publishes to them. */
export interface Topics {
  readonly topicArn: string;
  /** Undefined: the source `alerts` is off. */
  readonly recordsArn?: string | undefined;
  readonly roleArn: string;
}

export const CHANNEL = 'bongsu-alerts';
export const RECORDS = 'bongsu-alert-records';
const CONFIGS = '/_plugins/_notifications/configs';

export interface Channels {
  /** Ids of the channels that exist. */
  readonly there: ReadonlySet<string>;
  readonly changes: Change[];
}

export async function channels(topics: Topics | undefined, api: Api, plan: boolean): Promise<Channels> {
  const there = new Set<string>();
  const changes: Change[] = [];
  for (const [id, topicArn] of [
    [CHANNEL, topics?.topicArn],
    [RECORDS, topics?.recordsArn],
  ] as const) {
    const before = await channelIn(api, id);
    if (topicArn !== undefined || before !== undefined) there.add(id);
    if (topics === undefined || topicArn === undefined) continue;
    changes.push(await channel({ id, topicArn, roleArn: topics.roleArn, before }, api, plan));
  }
  return { there, changes };
}

async function channelIn(api: Api, id: string): Promise<Content | undefined> {
  const answer = (await api({ method: 'GET', path: `${CONFIGS}/${id}` })) as
    | { readonly config_list?: readonly { readonly config: Content }[] }
    | undefined;
  return answer?.config_list?.[0]?.config;
}

const MADE_BY = 'Bongsu: alerts of detections';

interface Wanted {
  readonly id: string;
  readonly topicArn: string;
  readonly roleArn: string;
  readonly before: Content | undefined;
}

async function channel({ id, topicArn, roleArn, before }: Wanted, api: Api, plan: boolean): Promise<Change> {
  const object = `notification channel ${id}`;
  const config = {
    name: id,
    description: MADE_BY,
    config_type: 'sns',
    is_enabled: before?.is_enabled ?? true,
    sns: { topic_arn: topicArn, role_arn: roleArn },
  };
  if (before !== undefined && before.description !== MADE_BY) return { object, action: 'foreign' };
  if (before !== undefined && fingerprint(before.sns) === fingerprint(config.sns)) return { object, action: 'none' };
  const action = before === undefined ? 'create' : 'update';
  if (!plan && before === undefined) await api({ method: 'POST', path: CONFIGS, body: { config_id: id, config } });
  if (!plan && before !== undefined) await api({ method: 'PUT', path: `${CONFIGS}/${id}`, body: { config } });
  return { object, action };
}
