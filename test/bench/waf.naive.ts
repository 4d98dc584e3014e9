/**
 * The naive way, to compare with: the whole object as one string, split, an object per record, JSON.stringify, one joined
 * body per 5 MiB. It makes the same documents as functions/waf, which a test holds it to.
 */
import { isIP } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { flat } from '../../shared/transform/objects/compile.ts';

interface Rule {
  readonly ruleId?: string;
  readonly action?: string;
}

interface Group {
  readonly ruleGroupId: string;
  readonly terminatingRule: Rule | null;
  readonly nonTerminatingMatchingRules: readonly Rule[];
  readonly excludedRules: readonly Rule[] | null;
}

interface Header {
  readonly name: string;
  readonly value: string;
}

interface Log {
  readonly timestamp: number;
  readonly formatVersion: number;
  readonly webaclId: string;
  readonly terminatingRuleId: string;
  readonly terminatingRuleType: string;
  readonly action: string;
  readonly terminatingRuleMatchDetails: readonly object[];
  readonly httpSourceName: string;
  readonly httpSourceId: string;
  readonly ruleGroupList: readonly Group[];
  readonly rateBasedRuleList: readonly object[];
  readonly nonTerminatingMatchingRules: readonly Rule[];
  readonly httpRequest: Readonly<Record<string, string>> & { readonly headers: readonly Header[] };
  readonly labels: readonly { readonly name: string }[];
  readonly ja3Fingerprint?: string;
  readonly ja4Fingerprint?: string;
  readonly requestBodySize?: number;
  readonly requestBodySizeInspectedByWAF?: number;
}

const SECRET = new Set(['authorization', 'cookie']);
const orNone = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);

export function document(log: Log): object {
  const { httpRequest: request, action, ruleGroupList } = log;
  const [, , , region, account, resource = ''] = log.webaclId.split(':');
  const [scope, , name, id] = resource.split('/');
  const headers = request.headers.map((header) =>
    SECRET.has(header.name.toLowerCase()) ? { name: header.name, value: 'REDACTED' } : header,
  );
  const header = (wanted: string) => headers.find((each) => each.name.toLowerCase() === wanted)?.value;
  const group = ruleGroupList.find(({ terminatingRule }) => terminatingRule !== null);
  const counted = [
    ...log.nonTerminatingMatchingRules,
    ...ruleGroupList.flatMap((each) => each.nonTerminatingMatchingRules),
  ].flatMap((rule) => (rule.action === 'COUNT' ? (rule.ruleId ?? []) : []));
  const matched = ruleGroupList.filter(
    (each) => each.terminatingRule !== null || each.nonTerminatingMatchingRules.length > 0,
  );
  const isDetected = action !== 'ALLOW' || counted.length > 0;
  const forwarded = header('x-forwarded-for')?.split(',')[0];
  const forwardedIp = forwarded !== undefined && isIP(forwarded) !== 0 ? forwarded : undefined;
  return {
    '@timestamp': new Date(log.timestamp).toISOString().replace('.000Z', 'Z'),
    ecs: { version: '9.4.0' },
    event: {
      kind: 'event',
      category: isDetected ? ['web', 'network', 'intrusion_detection'] : ['web', 'network'],
      type: ['access', action === 'ALLOW' ? 'allowed' : 'denied'],
      dataset: 'aws.waf',
      action: action.toLowerCase(),
      outcome: action === 'ALLOW' ? 'success' : 'failure',
      id: request.requestId,
    },
    rule: {
      id: log.terminatingRuleId,
      name: group?.terminatingRule?.ruleId ?? log.terminatingRuleId,
      ruleset: group?.ruleGroupId,
      category: log.terminatingRuleType,
    },
    cloud: { provider: 'aws', account: { id: account }, region, service: { name: 'waf' } },
    source: {
      ip: request.clientIp,
      address: request.clientIp,
      geo: request.country === '-' ? undefined : { country_iso_code: request.country },
    },
    network: { protocol: 'http', type: request.clientIp.includes(':') ? 'ipv6' : 'ipv4', forwarded_ip: forwardedIp },
    http: {
      version: request.httpVersion.replace('HTTP/', ''),
      request: {
        id: request.requestId,
        method: request.httpMethod,
        referrer: header('referer'),
        body: { bytes: log.requestBodySize },
      },
    },
    url: {
      original: request.args === '' ? request.uri : `${request.uri}?${request.args}`,
      path: request.uri,
      query: request.args || undefined,
      fragment: request.fragment || undefined,
      scheme: request.scheme,
      domain: request.host.toLowerCase(),
    },
    user_agent: { original: header('user-agent') },
    tls: { client: { ja3: log.ja3Fingerprint } },
    related: {
      ip: [...new Set([request.clientIp, forwardedIp].filter((ip) => ip !== undefined))],
      hosts: [request.host.toLowerCase()],
    },
    aws: {
      waf: {
        format_version: String(log.formatVersion),
        web_acl: { arn: log.webaclId, id, name, scope },
        http_source: { name: log.httpSourceName, id: log.httpSourceId },
        country: request.country,
        labels: orNone(log.labels.map((label) => label.name)),
        rule_groups: orNone(ruleGroupList.map((each) => each.ruleGroupId)),
        counted_rules: orNone(counted),
        ja4: log.ja4Fingerprint,
        inspected_body_bytes: log.requestBodySizeInspectedByWAF,
        request: { headers },
        rules:
          matched.length + log.rateBasedRuleList.length === 0
            ? undefined
            : {
                ruleGroupList: flat(orNone(matched)),
                rateBasedRuleList: orNone(log.rateBasedRuleList),
              },
      },
    },
  };
}

/** Calls `send` with each body. Returns how many documents there were. */
export function naive(object: Buffer, send: (body: string) => void): number {
  let body = '';
  let count = 0;
  for (const line of gunzipSync(object).toString().split('\n')) {
    if (line === '') continue;
    const log: Log = JSON.parse(line);
    const day = new Date(log.timestamp).toISOString().slice(0, 10).replaceAll('-', '.');
    const action = { create: { _index: `aws-waf-${day}`, _id: `bongsu-bench-${count++}` } };
    body += `${JSON.stringify(action)}\n${JSON.stringify(document(log))}\n`;
    if (body.length > 5 << 20) {
      send(body);
      body = '';
    }
  }
  send(body);
  return count;
}
