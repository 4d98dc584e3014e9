/** The machines' template, held against the port table, the inventory and the pages. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { parameters } from '../../../scripts/deploy/parameters.ts';
import { tables } from '../../../scripts/generate/cluster/tables.ts';
import { SOURCES, sourceNames } from '../../../shared/sources.ts';
import { root } from '../../rig/cache.ts';
import { kit, pythonOf } from './ansible.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}
const text = readFileSync(join(kit, 'cloudformation.yml'), 'utf8');
const { Resources } = load(text.replaceAll(/!(Sub|GetAtt|Ref|If|Equals|Select)\b/g, '')) as {
  readonly Resources: Readonly<Record<string, Resource>>;
};
const { ports, nodes } = await tables(kit);

const ofType = (type: string): [string, Resource][] =>
  Object.entries(Resources).filter(([, { Type }]) => Type === type);
const snake = (name: string): string =>
  name
    .replace(/Group$/, '')
    .replace(/(?!^)[A-Z]/g, '_$&')
    .toLowerCase();

test('cfn-lint finds nothing in the template', async () => {
  const found = await pythonOf((line) => console.info(line));
  if (found === undefined) return; // said why
  const lint = promisify(execFile)(join(found.bin, 'cfn-lint'), ['--', join(kit, 'cloudformation.yml')]);
  const printed = await lint.then(
    ({ stdout }) => stdout,
    (error) => error.stdout || error,
  );
  expect(printed).toBe('');
});

describe('network rules', () => {
  /** `<from> → <to>:<port>` of every rule that lets something in, read from the template. */
  const open = ofType('AWS::EC2::SecurityGroupIngress').map(([, { Properties: rule }]) => {
    const from = rule.CidrIp ?? rule.SourceSecurityGroupId;
    expect([rule.IpProtocol, rule.FromPort]).toEqual(['tcp', rule.ToPort]);
    return `${snake(String(from))} → ${snake(String(rule.GroupId))}:${rule.FromPort}`;
  });
  const outside: Readonly<Record<string, string>> = { users: 'user_cidr', collectors: 'collector_cidr' };

  test('let in what the port table says, and nothing else', () => {
    const said = ports.splunk_flows.flatMap(({ to, port, from }) =>
      from.map((sender) => `${outside[sender] ?? sender} → ${to}:${ports.splunk_ports[port]}`),
    );
    expect(open.toSorted()).toEqual(said.toSorted());
    expect(open).toHaveLength(31);
  });

  test('stand in no security group itself, and none lets in the world', () => {
    for (const [, { Properties }] of ofType('AWS::EC2::SecurityGroup'))
      expect(Properties.SecurityGroupIngress).toBeUndefined();
    expect(text.match(/CidrIp: 0\.0\.0\.0\/0/g)?.length).toBe(ofType('AWS::EC2::SecurityGroup').length); // HTTPS, outwards
    expect(text).not.toMatch(/FromPort: 22\b/);
  });

  test('each machine has the group of its kind', () => {
    const kinds = Object.fromEntries(nodes.map(({ name, kind }) => [name.split('.')[0], kind]));
    for (const [id, { Properties }] of ofType('AWS::EC2::Instance'))
      expect([id, (Properties.SecurityGroupIds as string[]).map(snake)]).toEqual([id, [kinds[id.toLowerCase()]]]);
  });

  test('every port that a conf file names is in the table', () => {
    const golden = nodes
      .map(({ name }) => readFileSync(join(root, 'test/golden/splunk/cluster', `${name.split('.')[0]}.txt`), 'utf8'))
      .join('');
    const named = [...golden.matchAll(/(?:internal:|port = |httpport = |redirectPort = |ssl:(?:\/\/)?)(\d+)/g)].map(
      ([, n]) => Number(n),
    );
    const known = Object.values(ports.splunk_ports);
    expect(named.length).toBeGreaterThan(30);
    expect(new Set(named)).toEqual(new Set(known));
  });
});

