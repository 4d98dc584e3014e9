import { beforeEach, describe, expect, test } from '@jest/globals';
import { filesOf } from '../../../functions/bootstrap/data.ts';
import { type MonitorOptions, monitors } from '../../../functions/bootstrap/monitors.ts';
import { type Alerting, alerting } from '../../fake/alerting.ts';

const topic = {
  topicArn: 'arn:aws:sns:eu-west-1:123456789012:bongsu-test-alerts',
  roleArn: 'arn:aws:iam::123456789012:role/bongsu-test-alerts',
};
const options: MonitorOptions = { isEnabled: true, topic, format: 'text', link: 'https://domain.example/_dashboards' };
const all = filesOf('monitor').length;

let server: Alerting;
beforeEach(() => {
  server = alerting();
});

const run = (given: Partial<MonitorOptions> = {}, plan = false) =>
  monitors({ ...options, ...given }).run(server.api, { plan });
const actionsOf = async (...args: Parameters<typeof run>) => {
  const changes = await run(...args);
  return Object.fromEntries(
    Object.entries(Object.groupBy(changes, ({ action }) => action)).map(([k, v]) => [k, v.length]),
  );
};

type Body = {
  name: string;
  enabled: boolean;
  ui_metadata?: object;
  triggers: { bucket_level_trigger: { actions: unknown[] } }[];
};
const idOf = (name: string) => [...server.monitors].find(([, each]) => each.name === `bongsu-${name}`)![0];
const bodyOf = (name: string) => server.monitors.get(idOf(name)) as unknown as Body;
type Action = { readonly destination_id: string; readonly message_template: { readonly source: string } };
const messageOf = (name: string) =>
  (bodyOf(name).triggers[0].bucket_level_trigger.actions[0] as { message_template: { source: string } })
    .message_template.source;

describe('monitors', () => {
  test('are made with their channel, and a second run changes nothing', async () => {
    expect(await actionsOf()).toEqual({ create: all + 1 });
    expect(server.channels.get('bongsu-alerts')).toMatchObject({
      config_type: 'sns',
      is_enabled: true,
      sns: { topic_arn: topic.topicArn, role_arn: topic.roleArn },
    });
    server.changes.length = 0;
    expect(await actionsOf()).toEqual({ none: all + 1 });
    expect(server.changes).toEqual([]);
  });

  test('with a topic for records have a second channel, and an action each that sends JSON to it', async () => {
    const recordsArn = `${topic.topicArn.replace('alerts', 'alert-records')}`;
    expect(await actionsOf({ topic: { ...topic, recordsArn }, format: 'chatbot' })).toEqual({ create: all + 2 });
    expect(server.channels.get('bongsu-alert-records')).toMatchObject({ sns: { topic_arn: recordsArn } });
    const [notify, record] = bodyOf('root_use').triggers[0].bucket_level_trigger.actions as Action[];
    expect([notify.destination_id, record.destination_id]).toEqual(['bongsu-alerts', 'bongsu-alert-records']);
    expect(record.message_template.source).toMatch(/^\{"detection":\{"name":"root_use"/);
    expect(record.message_template.source).toContain('app/alerting#/monitors/{{ctx.monitor._id}}"');
    server.changes.length = 0;
    await run({ topic: { ...topic, recordsArn }, format: 'chatbot' });
    expect(server.changes).toEqual([]);
  });

  test('a plan changes nothing', async () => {
    expect(await actionsOf({}, true)).toEqual({ create: all + 1 });
    expect(server.changes).toEqual([]);
  });

  test('are made enabled or disabled, and stay as somebody set them', async () => {
    await run({ isEnabled: false });
    expect(bodyOf('root_use').enabled).toBe(false);
    server.monitors.set(idOf('root_use'), { ...bodyOf('root_use'), enabled: true, ui_metadata: { bongsu: 'older' } });
    expect(await actionsOf({ isEnabled: false })).toEqual({ none: all, update: 1 });
    expect(bodyOf('root_use').enabled).toBe(true);
  });

  test('one of an older version is put again, and only this one', async () => {
    await run();
    server.monitors.set(idOf('root_use'), { ...bodyOf('root_use'), ui_metadata: { bongsu: 'older' } });
    server.changes.length = 0;
    await run();
    expect(server.changes).toEqual(['PUT bongsu-root_use']);
  });

  test('one that somebody edited in OpenSearch Dashboards, or made, stays as it is', async () => {
    const theirs = { name: 'bongsu-root_use', enabled: true, ui_metadata: { search: { searchType: 'graph' } } };
    server.monitors.set('theirs', theirs);
    server.monitors.set('other', { name: 'my monitor' });
    expect(await actionsOf()).toEqual({ create: all, foreign: 1 });
    expect(server.monitors.get('theirs')).toBe(theirs);
    expect(server.monitors.get('other')).toEqual({ name: 'my monitor' });
  });

  test("have a link that a person can open, and no braces but the plugin's", async () => {
    await run();
    expect(messageOf('root_use')).toContain(
      'https://domain.example/_dashboards/app/alerting#/monitors/{{ctx.monitor._id}}',
    );
  });

  test('are told to Amazon Q in chat applications as JSON', async () => {
    await run({ format: 'chatbot' });
    expect(JSON.parse(messageOf('root_use'))).toMatchObject({
      version: '1.0',
      source: 'custom',
      content: { title: expect.stringContaining('Bongsu'), description: expect.stringContaining('Owner:') },
    });
  });

  test('without a topic there is no channel, and alerts are told to nobody', async () => {
    expect(await actionsOf({ topic: undefined })).toEqual({ create: all });
    expect(bodyOf('root_use').triggers[0].bucket_level_trigger.actions).toEqual([]);
    expect(server.channels.size).toBe(0);
  });

  test('without a topic they use the channel that somebody made', async () => {
    server.channels.set('bongsu-alerts', { name: 'ours', description: 'Slack', config_type: 'slack' });
    expect(await actionsOf({ topic: undefined })).toEqual({ create: all });
    expect(messageOf('root_use')).toContain('Owner:');
  });
});

test('a channel that somebody else made stays and gets the alerts', async () => {
  const slack = { name: 'ours', description: 'Slack', config_type: 'slack', slack: { url: 'https://hooks.example' } };
  server.channels.set('bongsu-alerts', slack);
  expect(await actionsOf()).toEqual({ create: all, foreign: 1 });
  expect(server.channels.get('bongsu-alerts')).toBe(slack);
});

test('a topic of another name is put into the channel, which stays off if somebody turned it off', async () => {
  await run();
  server.channels.set('bongsu-alerts', { ...server.channels.get('bongsu-alerts'), is_enabled: false });
  await run({ topic: { ...topic, topicArn: `${topic.topicArn}-2` } });
  expect(server.channels.get('bongsu-alerts')).toMatchObject({
    is_enabled: false,
    sns: { topic_arn: `${topic.topicArn}-2` },
  });
});

test('a monitor that is refused does not hold up the others', async () => {
  const { api } = server;
  const refusing = {
    ...server,
    api: async (call: Parameters<typeof api>[0]) => {
      const { name } = (call.body ?? {}) as { readonly name?: string };
      return api(name === 'bongsu-root_use' ? { ...call, body: { name } } : call);
    },
  };
  const changes = await monitors(options).run(refusing.api, {});
  expect(changes.filter(({ action }) => action === 'refused')).toMatchObject([{ object: 'monitor root_use' }]);
  expect(server.monitors.size).toBe(all - 1);
});
