import { readFileSync } from 'node:fs';
import { EcsFlat } from '@elastic/ecs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { putAll } from '../../functions/bootstrap/put.ts';
import { templates } from '../../functions/bootstrap/templates.ts';
import { normalizeAll } from '../../functions/endpoint/normalize/index.ts';
import type { Sink } from '../../shared/model.ts';
import { notifyUnrouted } from '../../shared/pipeline/unrouted.ts';
import { CAT, CONNECT, CURL, file, UNLINK } from '../functions/endpoint/normalize/auditlines.ts';
import { journal, line, windows } from '../functions/endpoint/normalize/documents.ts';
import { goldenDocuments, goldenNames } from '../golden.ts';
import { asker } from '../rig/opensearch/asker.ts';
import { onOpenSearch } from '../rig/opensearch/put.ts';
import { onNode } from '../rig/opensearch/suite.ts';

/** The event of an object that no source reads. */
async function unrouted(): Promise<object[]> {
  const docs: object[] = [];
  const uri = 's3://logs/AWSLogs/123456789012/elasticloadbalancing/a.log.gz@0123abcd';
  await notifyUnrouted(
    [{ item: 0, source: 'dns', uri, reason: 'the record is no JSON object', first: Buffer.from('h2 2026-11-24T') }],
    { notify: [NOWHERE], log: { info() {}, warn() {}, error() {} }, metrics: { add() {}, flush() {} } },
    ({ name }) => ({
      name,
      append(_item, _facts, _from, doc) {
        docs.push(JSON.parse(Buffer.from(doc.bytes.subarray(0, doc.length)).toString()));
        return false;
      },
      async sendFull() {},
      async flush() {},
    }),
  );
  return docs;
}

const NOWHERE: Sink = {
  name: 'opensearch',
  maxBytes: 1,
  append() {},
  send: () => Promise.reject(new Error('nothing is sent')),
};

const PROCESS = {
  Image: 'C:\\a\\b.exe',
  ProcessId: '7',
  ProcessGuid: '{a}',
  User: 'CORP\\bob',
  CommandLine: 'b "c d"',
};
const sysmon = (id: number, data: Readonly<Record<string, string>>) =>
  windows({
    id,
    provider: 'Microsoft-Windows-Sysmon',
    channel: 'Microsoft-Windows-Sysmon/Operational',
    data: { ...PROCESS, ...data },
  });

/** What servers send: lines of several files, events of Windows. */
const SERVERS = [
  ...file([...CAT, ...CONNECT, ...CURL, ...UNLINK]),
  line(
    '<165>1 2026-11-24T22:14:15.003Z web-1 sshd 812 ID47 [a@1 b="c"] Accepted password for bob from 203.0.113.7 port 1 ssh2',
  ),
  line('Nov 24 13:40:38 web-1 sudo: bob : TTY=pts/0 ; PWD=/tmp ; USER=root ; COMMAND=/bin/ls -l'),
  journal('session opened', 'sshd', 10),
  sysmon(1, {
    Hashes: 'MD5=7528CCABACCD5C1748E63E192097472A,IMPHASH=7528CCABACCD5C1748E63E192097472A',
    ParentImage: 'C:\\p.exe',
  }),
  sysmon(3, {
    SourceIp: '10.0.0.1',
    DestinationIp: '2001:db8::7',
    SourcePort: '1',
    DestinationPort: '443',
    Initiated: 'true',
  }),
  sysmon(7, { ImageLoaded: 'C:\\a.dll', Signed: 'true', SignatureStatus: 'Valid', Signature: 'Microsoft' }),
  sysmon(10, { SourceThreadId: '9', GrantedAccess: '0x1010' }),
  sysmon(13, { TargetObject: 'HKLM\\S\\x', Details: 'DWORD (0x00000001)' }),
  sysmon(22, { QueryName: 'www.example.com', QueryResults: 'type:  5 e.example;::ffff:192.0.2.7;', QueryStatus: '0' }),
  windows({
    id: 4104,
    provider: 'Microsoft-Windows-PowerShell',
    channel: 'Microsoft-Windows-PowerShell/Operational',
    data: { ScriptBlockText: 'Write-Host "가"; '.repeat(4000), MessageNumber: '1', MessageTotal: '2' },
  }),
];

const goldenOf = (source: string): object[] =>
  goldenNames()
    .filter((name) => name.startsWith(source))
    .flatMap(goldenDocuments);

interface Mapping {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Mapping>>;
}