describe('machines', () => {
  test('are those of the inventory but forwarders, each with its name', () => {
    const expected = nodes.filter(({ kind }) => kind !== 'forwarder').map(({ name }) => name.split('.')[0]);
    expect(
      ofType('AWS::EC2::Instance')
        .map(([id]) => id.toLowerCase())
        .sort(),
    ).toEqual(expected.toSorted());
    const names = ofType('AWS::Route53::RecordSet').map(([, { Properties }]) => String(Properties.Name).split('.')[0]);
    expect(names.sort()).toEqual([...expected, 'hec'].sort());
  });

  test('of one kind with several stand in three zones', () => {
    for (const kind of ['indexer', 'search_head']) {
      const zones = ofType('AWS::EC2::Instance')
        .filter(([, { Properties }]) => JSON.stringify(Properties.Tags).includes(`"${kind}"`))
        .map(([, { Properties }]) => (Properties.SubnetId as unknown[])[0]);
      expect([kind, zones.toSorted()]).toEqual([kind, [0, 1, 2]]);
    }
  });

  test('have encrypted disks and answer metadata to sessions only', () => {
    for (const [, { Properties }] of ofType('AWS::EC2::LaunchTemplate')) {
      const data = Properties.LaunchTemplateData as {
        MetadataOptions: object;
        BlockDeviceMappings: { Ebs: { Encrypted: boolean; KmsKeyId: string } }[];
      };
      expect(data.MetadataOptions).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 });
      for (const { Ebs } of data.BlockDeviceMappings)
        expect(Ebs).toMatchObject({ Encrypted: true, KmsKeyId: 'Key.Arn' });
    }
  });
});

describe('balancers', () => {
  const attributes = (id: string): Record<string, unknown> =>
    Object.fromEntries(
      (Resources[id].Properties.TargetGroupAttributes as { Key: string; Value: unknown }[]).map(({ Key, Value }) => [
        Key,
        Value,
      ]),
    );

  test('HEC is passed through by TCP, sticky by address while acknowledgement is on', () => {
    expect(Resources.HecTargets.Properties).toMatchObject({
      Protocol: 'TCP',
      Port: 8088,
      HealthCheckProtocol: 'HTTPS',
    });
    expect(Resources.HecListener.Properties).toMatchObject({ Protocol: 'TCP', Port: 8088 });
    expect(attributes('HecTargets')).toMatchObject({
      'stickiness.type': 'source_ip',
      'stickiness.enabled': ['HasAck', 'true', 'false'],
    });
  });

  test('Splunk Web is encrypted on both sides and sticky by cookie', () => {
    expect(Resources.WebTargets.Properties).toMatchObject({ Protocol: 'HTTPS', Port: 8000 });
    expect(Resources.WebListener.Properties).toMatchObject({ Protocol: 'HTTPS', Port: 443 });
    expect(attributes('WebTargets')).toMatchObject({ 'stickiness.type': 'lb_cookie', 'stickiness.enabled': 'true' });
  });

  test('have all indexers and all search heads behind them', () => {
    const ids = (id: string) => (Resources[id].Properties.Targets as { Id: string }[]).map(({ Id }) => Id);
    expect(ids('HecTargets')).toEqual(['Idx1', 'Idx2', 'Idx3']);
    expect(ids('WebTargets')).toEqual(['Sh1', 'Sh2', 'Sh3']);
  });
});

test('only indexers reach SmartStore, and only their prefix of it', () => {
  const policies = ofType('AWS::IAM::RolePolicy');
  expect(policies.map(([, { Properties }]) => Properties.RoleName)).toEqual(['IndexerRole']);
  expect(JSON.stringify(policies)).toContain('SmartStore.Arn}/indexes/*');
  expect(JSON.stringify(policies)).not.toMatch(/"Resource":"\*"|"(s3|kms):\*"/);
});

describe('sources.yml', () => {
  const { splunk_indexes, splunk_sources } = load(readFileSync(join(kit, 'sources.yml'), 'utf8')) as {
    readonly splunk_indexes: object;
    readonly splunk_sources: Readonly<
      Record<string, { readonly index: string; readonly sourcetypes: readonly string[] }>
    >;
  };

  test('has every collector, with the sourcetypes that it sends, and indexes that exist', () => {
    const sent = Object.entries(SOURCES).map(([name, row]) => [
      name,
      [row.splunk.sourcetype, ...(row.sourcetypes ?? [])],
    ]);
    expect(Object.entries(splunk_sources).map(([name, { sourcetypes }]) => [name, sourcetypes])).toEqual(sent);
    expect(new Set(Object.values(splunk_sources).map(({ index }) => index))).toEqual(
      new Set(Object.keys(splunk_indexes)),
    );
  });

  test('collectors take the parameters of the page', () => {
    const page = readFileSync(join(root, 'docs/splunk/cluster/indexes.md'), 'utf8');
    const given = load(/```yaml\n(.*?)```/s.exec(page)![1]) as Record<string, unknown>;
    const { faults, values } = parameters({
      ...given,
      splunkHecSecretArn: 'arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:hec-AbCdEf',
    });
    expect(faults).toEqual([]);
    expect(values.splunkAck).toBe('on');
    for (const name of sourceNames) expect(values.of[name].SplunkIndex).toBe(splunk_sources[name].index);
  });
});
