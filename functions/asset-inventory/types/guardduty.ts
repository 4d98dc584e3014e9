/**
 * GuardDuty: detectors, and which of their features are on.
 * https://docs.aws.amazon.com/guardduty/latest/APIReference/API_GetDetector.html
 */
import {
  GetDetectorCommand,
  type GetDetectorCommandOutput,
  GuardDutyClient,
  ListDetectorsCommand,
} from '@aws-sdk/client-guardduty';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { service } from '../discovery/service.ts';

const guardduty = service(GuardDutyClient);

interface RecentUpdate {
  readonly id: string;
  readonly detector?: Omit<GetDetectorCommandOutput, '$metadata'>;
}

const detector = declare<RecentUpdate>({
  type: 'AWS::GuardDuty::Detector',
  class: 'security',
  scope: 'region',
  pack: 'security',
  ...guardduty.pages({
    action: 'guardduty:ListDetectors',
    page: (NextToken) => new ListDetectorsCommand({ NextToken, MaxResults: 50 }),
    read: ({ DetectorIds, NextToken }) => ({ records: DetectorIds?.map((id) => ({ id })), next: NextToken }),
  }),
  details: [
    guardduty.detail({
      action: 'guardduty:GetDetector',
      fills: ['security', 'tags', 'createdAt'],
      call: ({ id: DetectorId }) => new GetDetectorCommand({ DetectorId }),
      read: (detector) => ({ detector }),
    }),
  ],
  asset: ({ id, detector: of }, at) => ({
    id: at.arn('guardduty', `detector/${id}`),
    nativeId: id,
    tags: of?.Tags,
    createdAt: of?.CreatedAt,
    security: {
      status: of?.Status,
      frequency: of?.FindingPublishingFrequency,
      features: of?.Features?.filter(({ Status }) => Status === 'ENABLED').map(({ Name }) => Name),
      off: of?.Features?.filter(({ Status }) => Status !== 'ENABLED').map(({ Name }) => Name),
    },
  }),
});

export const declarations: readonly Declaration[] = [detector];
