/**
 * SQS: queues.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
 */
import { GetQueueAttributesCommand, ListQueuesCommand, ListQueueTagsCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { lastOf, relation, service } from '../discovery/service.ts';

const sqs = service(SQSClient);

interface RecentUpdate {
  readonly QueueUrl: string;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

const FILLS = ['policy', 'encrypted', 'kmsKey', 'deadLetters', 'retentionS'].map((name) => `security.${name}`);

const queue = declare<RecentUpdate>({
  type: 'AWS::SQS::Queue',
  class: 'messaging',
  scope: 'region',
  pack: 'data',
  ...sqs.pages({
    action: 'sqs:ListQueues',
    page: (NextToken) => new ListQueuesCommand({ NextToken, MaxResults: 1000 }), // without it AWS stops at 1,000
    read: ({ QueueUrls, NextToken }) => ({ records: QueueUrls?.map((QueueUrl) => ({ QueueUrl })), next: NextToken }),
  }),
  details: [
    sqs.detail({
      action: 'sqs:GetQueueAttributes',
      fills: [...FILLS, 'relationships', 'createdAt'],
      call: ({ QueueUrl }) => new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      read: ({ Attributes }) => ({ attributes: Attributes }),
    }),
    sqs.detail({
      action: 'sqs:ListQueueTags',
      fills: ['tags'],
      call: ({ QueueUrl }) => new ListQueueTagsCommand({ QueueUrl }),
      read: ({ Tags }) => ({ tags: Tags }),
    }),
  ],
  asset({ QueueUrl, attributes: of, tags }, at) {
    const name = lastOf(QueueUrl) ?? '';
    const kmsKey = of?.KmsMasterKeyId;
    const redrive: { readonly deadLetterTargetArn?: string } = JSON.parse(of?.RedrivePolicy || '{}');
    return {
      id: at.arn('sqs', name),
      nativeId: QueueUrl,
      name,
      tags,
      createdAt: of?.CreatedTimestamp && new Date(Number(of.CreatedTimestamp) * 1000),
      security: {
        policy: of?.Policy || undefined,
        encrypted: of && (Boolean(kmsKey) || of.SqsManagedSseEnabled === 'true'),
        kmsKey,
        deadLetters: redrive.deadLetterTargetArn,
        retentionS: of && Number(of.MessageRetentionPeriod),
      },
      relationships: [relation('encrypted_by', kmsKey), relation('routes_to', redrive.deadLetterTargetArn)],
    };
  },
});

export const declarations: readonly Declaration[] = [queue];
