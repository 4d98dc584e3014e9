/** Events that no collector's samples give: the inventory's and the verifier's own, and logs in AWS's published shapes. */
import { changeLine, stateLine } from '../../../functions/asset-inventory/publish/feed.ts';
import { placeOf } from '../../../functions/integrity/digest.ts';
import { recordOf } from '../../../functions/integrity/fault.ts';
import type { Asset, Change } from '../../../shared/asset/model.ts';
import { type Sent, sent } from '../events.ts';

const AT = '2026-11-24T03:00:00.000Z';
const account = { id: '123456789012', name: 'prod' };

const instance: Asset = {
  id: 'arn:aws:ec2:eu-west-1:123456789012:instance/i-0abc',
  idSynthetic: false,
  type: 'AWS::EC2::Instance',
  class: 'compute',
  nativeId: 'i-0abc',
  name: 'web-1',
  partition: 'aws',
  region: 'eu-west-1',
  account,
  tags: {},
  owner: { value: 'team-a@example.com', source: 'tag', rule: 'owner', confidence: 95 },
  environment: 'prod',
  criticality: 'high',
  net: {
    private: ['10.0.1.4'],
    public: ['203.0.113.9'],
    mac: ['02:00:5e:10:00:01'],
    eni: ['eni-1'],
    dns: ['web-1.example'],
  },
  exposure: { level: 'internet', ports: ['tcp/443'] },
  security: {},
  relationships: [],
  firstSeen: AT,
  lastChanged: AT,
  state: 'active',
  hash: 'a'.repeat(64),
  gaps: [],
};

const change: Change = {
  id: 'b'.repeat(64),
  kind: 'exposure_changed',
  asset: { id: instance.id, type: instance.type, nativeId: 'i-0abc', name: 'web-1', region: 'eu-west-1', account },
  diff: [{ path: 'exposure.level', from: 'internal', to: 'internet' }],
  window: { notBefore: '2026-11-23T03:00:00.000Z', notAfter: AT },
  scope: '123456789012/eu-west-1/AWS::EC2::Instance',
  run: 'r1',
};

const DIGEST =
  'AWSLogs/123456789012/CloudTrail-Digest/eu-west-1/2026/11/24/123456789012_CloudTrail-Digest_eu-west-1_main_us-east-1_20261124T130531Z.json.gz';

/** What the collectors' own sources make of them. */
export async function ownEvents(): Promise<Sent[]> {
  const lines = [stateLine(instance, AT, 'r1'), changeLine(change)].map((line) => `${JSON.stringify(line)}\n`);
  const by = placeOf(DIGEST)!;
  const fault = {
    kind: 'log-file-missing',
    bucket: 'logs',
    key: 'AWSLogs/x',
    reason: 'a digest names it',
    by,
  } as const;
  return [
    ...(await sent('asset-inventory', lines.join(''), 'inventory')),
    ...(await sent('integrity', `${recordOf(fault, Date.parse(AT))}\n`, 'verifier')),
  ];
}

const published = (sourcetype: string, ...events: readonly (object | string)[]): Sent[] =>
  events.map((event) => ({
    name: 'published',
    from: 'documentation',
    sourcetype,
    raw: typeof event === 'string' ? event : JSON.stringify(event),
  }));

const flow = { src_ip: '10.0.0.5', src_port: 49152, dest_ip: '198.51.100.9', dest_port: 443, proto: 'TCP' };

