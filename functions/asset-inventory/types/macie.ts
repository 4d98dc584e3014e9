/**
 * Macie: whether it is on.
 * https://docs.aws.amazon.com/macie/latest/APIReference/macie.html
 */
import { GetMacieSessionCommand, type GetMacieSessionCommandOutput, Macie2Client } from '@aws-sdk/client-macie2';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { relation, service } from '../discovery/service.ts';

const macie = service(Macie2Client);

const session = declare<Omit<GetMacieSessionCommandOutput, '$metadata'>>({
  type: 'AWS::Macie::Session',
  class: 'security',
  scope: 'region',
  pack: 'security',
  ...macie.pages({
    action: 'macie2:GetMacieSession',
    page: () => new GetMacieSessionCommand({}),
    read: (session) => ({ records: [session] }),
  }),
  asset: (each, at) => ({
    id: at.arn('macie2', 'session'),
    idSynthetic: true,
    nativeId: at.account,
    name: 'Macie',
    createdAt: each.createdAt,
    security: { status: each.status, frequency: each.findingPublishingFrequency },
    relationships: [relation('assumes', each.serviceRole)],
  }),
});

export const declarations: readonly Declaration[] = [session];