/** Every field of a mapping with its type, objects left out. */
function typesOf({ properties = {} }: Mapping, prefix = ''): Record<string, string> {
  const types: Record<string, string> = {};
  for (const [name, field] of Object.entries(properties)) {
    const path = prefix + name;
    if (field.properties === undefined) types[path] = field.type!;
    else Object.assign(types, typesOf(field, `${path}.`));
  }
  return types;
}

/** Without what a derived source changes: the order of lists, lists of one, and how dates are spelled. */
const normal = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.length === 1 ? normal(value[0]) : value.map(normal).toSorted();
  if (typeof value === 'string') return value.replace(/(T\d\d:\d\d:\d\d)\.000Z$/, '$1Z');
  if (typeof value !== 'object' || value === null) return value;
  const filled = Object.entries(value).filter(([, inner]) => !isEmpty(inner));
  return Object.fromEntries(filled.map(([name, inner]) => [name, normal(inner)]));
};
const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.values(value).every(isEmpty);

// one is as good as the other here: strings that are matched whole
const ALIKE: Readonly<Record<string, string>> = {
  constant_keyword: 'keyword',
  wildcard: 'keyword',
  scaled_float: 'float',
};
const alike = (type: string) => ALIKE[type] ?? type;

const ECS = EcsFlat as Readonly<Record<string, { readonly type: string }>>;

