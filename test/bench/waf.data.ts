/** Made-up AWS WAF logs, the same for the same seed: about 1.9 kB a request, as ALBs and CloudFront have them. */
import { random } from './flowlogs.data.ts';

const PATHS = [
  '/',
  '/api/v1/items',
  '/api/v1/orders/5531/lines',
  '/static/app.3f9a1c.js',
  '/login',
  '/img/hero@2x.webp',
];
const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0',
  'okhttp/4.12.0',
];
const COUNTRIES = ['KR', 'KR', 'KR', 'US', 'JP', 'DE', 'VN', '-'];
const GROUPS = [
  'AWS#AWSManagedRulesAmazonIpReputationList',
  'AWS#AWSManagedRulesCommonRuleSet',
  'AWS#AWSManagedRulesKnownBadInputsRuleSet',
];
const SQLI = {
  conditionType: 'SQL_INJECTION',
  sensitivityLevel: 'HIGH',
  location: 'QUERY_ARGS',
  matchedData: ['10', 'AND', '1'],
  matchedFieldName: 'q',
};

const rate = (limitValue: string) => ({
  rateBasedRuleId: 'arn:aws:wafv2:ap-northeast-2:123456789012:regional/webacl/shop/3f7a2c0e/rate',
  rateBasedRuleName: 'rate',
  limitKey: 'IP',
  maxRateAllowed: 2000,
  evaluationWindowSec: '300',
  limitValue,
});

/** Lines without a newline. Of ten requests one is blocked and one counted by a rule of a group. */
export function* waf(records: number, seed = 1): Generator<string> {
  const next = random(seed);
  const below = (n: number) => Math.floor(next() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)];
  const hex = (digits: number) => Array.from({ length: digits }, () => below(16).toString(16)).join('');
  const clients = Array.from(
    { length: 20_000 },
    () => `${below(190) + 11}.${below(256)}.${below(256)}.${below(254) + 1}`,
  );
  for (let i = 0; i < records; i++) {
    const timestamp = 1_790_000_000_000 + i * 7;
    const fate = next();
    const isBlocked = fate < 0.1;
    const isCounted = fate > 0.9;
    const path = pick(PATHS);
    const isSearch = next() < 0.4;
    const host = pick(['www.example.com', 'api.example.com']);
    const clientIp = clients[Math.floor(next() ** 3 * clients.length)];
    const group = (ruleGroupId: string, isLast: boolean) => ({
      ruleGroupId,
      terminatingRule:
        isBlocked && isLast ? { ruleId: 'Log4JRCE_QUERYSTRING', action: 'BLOCK', ruleMatchDetails: null } : null,
      nonTerminatingMatchingRules:
        isCounted && isLast
          ? [{ ruleId: 'SQLi_QUERYARGUMENTS', action: 'COUNT', overriddenAction: 'BLOCK', ruleMatchDetails: [SQLI] }]
          : [],
      excludedRules: null,
      customerConfig: null,
    });
    const headers = [
      ['Host', host],
      ['User-Agent', pick(AGENTS)],
      ['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'],
      ['Accept-Language', 'ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7'],
      ['Accept-Encoding', 'gzip, deflate, br, zstd'],
      ['sec-ch-ua', '"Chromium";v="142", "Not A(Brand";v="24", "Google Chrome";v="142"'],
      ['sec-fetch-mode', 'navigate'],
      ['Referer', `https://${host}${pick(PATHS)}`],
      ...(next() < 0.7 ? [['Cookie', `session=${hex(64)}; _ga=GA1.1.${below(1e9)}; theme=dark`]] : []),
      ...(next() < 0.2 ? [['Authorization', `Bearer ${hex(120)}`]] : []),
      ['X-Forwarded-For', clientIp],
    ].map(([name, value]) => ({ name, value }));
    yield JSON.stringify({
      timestamp,
      formatVersion: 1,
      webaclId: 'arn:aws:wafv2:ap-northeast-2:123456789012:regional/webacl/shop/3f7a2c0e-5f0b-4a3c-9d5e-0c1b2a3d4e5f',
      terminatingRuleId: isBlocked ? 'AWS-AWSManagedRulesKnownBadInputsRuleSet' : 'Default_Action',
      terminatingRuleType: isBlocked ? 'MANAGED_RULE_GROUP' : 'REGULAR',
      action: isBlocked ? 'BLOCK' : 'ALLOW',
      terminatingRuleMatchDetails: [],
      httpSourceName: 'ALB',
      httpSourceId: '123456789012-app/shop/50dc6c495c0c9188',
      ruleGroupList: GROUPS.map((id, at) => group(id, at === GROUPS.length - 1)),
      rateBasedRuleList: next() < 0.02 ? [rate(clientIp)] : [],
      nonTerminatingMatchingRules: [],
      requestHeadersInserted: null,
      responseCodeSent: null,
      httpRequest: {
        clientIp,
        country: pick(COUNTRIES),
        headers,
        uri: path,
        args: isSearch ? `q=${hex(12)}&page=${below(40)}` : '',
        httpVersion: 'HTTP/2.0',
        httpMethod: pick(['GET', 'GET', 'GET', 'POST']),
        requestId: `1-${hex(8)}-${hex(24)}`,
        fragment: '',
        scheme: 'https',
        host,
      },
      labels: [{ name: 'awswaf:clientip:geo:country:KR' }, { name: 'awswaf:clientip:geo:region:KR-11' }],
      ja3Fingerprint: hex(32),
      ja4Fingerprint: `t13d1516h2_${hex(12)}_${hex(12)}`,
      requestBodySize: 0,
      requestBodySizeInspectedByWAF: 0,
    });
  }
}
