/** Which asset of ours a request was for: what the web ACL protects, or else the web ACL. */
import type { Rendered } from '../../shared/enrich/assets.ts';
import type { Finder } from '../../shared/enrich/finder.ts';

import type { FieldMap } from '../../shared/transform/bytes/compile.ts';
import { remembering } from '../../shared/transform/bytes/remembering.ts';

/** Paths that are read here. */
export const PROTECTED: readonly string[] = [
  'httpSourceName',
  'httpSourceId',
  'derived.acl.region',
  'derived.acl.account',
  'derived.acl.arn',
];

type Values = Readonly<Record<'id' | 'region' | 'account', string>>;

/**
 * ARNs, without `arn:<partition>:`, of what a log calls its source: `123456789012-app/shop/50dc6c495c0c9188`,
 * `123456789012:<API>:<stage>`, a distribution's id.
 * https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
 */
const NAMES: Readonly<Record<string, (values: Values) => readonly string[]>> = {
  ALB: ({ id, region, account }) => [
    `elasticloadbalancing:${region}:${account}:loadbalancer/${id.slice(id.indexOf('-') + 1)}`,
  ],
  APIGW({ id, region }) {
    const [, api, stage] = id.split(':');
    return [`apigateway:${region}::/restapis/${api}/stages/${stage}`, `apigateway:${region}::/restapis/${api}`];
  },
  CF: ({ id, account }) => [`cloudfront::${account}:distribution/${id}`],
};

/** Makes what finds it for the record that is being written, at a time in epoch milliseconds. */
export function protector({ fields, indexOf }: FieldMap, find: Finder): (time: number) => Rendered | undefined {
  const indexes = PROTECTED.map(indexOf);
  const namesOf = remembering(fields, indexes, () => {
    const [name, id, region, account, acl] = indexes.map((each) => fields.text(each) ?? '');
    const partition = acl.split(':', 2).join(':');
    const names = Object.hasOwn(NAMES, name) ? NAMES[name]({ id, region, account }) : [];
    return [...names.map((each) => `${partition}:${each}`), acl];
  });
  return (time) => find.text(namesOf(), time);
}