await onNode('on a real node', (node) => {
  const access = {
    url: node.url,
    auth: { kind: 'basic', login: async () => node },
    ca: readFileSync(node.caFile, 'utf8'),
  } as const;
  const ask = asker(access);
  const put = (sizes: { shards: number; replicas: number }) => putAll(templates(sizes), onOpenSearch(access));
  const index = async (name: string, doc: object) =>
    (await ask('POST', `/${name}/_doc?refresh=true`, doc)) as { _id: string };
  const mappingOf = async (name: string) => {
    const answer = (await ask('GET', `/${name}/_mapping`)) as Record<string, { mappings: Mapping }>;
    return typesOf(answer[name].mappings);
  };
  const matches = async (name: string, query: object) =>
    ((await ask('POST', `/${name}/_count`, { query })) as { count: number }).count;

  beforeAll(() => put({ shards: 2, replicas: 0 }));

  test('all are taken, and again', async () => {
    await expect(put({ shards: 2, replicas: 0 })).resolves.toHaveLength(templates({ shards: 2, replicas: 0 }).length);
  });

  describe.each([
    ['flowlogs', 'aws-flowlogs-2026.11.24'],
    ['cloudtrail', 'aws-cloudtrail-2026.11.24'],
    ['waf', 'aws-waf-2026.09.21'],
    ['dns', 'aws-dns-2026.09.21'],
    ['guardduty', 'aws-findings-history-2026.11'],
    ['guardduty', 'aws-findings-current'],
    ['guardduty', 'aws-findings-copies-2026.11'],
    ['securityhub', 'aws-findings-history-2026.10'],
    ['inspector', 'aws-findings-history-2026.09'],
    ['macie', 'aws-findings-history-2026.08'],
    ['shield', 'aws-findings-history-2026.07'],
    ['integrity', 'aws-integrity-2026.11'],
    ['alerts', 'aws-alerts-2026.11'],
    ['unrouted', 'aws-unrouted-2026.11'],
    ['joined/flowlogs', 'aws-flowlogs-2026.11.25'],
    ['joined/cloudtrail', 'aws-cloudtrail-2026.11.25'],
    ['joined/waf', 'aws-waf-2026.11.25'],
    ['joined/dns', 'aws-dns-2026.11.25'],
    ['joined/guardduty', 'aws-findings-history-2026.06'],
    ['joined/securityhub', 'aws-findings-history-2026.05'],
  ])('documents of %s in %s', (source, name) => {
    test('are all taken, and every ECS field has the type that ECS gives it', async () => {
      const docs = source === 'unrouted' ? await unrouted() : goldenOf(source);
      for (const doc of docs) await index(name, doc);
      const types = await mappingOf(name);
      const ours = Object.entries(types).filter(([field]) => field in ECS);
      expect(ours.length).toBeGreaterThan(20);
      const theirs = ours.map(([field]) => [field, alike(ECS[field].type)]);
      expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs));
    });

    test('leave no field to chance: whatever is not ECS stands under aws, finding or asset', async () => {
      const others = Object.keys(await mappingOf(name)).filter(
        (field) => !(field in ECS) && !/^(aws|finding|((source|destination|user)\.)?asset)\./.test(field),
      );
      expect(others).toEqual([]);
    });
  });

  describe('documents of servers', () => {
    const name = 'endpoint-windows.sysmon-2026.11.24';

    test('are all taken, and every ECS field has the type that ECS gives it', async () => {
      for (const { document } of normalizeAll(SERVERS.map((each) => ({ document: each, hint: {} })))) {
        await index(name, document);
      }
      const types = await mappingOf(name);
      const ours = Object.entries(types).filter(([field, type]) => field in ECS && type !== 'flat_object');
      expect(ours.length).toBeGreaterThan(60);
      expect(Object.fromEntries(ours)).toEqual(
        Object.fromEntries(ours.map(([field]) => [field, alike(ECS[field].type)])),
      );
    });

    test('may have field sets of anybody: each is one field, whatever its values', async () => {
      for (const app of ['x', 1, { name: 'x' }, ['x', { y: true }]]) {
        await index(name, { '@timestamp': '2026-11-24T00:00:00Z', k8s: { pod: { app } }, labels: { app } });
      }
      expect(await mappingOf(name)).toMatchObject({ k8s: 'flat_object', labels: 'flat_object' });
      expect(await matches(name, { term: { 'k8s.pod.app.name': 'x' } })).toBe(1);
    });

    test('are found by what is not of ECS', async () => {
      expect(await matches(name, { term: { 'auditd.data.syscall': 'execve' } })).toBe(1);
      expect(await matches(name, { term: { 'winlog.event_data.GrantedAccess': '0x1010' } })).toBe(1);
      expect(await matches(name, { term: { 'journald.audit.session': '3' } })).toBe(1);
    });
  });

  const dated = templates({ shards: 2, replicas: 0 }).flatMap(
    ({ path }) => /^\/_index_template\/(.*(?<!-current))$/.exec(path)?.[1] ?? [],
  );
  test.each(dated)('%s: its index for late events is like that of a day', async (name) => {
    const of = async (index: string) =>
      ((await ask('POST', `/_index_template/_simulate_index/${index}`)) as { template: { mappings: object } }).template;
    const late = await of(`${name}-late`);
    expect(Object.keys(late.mappings)).toContain('properties');
    expect(late).toEqual(await of(`${name}-2026.08.24`));
  });

  test('a list of free-form objects is one field too, and each of them is found', async () => {
    const package_ = { term: { 'aws.inspector.packages.name': 'openssh-server' } };
    expect(await matches('aws-findings-history-2026.09', package_)).toBe(2);
    const instance = { term: { 'aws.securityhub.resources.Details.AwsEc2Instance.IpV4Addresses': '10.0.1.18' } };
    expect(await matches('aws-findings-history-2026.10', instance)).toBe(1);
    const contributor = { term: { 'aws.shield.contributors.TopContributors.Name': '198.51.100.9' } };
    expect(await matches('aws-findings-history-2026.07', contributor)).toBe(1);
  });

  test('an object that no source reads is found by bucket, key, source and the way it begins', async () => {
    const name = 'aws-unrouted-2026.11';
    expect(await mappingOf(name)).toMatchObject({
      'aws.s3.bucket.name': 'keyword',
      'aws.s3.object.key': 'keyword',
      'aws.unrouted.source': 'keyword',
      'aws.unrouted.sample': 'keyword',
    });
    expect(await matches(name, { prefix: { 'aws.s3.object.key': 'AWSLogs/123456789012/' } })).toBe(1);
    expect(await matches(name, { prefix: { 'aws.unrouted.sample': 'h2 ' } })).toBe(1);
    expect(await matches(name, { term: { 'aws.unrouted.source': 'dns' } })).toBe(1);
  });

  test('logs have the shards that are asked for, findings have one; replicas are for all', async () => {
    const settings = async (name: string) => {
      const answer = (await ask('GET', `/${name}/_settings`)) as Record<string, { settings: { index: object } }>;
      return answer[name].settings.index;
    };
    await index('aws-flowlogs-2026.01.01', {});
    await index('aws-findings-history-2026.01', {});
    expect(await settings('aws-flowlogs-2026.01.01')).toMatchObject({ number_of_shards: '2', number_of_replicas: '0' });
    expect(await settings('aws-findings-history-2026.01')).toMatchObject({
      number_of_shards: '1',
      number_of_replicas: '0',
    });
  });

  test('free-form detail may change its type from one document to the next, and is found', async () => {
    const name = 'aws-findings-history-2026.02';
    const drift = ['text', 1, { deeper: { still: 'x' } }, [{ deeper: 1 }, 'mixed'], null, true];
    for (const items of drift) await index(name, { aws: { guardduty: { service: { additionalInfo: { items } } } } });
    expect(await matches(name, { match_all: {} })).toBe(drift.length);
    expect(await matches(name, { term: { 'aws.guardduty.service.additionalInfo.items': 'text' } })).toBe(1);
    expect(await matches(name, { term: { 'aws.guardduty.service.additionalInfo.items.deeper.still': 'x' } })).toBe(1);
  });

  test('free-form detail of any size and of any service is one field', async () => {
    const name = 'aws-findings-history-2026.03';
    const before = Object.keys(await mappingOf('aws-findings-history-2026.01'));
    const detail = Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`key${n}`, { n }]));
    await index(name, {
      aws: { guardduty: { service: detail, resource: detail, unheardOf: detail }, unheard: detail },
    });
    const added = Object.entries(await mappingOf(name)).filter(([field]) => !before.includes(field));
    expect(Object.fromEntries(added)).toEqual({
      'aws.guardduty.unheardOf': 'flat_object',
      'aws.unheard': 'flat_object',
    });
  });

  test('an unknown text is a keyword, whatever it looks like; a long one is kept', async () => {
    const name = 'aws-dns-2026.02.01';
    const long = 'x'.repeat(40_000);
    await index(name, { aws: { dns: { new: '2026-11-24', newer: '42', long } }, labels: { team: 'soc' } });
    expect(await mappingOf(name)).toMatchObject({
      'aws.dns.new': 'keyword',
      'aws.dns.newer': 'keyword',
      'aws.dns.long': 'keyword',
      'labels.team': 'keyword',
    });
    expect(await matches(name, { term: { 'aws.dns.newer': '42' } })).toBe(1);
  });

  test('a column of a flow log that nobody knows is a keyword; one of 40,000 bytes goes to the quarantine', async () => {
    const name = 'aws-flowlogs-2026.02.01';
    await index(name, { aws: { vpcflow: { new: '2026-11-24' } } });
    expect(await mappingOf(name)).toMatchObject({ 'aws.vpcflow.new': 'keyword' });
    await expect(index(name, { aws: { vpcflow: { new: 'x'.repeat(40_000) } } })).rejects.toThrow(/immense term/);
  });

  test('a flow log has its source made of its fields, where the engine can: dates with milliseconds, lists sorted', async () => {
    const name = 'aws-flowlogs-2026.05.01';
    const [flow] = goldenOf('flowlogs/v5') as {
      event: { ingested?: string };
      related: { ip: string[] };
      '@timestamp': string;
    }[];
    const { _id } = await index(name, flow);
    const { _source } = (await ask('GET', `/${name}/_doc/${_id}`)) as { _source: typeof flow };
    const settings = (await ask('GET', `/${name}/_settings`)) as Record<string, { settings: { index: object } }>;
    const isDerived = 'derived_source' in settings[name].settings.index;
    expect(isDerived).toBe(Number(node.version.split('.')[0]) >= 3);
    const { ingested: _, ...event } = _source.event; // of the pipeline
    expect(normal({ ..._source, event })).toEqual(normal(flow));
    if (isDerived) expect(_source['@timestamp']).toMatch(/\.000Z$/);
    expect(await matches(name, { exists: { field: 'source.bytes' } })).toBe(1);
  });

  test('unknown fields without end are refused, and the index stays as it is', async () => {
    const name = 'aws-flowlogs-2026.03.01';
    await index(name, { aws: { vpcflow: { new: 'x' } } });
    const before = await mappingOf(name);
    const vpcflow = Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`new${n}`, 'x']));
    await expect(index(name, { aws: { vpcflow } })).rejects.toThrow(/Limit of total fields \[1000\]/);
    expect(await mappingOf(name)).toEqual(before);
  });

  test('an address range, a port and a time are found as what they are', async () => {
    const name = 'aws-flowlogs-2026.04.01';
    await index(name, { '@timestamp': '2026-04-01T12:00:00Z', source: { ip: '192.0.2.77', port: 443, bytes: 1500 } });
    expect(await matches(name, { term: { 'source.ip': '192.0.2.0/24' } })).toBe(1);
    expect(await matches(name, { range: { 'source.port': { gte: 400, lt: 1024 } } })).toBe(1);
    expect(await matches(name, { range: { 'source.bytes': { gt: 1000 } } })).toBe(1); // which has no points
    expect(await matches(name, { range: { 'source.bytes': { gt: 1500 } } })).toBe(0);
    expect(await matches(name, { range: { '@timestamp': { gte: '2026-04-01', lt: '2026-04-02' } } })).toBe(1);
  });
});
