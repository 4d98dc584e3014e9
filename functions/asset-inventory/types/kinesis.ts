/**
 * Kinesis: data streams.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StreamDescriptionSummary.html
 */
import {
  DescribeStreamSummaryCommand,
  KinesisClient,
  ListStreamsCommand,
  ListTagsForStreamCommand,
  type StreamDescriptionSummary,
  type Tag,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { type ClientConfig, type Declaration, declare } from '../discovery/declaration.ts';
import { relation, service } from '../discovery/service.ts';

/** The SDK speaks HTTP/2 with Kinesis, for the sake of streams of records; proxies on the way often don't. */
class PlainKinesisClient extends KinesisClient {
  constructor(config: ClientConfig) {
    super({ ...config, requestHandler: new NodeHttpHandler() });
  }
}

const kinesis = service(PlainKinesisClient);

interface RecentUpdate {
  readonly StreamName: string;
  readonly stream?: StreamDescriptionSummary | undefined;
  readonly tags?: readonly Tag[] | undefined;
}

const stream = declare<RecentUpdate>({
  type: 'AWS::Kinesis::Stream',
  class: 'messaging',
  scope: 'region',
  pack: 'data',
  ...kinesis.pages({
    action: 'kinesis:ListStreams',
    page: (ExclusiveStartStreamName) => new ListStreamsCommand({ ExclusiveStartStreamName, Limit: 100 }),
    read: ({ StreamNames, HasMoreStreams }) => ({
      records: StreamNames?.map((StreamName) => ({ StreamName })),
      next: HasMoreStreams ? StreamNames?.at(-1) : undefined,
    }),
  }),
  details: [
    kinesis.detail({
      action: 'kinesis:DescribeStreamSummary',
      fills: ['security', 'relationships', 'createdAt'],
      call: ({ StreamName }) => new DescribeStreamSummaryCommand({ StreamName }),
      read: ({ StreamDescriptionSummary }) => ({ stream: StreamDescriptionSummary }),
    }),
    kinesis.detail({
      action: 'kinesis:ListTagsForStream',
      fills: ['tags'],
      call: ({ StreamName }) => new ListTagsForStreamCommand({ StreamName }), // as many as a stream can have
      read: ({ Tags }) => ({ tags: Tags }),
    }),
  ],
  asset: ({ StreamName, stream: of, tags }, at) => ({
    id: at.arn('kinesis', `stream/${StreamName}`),
    nativeId: StreamName,
    name: StreamName,
    tags,
    createdAt: of?.StreamCreationTimestamp,
    security: {
      status: of?.StreamStatus,
      encrypted: of && of.EncryptionType === 'KMS',
      kmsKey: of?.KeyId,
      retentionHours: of?.RetentionPeriodHours,
    },
    relationships: [relation('encrypted_by', of?.KeyId)],
  }),
});

export const declarations: readonly Declaration[] = [stream];
