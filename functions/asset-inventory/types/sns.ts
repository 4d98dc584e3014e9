/**
 * SNS: topics, and where they send to.
 * https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html
 */
import {
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  SNSClient,
  type Subscription,
  type Tag,
  type Topic,
} from '@aws-sdk/client-sns';
import { type At, type Declaration, declare } from '../discovery/declaration.ts';
import { every } from '../discovery/list.ts';
import { lastOf, relation, relations, service } from '../discovery/service.ts';

const sns = service(SNSClient);

interface RecentUpdate extends Topic {
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  readonly subscriptions?: readonly Subscription[];
  readonly tags?: readonly Tag[] | undefined;
}

const SUBSCRIPTIONS = 'sns:ListSubscriptionsByTopic';

const subscriptionsOf = (at: At, TopicArn: string | undefined) =>
  every(async (NextToken) => {
    const page = await sns.call(at, SUBSCRIPTIONS, new ListSubscriptionsByTopicCommand({ TopicArn, NextToken }));
    return { records: page.Subscriptions ?? [], next: page.NextToken };
  });

/** Where it sends to: an ARN, a host. A person's address or number is no business of an inventory. */
const recentUpdates = ({ Protocol, Endpoint = '' }: Subscription): string =>
  Endpoint.startsWith('arn:') ? Endpoint : `${Protocol} ${URL.parse(Endpoint)?.hostname ?? ''}`.trim();

const topic = declare<RecentUpdate>({
  type: 'AWS::SNS::Topic',
  class: 'messaging',
  scope: 'region',
  pack: 'data',
  ...sns.pages({
    action: 'sns:ListTopics',
    page: (NextToken) => new ListTopicsCommand({ NextToken }),
    read: ({ Topics, NextToken }) => ({ records: Topics, next: NextToken }),
  }),
  details: [
    sns.detail({
      action: 'sns:GetTopicAttributes',
      fills: ['security.policy', 'security.kmsKey', 'security.encrypted'],
      call: ({ TopicArn }) => new GetTopicAttributesCommand({ TopicArn }),
      read: ({ Attributes }) => ({ attributes: Attributes }),
    }),
    {
      action: SUBSCRIPTIONS,
      fills: ['security.subscriptions', 'relationships'],
      call: async ({ TopicArn }, at) => ({ subscriptions: await subscriptionsOf(at, TopicArn) }),
    },
    sns.detail({
      action: 'sns:ListTagsForResource',
      fills: ['tags'],
      call: ({ TopicArn }) => new ListTagsForResourceCommand({ ResourceArn: TopicArn }),
      read: ({ Tags }) => ({ tags: Tags }),
    }),
  ],
  asset({ TopicArn = '', attributes: of, subscriptions, tags }) {
    const targets = subscriptions?.map(({ Endpoint }) => Endpoint).filter((endpoint) => endpoint?.startsWith('arn:'));
    return {
      id: TopicArn,
      nativeId: TopicArn,
      name: lastOf(TopicArn),
      tags,
      security: {
        policy: of?.Policy,
        kmsKey: of?.KmsMasterKeyId,
        encrypted: of && Boolean(of.KmsMasterKeyId),
        subscriptions: subscriptions?.map(recentUpdates),
      },
      relationships: [...relations('routes_to', targets), relation('encrypted_by', of?.KmsMasterKeyId)],
    };
  },
});

export const declarations: readonly Declaration[] = [topic];
