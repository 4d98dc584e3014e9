/**
 * The incident as AWS WAF saw it: customers' requests, the scanner's tries of SQL injection, some of them only counted.
 * https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
 */

import { jsonLines, type LogObject, parts } from './object.ts';
import type { Rng } from './random.ts';
import { ACCOUNTS, ACTS, CUSTOMERS, REGION, SCANNER } from './scenario.ts';

const ACL = 'shop';
const HELD_BACK = 240; // plain requests are not for Splunk

/** In: epoch seconds of the story's first moment. */
export function requestObjects(start: number, rng: Rng): readonly LogObject[] {
  const plain = Array.from({ length: HELD_BACK }, () =>
    request(start + rng.below(ACTS.end), rng, { ip: rng.of(CUSTOMERS), args: `item=${rng.below(900)}` }),
  );
  const tries = Array.from({ length: 60 }, (_, i) =>
    request(start + ACTS.scan + i, rng, {
      ip: SCANNER,
      args: "item=1' OR '1'='1",
      action: ACTIONS[i % ACTIONS.length],
    }),
  );
  const at = start + ACTS.end;
  const [, , , hour, minute] = parts(at);
  const place = `WAFLogs/${REGION}/${ACL}`;
  const records = [...plain, ...tries].toSorted((a, b) => a.timestamp - b.timestamp);
  const object = jsonLines('waf', records, { account: ACCOUNTS.shop, place, at, rng, heldBack: HELD_BACK });
  return [{ ...object, key: object.key.replace(/\/(?=[^/]+$)/, `/${hour}/${minute}/`).replace('_waf_', '_waflogs_') }];
}

const ACTIONS = ['BLOCK', 'COUNT', 'CAPTCHA'] as const;

interface Visitor {
  readonly ip: string;
  readonly args: string;
  readonly action?: (typeof ACTIONS)[number];
}

function request(at: number, rng: Rng, { ip, args, action }: Visitor) {
  const isEnd = action === 'BLOCK' || action === 'CAPTCHA';
  const rule = { ruleId: 'SQLi_QUERYARGUMENTS', action, ruleMatchDetails: [] };
  return {
    timestamp: at * 1000 + rng.below(1000),
    formatVersion: 1,
    webaclId: `arn:aws:wafv2:${REGION}:${ACCOUNTS.shop}:regional/webacl/${ACL}/7d1e2f30-1111-2222-3333-444455556666`,
    terminatingRuleId: isEnd ? 'AWS-AWSManagedRulesSQLiRuleSet' : 'Default_Action',
    terminatingRuleType: isEnd ? 'MANAGED_RULE_GROUP' : 'REGULAR',
    action: isEnd ? action : 'ALLOW',
    terminatingRuleMatchDetails: [],
    httpSourceName: 'ALB',
    httpSourceId: `${ACCOUNTS.shop}-app/shop/50dc6c495c0c9188`,
    ruleGroupList: [
      {
        ruleGroupId: 'AWS#AWSManagedRulesSQLiRuleSet',
        terminatingRule: isEnd ? rule : null,
        nonTerminatingMatchingRules: action === 'COUNT' ? [rule] : [],
        excludedRules: null,
      },
    ],
    rateBasedRuleList: [],
    nonTerminatingMatchingRules: [],
    httpRequest: {
      clientIp: ip,
      country: '-',
      headers: [
        { name: 'Host', value: 'shop.example.com' },
        { name: 'User-Agent', value: action === undefined ? 'Mozilla/5.0' : 'sqlmap/1.9' },
        { name: 'Cookie', value: `session=${rng.hex(32)}` },
      ],
      uri: '/item',
      args,
      httpVersion: 'HTTP/2.0',
      httpMethod: 'GET',
      requestId: `1-${rng.hex(8)}-${rng.hex(24)}`,
    },
    // https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
    ja4Fingerprint:
      action === undefined ? 't13d1516h2_8daaf6152771_02713d6af862' : 't13d311200_e8f1e7e78f70_1f22a2ca17c4',
    ...(action !== undefined && { labels: [{ name: 'awswaf:managed:aws:sql-database:SQLi_QueryArguments' }] }),
  };
}
