/** The life of a finding on a real node and a strict HEC: its states in any order, again and on several ways. */
import { readFileSync } from 'node:fs';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { putAll } from '../../functions/bootstrap/put.ts';
import { templates } from '../../functions/bootstrap/templates.ts';
import { guardduty } from '../../functions/guardduty/source.ts';
import { securityhub } from '../../functions/securityhub/source.ts';
import { noGeo } from '../../shared/enrich/geo.ts';
import { unpacked } from '../../shared/input/unpacked.ts';
import type { Body, Item, Source } from '../../shared/model.ts';
import { collect } from '../../shared/pipeline/collect.ts';
import { admission } from '../../shared/pipeline/filter.ts';
import { opensearch } from '../../shared/sink/opensearch/sink.ts';
import { splunk } from '../../shared/sink/splunk/sink.ts';
import { archive } from '../../shared/sink/store/archive.ts';
import { FINDINGS } from '../../shared/sources.ts';
import { type Firehose, firehose } from '../fake/firehose.ts';
import { clientOf } from '../fake/server.ts';
import { type Hec, startHec } from '../rig/hec/hec.ts';
import { asker } from '../rig/opensearch/asker.ts';
import { onOpenSearch } from '../rig/opensearch/put.ts';
import { onNode } from '../rig/opensearch/suite.ts';

const ID = '16afba5c5c43e07c9e3e5e2e544e95df';
const ADMINISTRATOR = '210987654321';
const MEMBER = '123456789012';
const TOKEN = '11111111-2222-4333-8444-555555555555';

const updatedAt = (state: number) => `2026-11-24T13:4${state}:00.000Z`;

/** When an account's event with a state is sent: a member's earlier than the administrator's. Epoch milliseconds. */
const sentAt = (number: number, account: string): number =>
  Date.parse(updatedAt(number)) + (account === ADMINISTRATOR ? 5000 : 3000);

/** One state of the finding, over the event bus of an account. */
const state = (number: number, account = ADMINISTRATOR) => ({
  version: '0',
  id: `event-${account}-${number}`,
  'detail-type': 'GuardDuty Finding',
  source: 'aws.guardduty',
  account,
  time: new Date(sentAt(number, account)).toISOString(),
  region: 'eu-west-1',
  detail: {
    accountId: MEMBER,
    region: 'eu-west-1',
    id: ID,
    arn: `arn:aws:guardduty:eu-west-1:${MEMBER}:detector/12abc34d567e8fa901bc2d34e56789f0/finding/${ID}`,
    type: 'Recon:EC2/PortProbeUnprotectedPort',
    severity: 5,
    createdAt: updatedAt(0),
    updatedAt: updatedAt(number),
    title: 'Port probe',
    service: { serviceName: 'guardduty', count: number },
  },
});

/** The same state as Security Hub tells it. */
const copy = (number: number) => {
  const { arn, title, createdAt, type } = state(number).detail;
  return {
    version: '0',
    id: `copy-${number}`,
    'detail-type': 'Security Hub Findings - Imported',
    source: 'aws.securityhub',
    account: ADMINISTRATOR,
    time: updatedAt(number),
    region: 'eu-west-1',
    resources: [],
    detail: {
      findings: [
        {
          SchemaVersion: '2018-10-08',
          Id: arn,
          ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/guardduty',
          ProductName: 'GuardDuty',
          CompanyName: 'Amazon',
          Region: 'eu-west-1',
          GeneratorId: arn.split('/finding/')[0],
          AwsAccountId: MEMBER,
          Types: [`TTPs/Discovery/${type.replace('/', '-')}`],
          FindingProviderFields: {
            Severity: { Label: 'MEDIUM' },
            Types: [`TTPs/Discovery/${type.replace('/', '-')}`],
          },
          CreatedAt: createdAt,
          UpdatedAt: updatedAt(number),
          Severity: { Label: 'MEDIUM', Normalized: 50, Product: 5 },
          Title: title,
          Description: 'A port was probed.',
          Resources: [{ Type: 'AwsEc2Instance', Id: `arn:aws:ec2:eu-west-1:${MEMBER}:instance/i-0abcd1234ef567890` }],
          Workflow: { Status: 'NEW' },
          RecordState: 'ACTIVE',
        },
      ],
    },
  };
};

const body = (uri: string, text: string): Body => ({
  uri,
  chunks: (async function* () {
    yield Buffer.from(text);
  })(),
});

