/** Types that the local AWS can't make: what a service is documented to answer, played by a server of this machine. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Buckets, buckets } from '../../../fake/buckets.ts';
import { type Fake, fake } from '../../../fake/server.ts';
import { ARN, looked, REGION } from './looked.ts';
import { arn, type Expected } from './made.ts';

/** By operation or, of a REST service, `GET /path`: a JSON answer, XML, or (undefined) a denial. */
type Answers = Readonly<Record<string, object | string>>;

interface Row {
  readonly type: string;
  readonly answers: Answers;
  readonly expected: Expected;
}

const AT = 1764547200; // 2025-12-01T00:00:00Z
const SUBNET = 'subnet-0aaa';
const GROUP = 'sg-0aaa';
const KEY = arn('kms', 'key/1234abcd-12ab-34cd-56ef-1234567890ab');
const LIGHTSAIL = arn('lightsail', 'Instance/0aaa');
const KAFKA = arn('kafka', 'cluster/stream/0aaa');
const RUNNER = arn('apprunner', 'service/shop/0aaa');
const ACCELERATOR = 'arn:aws:globalaccelerator::123456789012:accelerator/0aaa';

const ROWS: readonly Row[] = [
  {
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeClientVpnEndpoints.html
    type: 'AWS::EC2::ClientVpnEndpoint',
    answers: {
      DescribeClientVpnEndpoints: `<DescribeClientVpnEndpointsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
        <clientVpnEndpoint><item>
          <clientVpnEndpointId>cvpn-endpoint-0aaa</clientVpnEndpointId><status><code>available</code></status>
          <dnsName>*.cvpn-endpoint-0aaa.prod.clientvpn.eu-west-1.amazonaws.com</dnsName>
          <clientCidrBlock>10.99.0.0/22</clientCidrBlock><splitTunnel>true</splitTunnel><vpcId>vpc-0aaa</vpcId>
          <authenticationOptions><item><type>certificate-authentication</type></item></authenticationOptions>
          <connectionLogOptions><Enabled>true</Enabled></connectionLogOptions>
        </item></clientVpnEndpoint></DescribeClientVpnEndpointsResponse>`,
    },
    expected: {
      id: arn('ec2', 'client-vpn-endpoint/cvpn-endpoint-0aaa'),
      net: {
        dns: ['*.cvpn-endpoint-0aaa.prod.clientvpn.eu-west-1.amazonaws.com'],
        prefixes: ['10.99.0.0/22'],
        vpc: 'vpc-0aaa',
      },
      security: { authentication: ['certificate-authentication'], splitTunnel: true },
    },
  },
  {
    // https://docs.aws.amazon.com/apprunner/latest/api/API_DescribeService.html
    type: 'AWS::AppRunner::Service',
    answers: {
      ListServices: {
        ServiceSummaryList: [
          {
            ServiceName: 'shop',
            ServiceId: '0aaa',
            ServiceArn: RUNNER,
            ServiceUrl: 'abc.eu-west-1.awsapprunner.com',
            CreatedAt: AT,
            Status: 'RUNNING',
          },
        ],
      },
      DescribeService: {
        Service: {
          ServiceArn: RUNNER,
          NetworkConfiguration: { IngressConfiguration: { IsPubliclyAccessible: true } },
          SourceConfiguration: {
            ImageRepository: {
              ImageIdentifier: 'shop:1',
              ImageRepositoryType: 'ECR',
              ImageConfiguration: { RuntimeEnvironmentVariables: { PASSWORD: 'hunter2' } },
            },
          },
        },
      },
      ListTagsForResource: { Tags: [{ Key: 'owner', Value: 'web' }] },
    },
    expected: {
      id: RUNNER,
      tags: { owner: 'web' },
      createdAt: '2025-12-01T00:00:00.000Z',
      net: { dns: ['abc.eu-west-1.awsapprunner.com'] },
      security: { endpoint: 'public', status: 'RUNNING' },
    },
  },
  {
    // https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_GetInstances.html
    type: 'AWS::Lightsail::Instance',
    answers: {
      GetInstances: {
        instances: [
          {
            name: 'blog',
            arn: LIGHTSAIL,
            createdAt: AT,
            privateIpAddress: '172.26.0.5',
            publicIpAddress: '203.0.113.40',
            ipv6Addresses: ['2001:db8::40'],
            networking: { ports: [{ fromPort: 22, toPort: 22, protocol: 'tcp', cidrs: ['0.0.0.0/0'], ipv6Cidrs: [] }] },
            metadataOptions: { httpTokens: 'optional' },
            tags: [{ key: 'owner', value: 'blog' }],
          },
        ],
      },
    },
    expected: {
      id: LIGHTSAIL,
      tags: { owner: 'blog' },
      net: { private: ['172.26.0.5'], public: ['203.0.113.40'], v6: ['2001:db8::40'] },
      security: { public: true, ingress: ['tcp/22 0.0.0.0/0'], imdsv2: false },
    },
  },
  {
    type: 'AWS::Lightsail::StaticIp',
    answers: {
      GetStaticIps: {
        staticIps: [
          {
            name: 'ip',
            arn: arn('lightsail', 'StaticIp/0aaa'),
            ipAddress: '203.0.113.41',
            isAttached: true,
            attachedTo: 'blog',
          },
        ],
      },
    },
    expected: {
      id: arn('lightsail', 'StaticIp/0aaa'),
      net: { public: ['203.0.113.41'] },
      security: { attached: true },
      relationships: [{ type: 'attached_to', target: 'blog' }],
    },
  },
  {
    type: 'AWS::Lightsail::Database',
    answers: {
      GetRelationalDatabases: {
        relationalDatabases: [
          {
            name: 'db',
            arn: arn('lightsail', 'RelationalDatabase/0aaa'),
            engine: 'mysql',
            engineVersion: '8.0',
            masterEndpoint: { address: 'ls-0aaa.eu-west-1.rds.amazonaws.com', port: 3306 },
            publiclyAccessible: true,
          },
        ],
      },
    },
    expected: {
      id: arn('lightsail', 'RelationalDatabase/0aaa'),
      net: { dns: ['ls-0aaa.eu-west-1.rds.amazonaws.com'] },
      security: { public: true, engine: 'mysql 8.0', port: 3306 },
    },
  },
  {
    type: 'AWS::Lightsail::LoadBalancer',
    answers: {
      GetLoadBalancers: {
        loadBalancers: [
          {
            name: 'lb',
            arn: arn('lightsail', 'LoadBalancer/0aaa'),
            dnsName: 'lb.eu-west-1.elb.amazonaws.com',
            publicPorts: [80, 443],
            instanceHealthSummary: [{ instanceName: 'blog', instanceHealth: 'healthy' }],
          },
        ],
      },
    },
    expected: {
      id: arn('lightsail', 'LoadBalancer/0aaa'),
      net: { dns: ['lb.eu-west-1.elb.amazonaws.com'] },
      security: { scheme: 'internet-facing', listeners: ['tcp/443', 'tcp/80'] },
      relationships: [{ type: 'routes_to', target: 'blog' }],
    },
  },
  {
    // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html
    type: 'AWS::SSM::ManagedInstance',
    answers: {
      DescribeInstanceInformation: {
        InstanceInformationList: [
          {
            InstanceId: 'mi-0aaa',
            PingStatus: 'Online',
            LastPingDateTime: AT,
            AgentVersion: '3.3.0.0',
            IsLatestVersion: false,
            PlatformName: 'Ubuntu',
            PlatformVersion: '22.04',
            IPAddress: '10.9.8.7',
            ComputerName: 'attic.example.com',
          },
        ],
      },
      DescribeInstancePatchStates: {
        InstancePatchStates: [
          {
            InstanceId: 'mi-0aaa',
            PatchGroup: 'all',
            BaselineId: 'pb-0aaa',
            MissingCount: 7,
            FailedCount: 0,
            OperationStartTime: AT,
            OperationEndTime: AT,
            Operation: 'Scan',
          },
        ],
      },
    },
    expected: {
      id: arn('ssm', 'managed-instance/mi-0aaa'),
      name: 'attic.example.com',
      net: { private: ['10.9.8.7'], dns: ['attic.example.com'] },
      security: { platform: 'Ubuntu 22.04', agent: '3.3.0.0', latestAgent: false, missingPatches: 7 },
      volatile: { ping: 'Online', lastPing: '2025-12-01' },
    },
  },
  {
    // https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DescribeServerlessCaches.html
    type: 'AWS::ElastiCache::ServerlessCache',
    answers: {
      DescribeServerlessCaches: `<DescribeServerlessCachesResponse xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/">
        <DescribeServerlessCachesResult><ServerlessCaches><member>
          <ServerlessCacheName>fast</ServerlessCacheName><ARN>${arn('elasticache', 'serverlesscache:fast')}</ARN>
          <Status>available</Status><Engine>valkey</Engine><FullEngineVersion>8.0</FullEngineVersion>
          <Endpoint><Address>fast.serverless.euw1.cache.amazonaws.com</Address><Port>6379</Port></Endpoint>
          <SubnetIds><SubnetId>${SUBNET}</SubnetId></SubnetIds>
          <SecurityGroupIds><SecurityGroupId>${GROUP}</SecurityGroupId></SecurityGroupIds>
        </member></ServerlessCaches></DescribeServerlessCachesResult></DescribeServerlessCachesResponse>`,
      ListTagsForResource: `<ListTagsForResourceResponse xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/">
        <ListTagsForResourceResult><TagList><Tag><Key>owner</Key><Value>data</Value></Tag></TagList>
        </ListTagsForResourceResult></ListTagsForResourceResponse>`,
    },
    expected: {
      id: arn('elasticache', 'serverlesscache:fast'),
      tags: { owner: 'data' },
      net: { dns: ['fast.serverless.euw1.cache.amazonaws.com'], subnets: [SUBNET], sg: [GROUP] },
      security: { engine: 'valkey 8.0', tls: true },
    },
  },
  {
    // https://docs.aws.amazon.com/msk/2.0/APIReference/v2-clusters.html
    type: 'AWS::MSK::Cluster',
    answers: {
      'GET /api/v2/clusters': {
        clusterInfoList: [
          {
            clusterArn: KAFKA,
            clusterName: 'stream',
            clusterType: 'PROVISIONED',
            state: 'ACTIVE',
            creationTime: '2025-12-01T00:00:00Z',
            tags: { owner: 'data' },
            provisioned: {
              brokerNodeGroupInfo: {
                clientSubnets: [SUBNET],
                securityGroups: [GROUP],
                connectivityInfo: { publicAccess: { type: 'SERVICE_PROVIDED_EIPS' } },
              },
              encryptionInfo: {
                encryptionAtRest: { dataVolumeKMSKeyId: KEY },
                encryptionInTransit: { clientBroker: 'TLS' },
              },
              clientAuthentication: { unauthenticated: { enabled: true } },
            },
          },
        ],
      },
      [`GET /v1/clusters/${encodeURIComponent(KAFKA)}/bootstrap-brokers`]: {
        bootstrapBrokerStringTls: 'b-1.stream.example.com:9094,b-2.stream.example.com:9094',
      },
    },
    expected: {
      id: KAFKA,
      tags: { owner: 'data' },
      net: { dns: ['b-1.stream.example.com', 'b-2.stream.example.com'], subnets: [SUBNET], sg: [GROUP] },
      security: { publiclyAccessible: true, tls: 'TLS', unauthenticated: true, kmsKey: KEY },
    },
  },
  {
    // https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_ListWorkgroups.html
    type: 'AWS::RedshiftServerless::Workgroup',
    answers: {
      ListWorkgroups: {
        workgroups: [
          {
            workgroupArn: arn('redshift-serverless', 'workgroup/0aaa'),
            workgroupName: 'call',
            namespaceName: 'house',
            publiclyAccessible: true,
            subnetIds: [SUBNET],
            securityGroupIds: [GROUP],
            endpoint: {
              address: 'ask.123456789012.eu-west-1.redshift-serverless.amazonaws.com',
              port: 5439,
              vpcEndpoints: [
                {
                  vpcId: 'vpc-0aaa',
                  networkInterfaces: [{ networkInterfaceId: 'eni-0aaa', privateIpAddress: '10.1.2.3' }],
                },
              ],
            },
          },
        ],
      },
      ListTagsForResource: { tags: [{ key: 'owner', value: 'data' }] },
    },
    expected: {
      id: arn('redshift-serverless', 'workgroup/0aaa'),
      tags: { owner: 'data' },
      net: {
        dns: ['ask.123456789012.eu-west-1.redshift-serverless.amazonaws.com'],
        private: ['10.1.2.3'],
        eni: ['eni-0aaa'],
        vpc: 'vpc-0aaa',
        subnets: [SUBNET],
        sg: [GROUP],
      },
      security: { publiclyAccessible: true, port: 5439 },
    },
  },
  {
    type: 'AWS::RedshiftServerless::Namespace',
    answers: {
      ListNamespaces: {
        namespaces: [
          { namespaceArn: arn('redshift-serverless', 'namespace/0aaa'), namespaceName: 'house', kmsKeyId: KEY },
        ],
      },
    },
    expected: {
      id: arn('redshift-serverless', 'namespace/0aaa'),
      security: { kmsKey: KEY },
      relationships: [{ type: 'encrypted_by', target: KEY }],
    },
  },
  {
    // https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListAnalyzers.html
    type: 'AWS::AccessAnalyzer::Analyzer',
    answers: {
      'GET /analyzer': {
        analyzers: [
          {
            arn: arn('access-analyzer', 'analyzer/org'),
            name: 'org',
            type: 'ORGANIZATION',
            status: 'ACTIVE',
            createdAt: '2025-12-01T00:00:00Z',
          },
        ],
      },
    },
    expected: { id: arn('access-analyzer', 'analyzer/org'), security: { status: 'ACTIVE', kind: 'ORGANIZATION' } },
  },
  {
    // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventDataStore.html
    type: 'AWS::CloudTrail::EventDataStore',
    answers: {
      ListEventDataStores: {
        EventDataStores: [{ EventDataStoreArn: arn('cloudtrail', 'eventdatastore/0aaa'), Name: 'lake' }],
      },
      GetEventDataStore: { Status: 'ENABLED', MultiRegionEnabled: true, RetentionPeriod: 366, CreatedTimestamp: AT },
    },
    expected: {
      id: arn('cloudtrail', 'eventdatastore/0aaa'),
      nativeId: '0aaa',
      name: 'lake',
      security: { status: 'ENABLED', multiRegion: true, retentionDays: 366 },
    },
  },
  {
    // https://docs.aws.amazon.com/inspector/v2/APIReference/API_BatchGetAccountStatus.html
    type: 'AWS::InspectorV2::AccountStatus',
    answers: {
      'POST /status/batch/get': {
        accounts: [
          {
            accountId: '123456789012',
            state: { status: 'ENABLED', errorCode: 'ALL_ACCOUNTS', errorMessage: '' },
            resourceState: {
              ec2: { status: 'ENABLED', errorCode: 'ALL_ACCOUNTS', errorMessage: '' },
              ecr: { status: 'DISABLED', errorCode: 'ALL_ACCOUNTS', errorMessage: '' },
            },
          },
        ],
      },
    },
    expected: { id: arn('inspector2', 'account-status'), security: { status: 'ENABLED', scans: ['ec2'] } },
  },
  {
    // https://docs.aws.amazon.com/macie/latest/APIReference/macie.html
    type: 'AWS::Macie::Session',
    answers: { 'GET /macie': { status: 'PAUSED', createdAt: '2025-12-01T00:00:00Z' } },
    expected: { id: arn('macie2', 'session'), idSynthetic: true, security: { status: 'PAUSED' } },
  },
  {
    // https://docs.aws.amazon.com/global-accelerator/latest/api/API_ListAccelerators.html
    type: 'AWS::GlobalAccelerator::Accelerator',
    answers: {
      ListAccelerators: {
        Accelerators: [
          {
            AcceleratorArn: ACCELERATOR,
            Name: 'edge',
            Enabled: true,
            Status: 'DEPLOYED',
            DnsName: 'a0.awsglobalaccelerator.com',
            IpSets: [
              { IpFamily: 'IPv4', IpAddresses: ['203.0.113.50', '203.0.113.51'] },
              { IpFamily: 'IPv6', IpAddresses: ['2001:db8::50'] },
            ],
          },
        ],
      },
      DescribeAcceleratorAttributes: { AcceleratorAttributes: { FlowLogsEnabled: true, FlowLogsS3Bucket: 'flows' } },
      ListTagsForResource: { Tags: [] },
    },
    expected: {
      id: ACCELERATOR,
      region: 'global',
      net: { public: ['203.0.113.50', '203.0.113.51'], v6: ['2001:db8::50'], dns: ['a0.awsglobalaccelerator.com'] },
      security: { endpoint: 'public', flowLogs: true },
      relationships: [{ type: 'logs_to', target: 'arn:aws:s3:::flows' }],
    },
  },
];

