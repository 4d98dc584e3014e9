/** The demo's incident fires exactly what it should; an ordinary day fires nothing. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { FOLDER, library, samplesIn } from '../../scripts/detections/load.ts';
import { monitorOf } from '../../scripts/detections/monitor.ts';
import { deliver } from '../../scripts/detections/proof/deliver.ts';
import { lineSender, prepare, runOf, searched, store } from '../../scripts/detections/proof/node.ts';
import { monitorFor } from '../../scripts/detections/proof/proof.ts';
import { worldOf } from '../../scripts/detections/proof/world.ts';
import { stanzaOf } from '../../scripts/detections/savedsearch.ts';
import { EVERY_MINUTES, WINDOW_MINUTES } from '../../scripts/detections/window.ts';
import { asker } from '../rig/opensearch/asker.ts';
import { onNode } from '../rig/opensearch/suite.ts';
import { incidentDocuments } from './incident.ts';
import { alertsOf, messagesOf, spilledAndReplayed } from './late.ts';
import { ordinary } from './ordinary.ts';
import { delivered, published } from './recorded.ts';

/** A scan, guessed passwords, a reverse shell, stolen credentials, a trail that was to be stopped, a tunnel over DNS. */
const INCIDENT = [
  'attack_only_counted',
  'bucket_became_public',
  'cloudtrail_stop_tried',
  'console_login_without_mfa',
  'firewall_alert',
  'firewall_let_through',
  'guardduty_critical',
  'instance_credentials_stolen',
  'long_label',
  'many_failed_logins',
  'many_missing_names',
  'many_text_queries',
  'name_blocked_and_reported',
  'port_scan',
  'several_findings_on_one_instance',
  'shell_port',
];

const { kept, lists } = library();
const monitors = kept.map(({ detection }) => monitorFor({ detection, lists }));
const PART = 2000;
const MINUTE = 60_000;
const LATE_MS = 6 * 60 * MINUTE;

/** Somebody stops a trail. */
function stopped(time: number): object {
  const { record } = samplesIn(`${FOLDER}/samples`).get('call-by-user')!;
  const eventTime = new Date(time).toISOString().replace('.000Z', 'Z');
  return { ...record, eventTime, eventID: 'late-1', eventSource: 'cloudtrail.amazonaws.com', eventName: 'StopLogging' };
}

await onNode('all monitors on a real node', (node) => {
  const access = {
    url: node.url,
    auth: { kind: 'basic', login: async () => node },
    ca: readFileSync(node.caFile, 'utf8'),
  } as const;
  const ask = asker(access);
  const send = lineSender(access);

  async function fired(documents: readonly { readonly bulk: string }[]): Promise<readonly string[]> {
    for (let at = 0; at < documents.length; at += PART) await store(ask, send, documents.slice(at, at + PART));
    const until = Date.now() + 600_000;
    const answers = await searched(
      send,
      monitors.map((monitor) => runOf(monitor, until)),
    );
    expect(answers.filter(({ error }) => error !== undefined)).toEqual([]);
    const names = kept.filter((_, at) => (answers[at].aggregations?.alerts?.buckets.length ?? 0) > 0);
    return names.map(({ detection }) => detection.name).sort();
  }

  async function ingestedAt(id: string): Promise<number> {
    const found = (await ask('POST', '/aws-cloudtrail-*/_search', { query: { ids: { values: [id] } } })) as {
      readonly hits: {
        readonly hits: readonly { readonly _source: { readonly event: { readonly ingested: string } } }[];
      };
    };
    expect(found.hits.hits).toHaveLength(1);
    return Date.parse(found.hits.hits[0]._source.event.ingested);
  }

  beforeAll(() => prepare(ask));

  describe('in this order', () => {
    test('nothing fires on 10,000 events of an ordinary day', async () => {
      const events = await deliver(ordinary(), worldOf({ assets: {}, places: {}, indicators: [] }));
      expect(events.length).toBe(10_000);
      expect(await fired(events)).toEqual([]);
    });

    test("the demo's incident fires what it should", async () => {
      expect(await fired(await incidentDocuments())).toEqual(INCIDENT);
    });

    test('an event that comes six hours late by the replay alerts once in both products', async () => {
      const { detection } = kept.find(({ detection: { name } }) => name === 'cloudtrail_stopped')!;
      const time = Math.floor(Date.now() / 1000) * 1000 - LATE_MS;
      const { sent } = await spilledAndReplayed(stopped(time), access, 2);
      const [id] = sent.map(({ fields }) => fields.event_id);
      expect(sent.map((event) => [event.fields.event_id, event.time])).toEqual(
        Array(2).fill([id, (time / 1000).toFixed(3)]),
      );

      await ask('POST', '/aws-*/_refresh');
      const ingested = await ingestedAt(id);
      expect(ingested - time).toBeGreaterThanOrEqual(LATE_MS);
      // the first run starts when the event happened, the last one hours after the replay
      const starts = Array.from({ length: 100 }, (_, run) => time + MINUTE + run * EVERY_MINUTES * MINUTE);
      const monitor = monitorFor({ detection, lists });
      const runs = await searched(
        send,
        starts.map((start) => runOf(monitor, start, [id])),
      );
      const keys = runs.map(
        ({ aggregations }) => aggregations?.alerts?.buckets.map(({ key }) => JSON.stringify(key)) ?? [],
      );
      expect(keys.filter((each) => each.length > 0)).toHaveLength(WINDOW_MINUTES / EVERY_MINUTES);
      expect(messagesOf(keys)).toHaveLength(1);

      const { hits } = (await ask('POST', '/aws-cloudtrail-*/_search', { query: { ids: { values: [id] } } })) as {
        readonly hits: { readonly hits: readonly object[] };
      };
      const alert = { id: 'alert-1', start_time: ingested, bucket_keys: keys.flat()[0], sample_documents: hits.hits };
      const message = await published(monitorOf(detection, lists), alert, ask);
      expect(await delivered(message, 3, access)).toMatchObject([{ sent: 1 }, { sent: 1 }, { sent: 1 }]);
      await ask('POST', '/aws-alerts-*/_refresh');
      const recorded = (await ask('GET', '/aws-alerts-*/_search')) as {
        readonly hits: { readonly hits: readonly object[] };
      };
      expect(recorded.hits.hits).toMatchObject([
        {
          _source: {
            '@timestamp': new Date(ingested).toISOString(),
            event: { action: 'cloudtrail_stopped', url: expect.stringContaining('monitor-1') },
            aws: { alerts: { keys: alert.bucket_keys, documents: [expect.stringContaining(id)] } },
          },
        },
      ]);

      const twice = [ingested, ingested + 7 * MINUTE].map((indexed) => ({ id, time, indexed }));
      expect(alertsOf(stanzaOf(detection), twice, starts)).toEqual([id]);
    });
  });
});