const item = (value: { readonly id: string }): Item => ({
  id: value.id,
  async *bodies() {
    yield body(`eventbridge:${value.id}`, JSON.stringify(value));
  },
});

await onNode('a finding', (node) => {
  const access = {
    url: node.url,
    auth: { kind: 'basic', login: async () => node },
    ca: readFileSync(node.caFile, 'utf8'),
  } as const;
  const ask = asker(access);
  const route = ['opensearch', 'splunk', 'archive'] as const;
  const native = guardduty({ geo: noGeo, route });
  const hub = (...natives: readonly string[]) => securityhub({ geo: noGeo, route, natives });
  let hec: Hec;
  let stream: Firehose;
  let client: FirehoseClient;

  beforeAll(async () => {
    await putAll(templates({ shards: 1, replicas: 0 }), onOpenSearch(access));
    hec = await startHec({ token: TOKEN });
    stream = await firehose();
    client = new FirehoseClient(clientOf(stream));
  });
  afterAll(async () => {
    client.destroy();
    await Promise.all([hec.stop(), stream.stop()]);
  });

  async function deliver<R>(source: Source<R>, ...items: readonly Item[]): Promise<void> {
    const admits = admission({}, { add() {} });
    const outcomes = await collect(source, items, {
      sinks: [
        opensearch({ ...access, index: FINDINGS }),
        splunk({ endpoints: [hec.url], token: async () => TOKEN, ...source.splunk }),
        archive({ client, stream: 'archive', source: source.name }),
      ],
      admits: (sink, facts, { uri }) => admits(sink, facts) && (sink !== 'archive' || !uri.startsWith('s3:')),
      quarantine: { put: ({ reason }) => expect(reason).toBe(''), flush: async () => {} },
      log: { info() {}, warn() {}, error() {} },
      metrics: { add() {}, flush() {} },
      signal: new AbortController().signal,
    });
    expect(outcomes.map(({ error }) => error)).toEqual(items.map(() => undefined));
  }

  interface Hit {
    readonly _index: string;
    readonly _id: string;
    readonly _version: number;
    // biome-ignore lint/suspicious/noExplicitAny: documents are asked for what the test knows of them
    readonly _source: any;
  }

  /** All documents of the finding, by index and id, but for when OpenSearch took them. */
  async function found(): Promise<readonly Hit[]> {
    await ask('POST', '/aws-findings-*/_refresh');
    const query = { size: 100, version: true, query: { term: { 'finding.uid': ID } } };
    const { hits } = (await ask('POST', '/aws-findings-*/_search', query)) as { hits: { hits: readonly Hit[] } };
    for (const { _source } of hits.hits) delete _source.event.ingested;
    return hits.hits.toSorted((a, b) => `${a._index} ${a._id}`.localeCompare(`${b._index} ${b._id}`));
  }
  const idsFound = async () => (await found()).map(({ _index, _id }) => `${_index} ${_id}`);
  const current = async () => (await found()).find(({ _index }) => _index === 'aws-findings-current')!;

  const all = [
    `aws-findings-current ${ID}`,
    ...[1, 2, 3].map((number) => `aws-findings-history-2026.11 ${ID}@${updatedAt(number)}`),
  ];

  test('whose states arrive as 3, 1, 2 has a history of three and ends in the third', async () => {
    for (const number of [3, 1, 2]) await deliver(native, item(state(number)));
    expect(await idsFound()).toEqual(all);
    const { _source, _version } = await current();
    expect(_version).toBe(sentAt(3, ADMINISTRATOR));
    expect(_source.aws.guardduty.count).toBe(3);
    expect(_source.finding).toEqual({ uid: ID, severity: 'medium', way: 'eventbridge', via: ADMINISTRATOR });
  });

  test('that comes through the account of a member too, or by an export, is no other document', async () => {
    await deliver(native, ...[1, 2, 3].map((number) => item(state(number, MEMBER))));
    const exported = [2, 3].map((number) => JSON.stringify(state(number).detail)).join('\n');
    await deliver(native, {
      id: 'export',
      async *bodies() {
        yield body('s3://bucket/guardduty/a.jsonl.gz@1', exported);
      },
    });
    expect(await idsFound()).toEqual(all);
    expect((await current())._source.finding.via).toBe(ADMINISTRATOR);
  });

  test('is found in Splunk by its uid, and its states and repeats are told apart by the id', () => {
    const events = hec.events().filter(({ fields }) => fields?.finding_uid === ID);
    expect(events).toHaveLength(hec.events().length);
    const states = new Set(events.map(({ fields }) => fields?.event_id));
    expect([...states].toSorted()).toEqual([1, 2, 3].map((number) => `${ID}@${updatedAt(number)}`));
  });

  test('has its copies from Security Hub apart, linked by its uid, and none in Splunk', async () => {
    const events = hec.events().length;
    for (const number of [3, 1]) await deliver(hub('guardduty'), item(copy(number)), item(copy(number)));
    expect(await idsFound()).toEqual([
      ...[1, 3].map((number) => `aws-findings-copies-2026.11 ${ID}@${updatedAt(number)}/securityhub`),
      ...all,
    ]);
    expect((await current())._source.finding.way).toBe('eventbridge');
    const [{ _source: copied }] = await found();
    expect(copied.finding).toEqual({ uid: ID, severity: 'medium', way: 'securityhub', via: ADMINISTRATOR });
    expect(copied.observer).toEqual((await current())._source.observer);
    expect(hec.events()).toHaveLength(events);
  });

  test('is told of with an action of somebody, in Splunk by its uid, and that is no state of it', async () => {
    const before = await current();
    const { detail, ...event } = copy(3);
    const other = { ...detail.findings[0], Id: `${detail.findings[0].Id}0` };
    const action = {
      ...event,
      'detail-type': 'Security Hub Findings - Custom Action',
      id: 'action-1',
      detail: { actionName: 'Page', actionDescription: 'Call the CERT', findings: [...detail.findings, other] },
    };
    await deliver(hub('guardduty'), item(action));
    expect(await current()).toEqual(before);
    const told = hec.events().filter(({ sourcetype }) => sourcetype === 'aws:securityhub:action');
    expect(told.map(({ fields }) => fields?.finding_uid)).toEqual([ID, `${ID}0`]);
    expect(await idsFound()).toContain(`aws-findings-history-2026.11 ${ID}@${updatedAt(3)}/action/action-1`);
  });

  describe('out of the archive', () => {
    const kept = (source: string) => stream.kept.filter((line) => JSON.parse(line.toString()).source === source);

    /** Each source's own, as Firehose puts it into S3. */
    async function replay(): Promise<void> {
      for (const source of [native, hub('guardduty')] as readonly Source<unknown>[]) {
        const uri = `s3://archive/${source.name}/2026/11/24/a.gz@1`;
        const { chunks } = body(uri, Buffer.concat(kept(source.name)).toString());
        await deliver(source, {
          id: uri,
          async *bodies() {
            yield { uri, chunks: unpacked(chunks, { uri, maxBytes: 1e9 }) };
          },
        });
      }
    }

    test('changes nothing and is not archived again', async () => {
      const before = await found();
      const counts = () => ['guardduty', 'securityhub'].map((source) => kept(source).length);
      expect(counts()).toEqual([6, 5]); // the export is in S3 already, and an action on two findings is one event
      await replay();
      expect(await found()).toEqual(before);
      expect(counts()).toEqual([6, 5]);
    });

    test('tells also what was asked for, and where', async () => {
      const [finding] = copy(5).detail.findings;
      const asked = { 'detail-type': 'GetFindings', account: ADMINISTRATOR, region: 'eu-west-1' };
      const line = { id: 'asked', ...asked, detail: { findings: [finding] } };
      await deliver(hub('guardduty'), item(line));
      const lines = (await found()).filter(({ _source }) => _source.finding.way === 'api');
      expect(lines.map(({ _source }) => _source.finding.via)).toEqual([ADMINISTRATOR]);
    });

    test('comes back into an OpenSearch that has lost it', async () => {
      const before = await found();
      for (const index of new Set(before.map(({ _index }) => _index))) await ask('DELETE', `/${index}`);
      expect(await found()).toEqual([]);
      await replay();
      expect((await found()).map(({ _source }) => _source)).toEqual(before.map(({ _source }) => _source));
    });
  });

  test('that no native source delivers is itself what Security Hub tells', async () => {
    await deliver(hub(), item(copy(4)));
    const { _source, _version } = await current();
    expect(_version).toBe(Date.parse(updatedAt(4)));
    expect(_source.finding).toEqual({ uid: ID, severity: 'medium', way: 'securityhub', via: ADMINISTRATOR });
    expect(hec.events().at(-1)?.fields?.finding_uid).toBe(ID);
  });
});
