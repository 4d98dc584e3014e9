import { describe, expect, test } from '@jest/globals';
import { clusterConfig, clusterOf, disks } from '../../../scripts/deploy/cluster.ts';
import { domainFaults, regionFaults } from '../../../scripts/deploy/domainrules.ts';
import { people, samlMetadata, securityOptions } from '../../../scripts/deploy/login.ts';
import { parameters } from '../../../scripts/deploy/parameters.ts';

const base = { opensearchUrl: 'create', opensearchNetwork: 'public', opensearchLogin: 'cognito' };
const large = { ...base, opensearchSize: 'production' };
function of(given: Record<string, unknown>) {
  const { values, faults } = parameters(given);
  expect(faults).toEqual([]);
  return values;
}

describe('the nodes', () => {
  test('of production are data nodes, masters, UltraWarm and cold storage in three zones', () => {
    expect(clusterConfig(clusterOf(of(large)))).toEqual({
      InstanceType: 'r7g.xlarge.search',
      InstanceCount: 3,
      ZoneAwarenessEnabled: true,
      ZoneAwarenessConfig: { AvailabilityZoneCount: 3 },
      DedicatedMasterEnabled: true,
      DedicatedMasterCount: 3,
      DedicatedMasterType: 'm7g.large.search',
      WarmEnabled: true,
      WarmCount: 3,
      WarmType: 'ultrawarm1.medium.search',
      ColdStorageOptions: { Enabled: true },
    });
  });

  test('of development are data nodes only', () => {
    expect(Object.keys(clusterConfig(clusterOf(of(base))))).toEqual([
      'InstanceType',
      'InstanceCount',
      'ZoneAwarenessEnabled',
      'ZoneAwarenessConfig',
    ]);
  });

  test('have disks by size, or their own', () => {
    const disksOf = (given: object) => disks(clusterOf(of({ ...base, ...given })), of({ ...base, ...given }));
    expect(disksOf({})).toMatchObject({ VolumeSize: 100, Iops: 3000, Throughput: 125 });
    expect(disksOf({ opensearchVolumeGib: 2000 })).toMatchObject({ Iops: 6000, Throughput: 250 });
    expect(disksOf({ opensearchVolumeGib: 20000 })).toMatchObject({ Iops: 16000 });
    for (const type of ['i4g.large', 'i8g.xlarge', 'r6gd.large', 'im4gn.large', 'oi2.large']) {
      expect(disksOf({ opensearchInstanceType: `${type}.search` })).toEqual({ EBSEnabled: false });
    }
    expect(disksOf({ opensearchInstanceType: 'or1.large.search' })).toMatchObject({ EBSEnabled: true });
  });
});