/** https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging-contents.html */
const FIREWALL = [
  {
    firewall_name: 'egress',
    availability_zone: 'eu-west-1a',
    event_timestamp: '1795489200',
    event: {
      timestamp: '2026-11-24T03:00:00.000000+0000',
      flow_id: 1582438383425873,
      event_type: 'alert',
      ...flow,
      alert: { action: 'blocked', signature_id: 2, rev: 1, signature: 'Miner pool', category: '', severity: 1 },
    },
  },
  {
    firewall_name: 'egress',
    availability_zone: 'eu-west-1a',
    event_timestamp: '1795489200',
    event: {
      timestamp: '2026-11-24T03:00:00.000000+0000',
      flow_id: 1582438383425874,
      event_type: 'netflow',
      ...flow,
      app_proto: 'tls',
      netflow: {
        pkts: 12,
        bytes: 1200,
        start: '2026-11-24T02:59:00.000000+0000',
        end: '2026-11-24T02:59:30.000000+0000',
      },
    },
  },
];

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html */
const S3_ACCESS = [
  '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be amzn-s3-demo-bucket1 [24/Nov/2026:03:00:38 +0000] 192.0.2.3 arn:aws:iam::123456789012:user/alice 3E57427F3EXAMPLE REST.GET.OBJECT payroll/2026.csv "GET /payroll/2026.csv?versionId=null HTTP/1.1" 200 - 1048576 1048576 70 10 "-" "aws-cli/2.31.0" - s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader amzn-s3-demo-bucket1.s3.us-west-1.amazonaws.com TLSV1.2 - -',
  '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be amzn-s3-demo-bucket1 [24/Nov/2026:03:00:38 +0000] 192.0.2.3 - 891CE47D2EXAMPLE REST.PUT.OBJECT in/x.bin "PUT /in/x.bin HTTP/1.1" 403 AccessDenied 243 5000 11 - "-" "curl/8.16.0" -',
];

const V5 =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status flow-direction tcp-flags';
const CUSTOM =
  'action srcaddr dstaddr end start flow-direction dstport srcport protocol bytes packets interface-id log-status account-id';
const values: Readonly<Record<string, string>> = {
  version: '5',
  'account-id': '123456789012',
  'interface-id': 'eni-0a1b2c3d4e5f60001',
  srcaddr: '10.0.0.5',
  dstaddr: '198.51.100.9',
  srcport: '49152',
  dstport: '443',
  protocol: '6',
  packets: '12',
  bytes: '1200',
  start: '1795489200',
  end: '1795489260',
  action: 'REJECT',
  'log-status': 'OK',
  'flow-direction': 'egress',
  'tcp-flags': '3',
};
const row = (format: string): string =>
  format
    .split(' ')
    .map((name) => values[name])
    .join(' ');

const TGW =
  '6 TransitGateway 123456789012 tgw-0123456789abcdef0 tgw-attach-0aaaaaaaaaaaaaaaa 123456789012 123456789012 vpc-0aaaaaaaaaaaaaaaa vpc-0bbbbbbbbbbbbbbbb subnet-0aaaaaaaaaaaaaaaa subnet-0bbbbbbbbbbbbbbbb eni-0aaaaaaaaaaaaaaaa eni-0bbbbbbbbbbbbbbbb apne2-az1 apne2-az3 tgw-attach-0bbbbbbbbbbbbbbbb 10.1.0.5 10.2.0.9 44000 443 6 20 4249 1790000070 1790000130 OK IPv4 0 0 0 0 19 ap-northeast-2 ingress - -';

/** A custom order as JSON and as text with its format beside it, transit gateways, and what other collectors deliver. */
export function publishedEvents(): Sent[] {
  const json = Object.fromEntries(CUSTOM.split(' ').map((name) => [name, values[name]]));
  const tgw = { 'resource-type': 'TransitGateway', 'tgw-id': 'tgw-0123456789abcdef0', ...values };
  return [
    ...published('aws:networkfirewall', ...FIREWALL),
    ...published('aws:s3:accesslogs', ...S3_ACCESS),
    ...published('aws:cloudwatchlogs:vpcflow', json),
    ...[V5, CUSTOM].flatMap((format) =>
      published('aws:cloudwatchlogs:vpcflow', row(format)).map((each) => ({
        ...each,
        fields: { flow_format: format },
      })),
    ),
    ...published('aws:transitgateway:flowlogs', TGW, tgw),
  ];
}
