/** An attack from its beginning to its end: the API that is asked, and what a real node holds. */
import { readFileSync } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import { ShieldClient } from '@aws-sdk/client-shield';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { putAll } from '../../functions/bootstrap/put.ts';
import { templates } from '../../functions/bootstrap/templates.ts';
import { round } from '../../functions/shield/poll.ts';
import { shield } from '../../functions/shield/source.ts';
import { noGeo } from '../../shared/enrich/geo.ts';
import { collect } from '../../shared/pipeline/collect.ts';
import { opensearch } from '../../shared/sink/opensearch/sink.ts';
import { FINDINGS } from '../../shared/sources.ts';
import { type S3, s3 } from '../fake/s3.ts';
import { clientOf } from '../fake/server.ts';
import { type Shield, shield as shieldApi } from '../fake/shield.ts';
import { asker } from '../rig/opensearch/asker.ts';
import { onOpenSearch } from '../rig/opensearch/put.ts';
import { onNode } from '../rig/opensearch/suite.ts';
import type { Any } from '../source.ts';

const now = Math.floor(Date.now() / 1000);
const attack = {
  AttackId: 'a1',
  ResourceArn: 'arn:aws:cloudfront::123456789012:distribution/E1ABCDEFGHIJKL',
  StartTime: now - 3600,
};

await onNode('Shield', (node) => {
  const access = {
    url: node.url,
    auth: { kind: 'basic', login: async () => node },
    ca: readFileSync(node.caFile, 'utf8'),
  } as const;
  const ask = asker(access);
  const { signal } = new AbortController();
  const log = { info() {}, warn() {}, error() {} };
  let api: Shield;
  let store: S3;
  let aws: { shield: ShieldClient; s3: S3Client };

  beforeAll(async () => {
    await putAll(templates({ shards: 1, replicas: 0 }), onOpenSearch(access));
    [api, store] = [await shieldApi(), await s3()];
    aws = { shield: new ShieldClient(clientOf(api)), s3: new S3Client(clientOf(store)) };
  });
  afterAll(() => Promise.all([api.stop(), store.stop()]));
  beforeEach(() => store.objects.clear()); // forgets what was told

  async function tick(): Promise<void> {
    const { poll, keep } = round({ ...aws, log });
    const at = { account: '123456789012', region: 'eu-west-1', state: { bucket: 'kept', key: 'shield.json' } };
    const items = [{ id: 'tick', bodies: () => poll(at, signal) }];
    const [{ error, undecodable, counts }] = await collect(shield({ geo: noGeo, route: ['opensearch'] }), items, {
      sinks: [opensearch({ ...access, index: FINDINGS })],
      quarantine: { put() {}, flush: async () => {} },
      log,
      metrics: { add() {}, flush() {} },
      signal,
    });
    expect([error, undecodable, counts.opensearch?.rejected]).toEqual([undefined, 0, 0]);
    await keep(signal);
  }

  async function found(query: object): Promise<readonly Any[]> {
    await ask('POST', '/aws-findings-*/_refresh');
    const { hits } = (await ask('POST', '/aws-findings-*/_search', { query, sort: ['_index', '@timestamp'] })) as Any;
    return hits.hits;
  }
  const states = async () =>
    (await found({ term: { 'finding.uid': 'a1' } })).map(({ _index, _source }) => [
      _index.replace(/\d{4}\.\d\d/, 'YYYY.MM'),
      _source.aws.shield.state,
    ]);

  test('an attack seen open, then closed, is one current document', async () => {
    api.attacks = [attack];
    await tick();
    expect(await states()).toEqual([
      ['aws-findings-current', 'ongoing'],
      ['aws-findings-history-YYYY.MM', 'ongoing'],
    ]);
    api.attacks = [{ ...attack, EndTime: now - 60 }];
    await tick();
    const both = [
      ['aws-findings-current', 'over'],
      ['aws-findings-history-YYYY.MM', 'ongoing'],
      ['aws-findings-history-YYYY.MM', 'over'],
    ];
    expect(await states()).toEqual(both);
    store.objects.clear();
    await tick(); // tells it once more
    expect(await states()).toEqual(both);
  });

  test('without a subscription there is one state event', async () => {
    api.subscription = 'INACTIVE';
    for (let n = 0; n < 2; n++) {
      await tick();
      store.objects.clear();
    }
    const events = await found({ term: { 'aws.shield.subscription': 'INACTIVE' } });
    expect(events.map(({ _source }) => _source.event.kind)).toEqual(['state']);
  });
});
