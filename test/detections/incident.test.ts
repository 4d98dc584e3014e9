/** The demo's incident fires exactly what it should; an ordinary day fires nothing. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { library } from '../../scripts/detections/load.ts';
import { deliver } from '../../scripts/detections/proof/deliver.ts';
import { lineSender, prepare, runOf, searched, store } from '../../scripts/detections/proof/node.ts';
import { monitorFor } from '../../scripts/detections/proof/proof.ts';
import { worldOf } from '../../scripts/detections/proof/world.ts';
import { asker } from '../rig/opensearch/asker.ts';
import { onNode } from '../rig/opensearch/suite.ts';
import { incidentDocuments } from './incident.ts';
import { ordinary } from './ordinary.ts';

/** A scan, guessed passwords, a reverse shell, stolen credentials, a trail that was to be stopped, a tunnel over DNS. */
const INCIDENT = [
  'attack_only_counted',
  'bucket_became_public',
  'cloudtrail_stop_tried',
  'console_login_without_mfa',
  'firewall_alert',
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

  beforeAll(() => prepare(ask));

  describe('in this order', () => {
    test('nothing fires on 10,000 events of an ordinary day', async () => {
      const events = await deliver(ordinary(), worldOf({ assets: {}, places: {} }));
      expect(events.length).toBe(10_000);
      expect(await fired(events)).toEqual([]);
    });

    test("the demo's incident fires what it should", async () => {
      expect(await fired(await incidentDocuments())).toEqual(INCIDENT);
    });
  });
});