describe('a type of resource that the local AWS can not make', () => {
  const before = process.env;
  let aws: Fake;
  let place: Buckets;
  let answers: Answers = {};
  /** The region that each request was signed for. */
  let regions: (string | undefined)[] = [];

  beforeAll(async () => {
    place = await buckets();
    aws = await fake(({ headers, method, url = '/' }, response, body) => {
      const target = String(headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1);
      const action = target || new URLSearchParams(body.toString()).get('Action');
      const answer = answers[action ?? `${method} ${new URL(url, 'http://aws').pathname}`];
      regions.push(/Credential=[^/]+\/\d+\/([\w-]+)/.exec(headers.authorization ?? '')?.[1]);
      response.writeHead(answer === undefined ? 403 : 200, { 'content-type': 'application/json' });
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer ?? { __type: 'AccessDeniedException' }));
    });
    process.env = { ...before, AWS_ENDPOINT_URL: aws.endpoint, AWS_REGION: REGION };
  });
  afterAll(async () => {
    process.env = before;
    await aws.stop();
    await place.stop();
  });

  const lookedAt = (type: string, given: Answers) => {
    answers = given;
    regions = [];
    return looked(type, { store: place.endpoint, bucket: 'parts' });
  };

  test.each(ROWS)('$type is listed with its identity, addresses and security', async ({ type, answers, expected }) => {
    const { row, seen } = await lookedAt(type, answers);
    expect({ status: row.status, message: row.message }).toEqual({ status: 'ok', message: undefined });
    expect(seen.map(({ missed }) => missed)).toEqual([[]]);
    expect(seen).toMatchObject([{ type, ...expected }]);
    expect(seen[0].id).toMatch(ARN);
    expect(JSON.stringify(seen)).not.toContain('hunter2');
  });

  test('a service with one home is asked there', async () => {
    await lookedAt('AWS::GlobalAccelerator::Accelerator', ROWS.at(-1)!.answers);
    expect(new Set(regions)).toEqual(new Set(['us-west-2']));
  });

  test('a denied question is a gap of the asset, which is told all the same', async () => {
    const { DescribeInstanceInformation } = ROWS.find(({ type }) => type === 'AWS::SSM::ManagedInstance')!.answers;
    const { row, seen } = await lookedAt('AWS::SSM::ManagedInstance', { DescribeInstanceInformation });
    expect(row).toMatchObject({ status: 'ok', missing: ['ssm:DescribeInstancePatchStates'] });
    expect(seen[0].missed).toEqual([
      {
        action: 'ssm:DescribeInstancePatchStates',
        code: 'AccessDeniedException',
        status: 'denied',
        fills: ['security.missingPatches', 'security.failedPatches'],
      },
    ]);
    expect(seen[0].security).not.toHaveProperty('missingPatches');
  });

  test('a list that goes on with the same token for ever ends loudly', async () => {
    const GetStaticIps = {
      staticIps: [{ arn: arn('lightsail', 'StaticIp/0aaa'), name: 'ip' }],
      nextPageToken: 'again',
    };
    const { row } = await lookedAt('AWS::Lightsail::StaticIp', { GetStaticIps });
    expect(row).toMatchObject({ status: 'error', message: 'the list repeats itself' });
  });
});