describe('a domain', () => {
  test.each([
    ['development', base],
    ['production', large],
    ['standby', { ...large, opensearchStandby: 'on', opensearchReplicas: 2 }],
    ['OR1', { ...large, opensearchInstanceType: 'or1.large.search' }],
    ['hot nodes only', { ...large, opensearchWarmCount: '0' }],
    [
      'small',
      { ...base, opensearchInstanceType: 't3.medium.search', opensearchInstanceCount: 2, opensearchVolumeGib: 50 },
    ],
    [
      'of its own pools',
      {
        ...base,
        opensearchUserPoolId: 'eu-west-1_A',
        opensearchIdentityPoolId: 'eu-west-1:1234abcd-12ab-34cd-56ef-1234567890ab',
      },
    ],
  ])('%s is fine', (_, given) => {
    expect(domainFaults(of(given))).toEqual([]);
  });

  test.each<[name: string, expected: RegExp, given: Record<string, unknown>]>([
    [
      'opensearchLogin',
      /opensearchAdminArns alone leads to a login page that lets nobody in/,
      { ...base, opensearchLogin: undefined, opensearchAdminArns: 'arn:aws:iam::123456789012:role/a' },
    ],
    ['opensearchMasterSecretArn', /because opensearchLogin is internal/, { ...base, opensearchLogin: 'internal' }],
    [
      'opensearchIdentityPoolId',
      /the identity pool of the given user pool/,
      { ...base, opensearchUserPoolId: 'eu-west-1_A' },
    ],
    ['opensearchHost', /together with opensearchCertificateArn/, { ...base, opensearchHost: 'search.example.com' }],
    [
      'opensearchInstanceType',
      /because UltraWarm does not go/,
      { ...large, opensearchInstanceType: 't3.medium.search', opensearchVolumeGib: 100 },
    ],
    ['opensearchInstanceType', /no oi2/, { ...large, opensearchInstanceType: 'oi2.large.search' }],
    [
      'opensearchMasterType',
      /a Graviton type/,
      { ...large, opensearchInstanceType: 'or1.large.search', opensearchMasterType: 'm5.large.search' },
    ],
    ['opensearchWarmCount', /needs dedicated masters/, { ...base, opensearchWarmCount: '2' }],
    [
      'opensearchWarmCount',
      /a multiple of 3/,
      { ...large, opensearchStandby: 'on', opensearchReplicas: 2, opensearchWarmCount: '4' },
    ],
    ['opensearchCold', /cold storage needs UltraWarm/, { ...base, opensearchCold: 'on' }],
    ['opensearchStandby', /needs three zones/, { ...base, opensearchStandby: 'on', opensearchReplicas: 2 }],
    ['opensearchReplicas', /a multiple of three copies/, { ...large, opensearchStandby: 'on' }],
    [
      'opensearchVolumeGib',
      /has disks of its own/,
      { ...base, opensearchInstanceType: 'i4g.large.search', opensearchVolumeGib: 100 },
    ],
    ['opensearchTiers', /by opensearchWarmCount/, { ...base, opensearchTiers: 'ultrawarm' }],
    [
      'opensearchRetention',
      /opensearchCold is off/,
      { ...large, opensearchCold: 'off', opensearchRetention: 'hot=7d,warm=30d,cold=60d' },
    ],
  ])('without %s as it has to be is refused: %s', (name, expected, given) => {
    const faults = domainFaults(of(given));
    expect(faults).toEqual([expect.stringMatching(expected)]);
    expect(faults[0]).toMatch(new RegExp(`^Parameter "${name}": expected `));
  });

  test('with SAML needs metadata, the entity id and a group of administrators', () => {
    expect(domainFaults(of({ ...base, opensearchLogin: 'saml' }))).toHaveLength(3);
  });

  test('has a type that the region has', () => {
    const oi2 = of({ ...base, opensearchInstanceType: 'oi2.large.search' });
    expect(regionFaults(oi2, 'ap-northeast-2')).toEqual([expect.stringMatching(/a type that ap-northeast-2 has/)]);
    expect(regionFaults(oi2, 'us-east-1')).toEqual([]);
  });
});

describe('people', () => {
  const saml = {
    ...base,
    opensearchLogin: 'saml',
    opensearchSamlEntityId: 'https://idp.example.com',
    opensearchSamlAdminGroup: 'admins',
  };

  test('come by SAML with its metadata, and then requests need no signature', async () => {
    const values = of({ ...saml, opensearchSamlMetadata: 'test/sample/saml/metadata.xml' });
    const { text, faults } = await samlMetadata(values);
    expect(faults).toEqual([]);
    expect(securityOptions(values, text)).toMatchObject({
      InternalUserDatabaseEnabled: false,
      SAMLOptions: { Idp: { MetadataContent: text }, MasterBackendRole: 'admins', RolesKey: 'Role' },
    });
    expect(people(values)).toEqual({ AWS: '*' });
  });

  test.each([
    ['no-such.xml', /metadata that can be read/],
    ['package.json', /XML with an EntityDescriptor/],
  ])('metadata in %s is refused in words', async (opensearchSamlMetadata, words) => {
    expect((await samlMetadata(of({ ...saml, opensearchSamlMetadata }))).faults[0]).toMatch(words);
  });

  test('come with a password that no template has', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:os-AbCdEf';
    expect(
      securityOptions(of({ ...base, opensearchLogin: 'internal', opensearchMasterSecretArn: arn }), ''),
    ).toMatchObject({
      InternalUserDatabaseEnabled: true,
      MasterUserOptions: { MasterUserPassword: `{{resolve:secretsmanager:${arn}:SecretString:password}}` },
    });
  });

  test('come by Cognito with the roles that are named', () => {
    const role = 'arn:aws:iam::123456789012:role/analyst';
    expect(people(of({ ...base, opensearchAnalysts: `group,${role}` }))).toEqual({
      AWS: [{ 'Fn::GetAtt': ['BootstrapRole', 'Arn'] }, role],
    });
  });
});
