/**
 * WAF: web ACLs, of the region and (asked for in us-east-1) of CloudFront.
 * https://docs.aws.amazon.com/waf/latest/APIReference/API_WebACL.html
 */
import {
  GetLoggingConfigurationCommand,
  GetWebACLCommand,
  ListResourcesForWebACLCommand,
  ListTagsForResourceCommand,
  ListWebACLsCommand,
  type LoggingConfiguration,
  type ResourceType,
  type Scope,
  type Tag,
  WAFV2Client,
  type WebACL,
  type WebACLSummary,
} from '@aws-sdk/client-wafv2';
import { type At, type Declaration, declare, type Listed } from '../discovery/declaration.ts';
import { nested } from '../discovery/list.ts';
import { relations, service } from '../discovery/service.ts';

const waf = service(WAFV2Client);

interface RecentUpdate extends WebACLSummary {
  readonly scope: Scope;
  readonly acl?: WebACL | undefined;
  readonly logging?: LoggingConfiguration | undefined;
  readonly protects?: readonly string[];
  readonly tags?: readonly Tag[] | undefined;
}

async function aclsIn(at: At, scope: Scope, NextMarker: string | undefined): Promise<Listed<RecentUpdate>> {
  const page = await waf.call(
    at,
    'wafv2:ListWebACLs',
    new ListWebACLsCommand({ Scope: scope, NextMarker, Limit: 100 }),
  );
  return { records: (page.WebACLs ?? []).map((each) => ({ ...each, scope })), next: page.NextMarker };
}

/** A distribution names its web ACL itself; of these one has to ask. */
const PROTECTED: readonly ResourceType[] = [
  'APPLICATION_LOAD_BALANCER',
  'API_GATEWAY',
  'APPSYNC',
  'COGNITO_USER_POOL',
  'APP_RUNNER_SERVICE',
  'VERIFIED_ACCESS_INSTANCE',
];

const RESOURCES = 'wafv2:ListResourcesForWebACL';

async function protectedBy(at: At, WebACLArn: string | undefined): Promise<readonly string[]> {
  const found: string[] = [];
  for (const ResourceType of PROTECTED) {
    const page = await waf.call(at, RESOURCES, new ListResourcesForWebACLCommand({ WebACLArn, ResourceType }));
    found.push(...(page.ResourceArns ?? []));
  }
  return found;
}

const webAcl = declare<RecentUpdate>({
  type: 'AWS::WAFv2::WebACL',
  class: 'edge',
  scope: 'region',
  pack: 'edge',
  actions: ['wafv2:ListWebACLs'],
  list: (at, cursor) =>
    nested(
      cursor,
      async () => ({ records: at.region === 'us-east-1' ? ['CLOUDFRONT', 'REGIONAL'] : ['REGIONAL'] }),
      (scope, next) => aclsIn(at, scope as Scope, next),
    ),
  details: [
    waf.detail({
      action: 'wafv2:GetWebACL',
      fills: ['security.defaultAction', 'security.counting', 'security.rules'],
      call: ({ Name, Id, scope: Scope }) => new GetWebACLCommand({ Name, Id, Scope }),
      read: ({ WebACL }) => ({ acl: WebACL }),
    }),
    waf.detail({
      action: 'wafv2:GetLoggingConfiguration',
      fills: ['security.logging'],
      absent: ['WAFNonexistentItemException'],
      call: ({ ARN }) => new GetLoggingConfigurationCommand({ ResourceArn: ARN }),
      read: ({ LoggingConfiguration }) => ({ logging: LoggingConfiguration }),
    }),
    {
      action: RESOURCES,
      fills: ['relationships'],
      when: ({ scope }) => scope === 'REGIONAL',
      call: async ({ ARN }, at) => ({ protects: await protectedBy(at, ARN) }),
    },
    waf.detail({
      action: 'wafv2:ListTagsForResource',
      fills: ['tags'],
      call: ({ ARN }) => new ListTagsForResourceCommand({ ResourceARN: ARN }),
      read: ({ TagInfoForResource }) => ({ tags: TagInfoForResource?.TagList }),
    }),
  ],
  asset(each) {
    const { ARN = '', acl, logging } = each;
    return {
      id: ARN,
      nativeId: each.Id ?? '',
      name: each.Name,
      region: each.scope === 'CLOUDFRONT' ? 'global' : undefined,
      tags: each.tags,
      security: {
        scope: each.scope,
        defaultAction: acl && (acl.DefaultAction?.Block ? 'block' : 'allow'),
        rules: acl?.Rules?.map(({ Name }) => Name),
        counting: acl?.Rules?.filter(({ Action, OverrideAction }) => Action?.Count ?? OverrideAction?.Count).map(
          ({ Name }) => Name,
        ),
        logging: logging !== undefined,
      },
      relationships: [
        ...relations('attached_to', each.protects),
        ...relations('logs_to', logging?.LogDestinationConfigs),
      ],
    };
  },
});

export const declarations: readonly Declaration[] = [webAcl];
