/**
 * The detections as monitors of OpenSearch's alerting plugin, and the channels that their alerts go to. A monitor carries the fingerprint
 * of what was put in `ui_metadata`, which the plugin gives back as it is; queries it gives back in another form. Who edits a monitor in
 * OpenSearch Dashboards overwrites the mark: from then on it is theirs, and stays. So does whatever does not carry the mark.
 * https://docs.opensearch.org/latest/observing-your-data/alerting/api/ · https://docs.opensearch.org/latest/observing-your-data/notifications/api/
 */
import { DeliveryError, messageOf } from '../../shared/errors.ts';
import type { Api } from './api.ts';
import { CHANNEL, channels, type Topics } from './channels.ts';
import { fingerprint } from './compare.ts';
import { filesOf } from './data.ts';
import type { Change, Content } from './item.ts';
import type { Step } from './steps.ts';

export interface MonitorOptions {
  /** Whether a monitor runs from when it is made. Later that is the choice of whoever looks after it. */
  readonly isEnabled: boolean;
  /** Undefined: alerts go only to channels that a person made. */
  readonly topic?: Topics | undefined;
  /** `chatbot`: a custom notification of Amazon Q in chat applications. */
  readonly format: 'text' | 'chatbot';
  /** Of OpenSearch Dashboards, for the link in a message. */
  readonly link?: string | undefined;
}

const MONITORS = '/_plugins/_alerting/monitors';
const MOST = 1000; // monitors that a cluster has by default at most

export const monitors = (options: MonitorOptions): Step => ({
  name: 'monitors',
  async run(api, { plan = false }) {
    const { there, changes } = await channels(options.topic, api, plan);
    const found = await existing(api);
    for (const { name, body } of filesOf('monitor')) {
      const object = `monitor ${name}`;
      try {
        changes.push({ object, action: await monitor(wanted(body, options, there), found, api, options, plan) });
      } catch (error) {
        if (!(error instanceof DeliveryError)) throw error;
        changes.push({ object, action: 'refused', reason: messageOf(error) });
      }
    }
    return changes;
  },
});

interface Found {
  readonly id: string;
  readonly mark: unknown;
  readonly isEnabled: boolean;
}

/** By name. The plugin has no index, and answers 404, as long as nobody made a monitor. */
async function existing(api: Api): Promise<ReadonlyMap<string, Found>> {
  const query = { size: MOST, query: { prefix: { 'monitor.name.keyword': 'bongsu-' } } };
  const answer = (await api({ method: 'POST', path: `${MONITORS}/_search`, body: query }).catch((error: unknown) => {
    if (error instanceof DeliveryError && error.fields.status === 404) return { hits: { hits: [] } };
    throw error;
  })) as { readonly hits: { readonly hits: readonly { readonly _id: string; readonly _source: Content }[] } };
  return new Map(
    answer.hits.hits.map(({ _id: id, _source }) => {
      const { name, ui_metadata, enabled } = (_source.monitor ?? _source) as Content;
      return [String(name), { id, mark: (ui_metadata as Content | undefined)?.bongsu, isEnabled: enabled === true }];
    }),
  );
}

async function monitor(
  body: Content,
  found: ReadonlyMap<string, Found>,
  api: Api,
  { isEnabled }: MonitorOptions,
  plan: boolean,
): Promise<Change['action']> {
  const before = found.get(String(body.name));
  const mark = fingerprint(body);
  if (before?.mark === mark) return 'none';
  if (before !== undefined && before.mark === undefined) return 'foreign';
  const marked = { ...body, enabled: before?.isEnabled ?? isEnabled, ui_metadata: { bongsu: mark } };
  if (!plan) {
    const path = before === undefined ? MONITORS : `${MONITORS}/${before.id}`;
    await api({ method: before === undefined ? 'POST' : 'PUT', path, body: marked });
  }
  return before === undefined ? 'create' : 'update';
}

interface Trigger {
  readonly bucket_level_trigger: Content & { readonly actions: readonly Action[] };
}
interface Template {
  readonly source: string;
  readonly lang: string;
}
interface Action extends Content {
  readonly destination_id: string;
  readonly subject_template: Template;
  readonly message_template: Template;
}

/** The monitor of a file with where its alerts go; whether it runs is not part of it. */
function wanted(
  { enabled: _, triggers, ...body }: Content,
  options: MonitorOptions,
  channels: ReadonlySet<string>,
): Content {
  const [{ bucket_level_trigger: trigger }] = triggers as readonly [Trigger];
  const actions = trigger.actions
    .filter(({ destination_id }) => channels.has(destination_id))
    .map((each) => addressed(each, options));
  return { ...body, triggers: [{ bucket_level_trigger: { ...trigger, actions } }] };
}

const API_LINK = /\/_plugins\/_alerting\/monitors\/alerts\?monitorId=/;

/** https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html */
function addressed(action: Action, { format, link }: MonitorOptions): Action {
  const { subject_template: subject, message_template: message } = action;
  const text =
    link === undefined ? message.source : message.source.replace(API_LINK, `${link}/app/alerting#/monitors/`);
  const custom = { version: '1.0', source: 'custom', content: { title: subject.source, description: text } };
  const source = format === 'chatbot' && action.destination_id === CHANNEL ? JSON.stringify(custom) : text;
  return { ...action, message_template: { ...message, source } };
}
