/**
 * Inspector: what of an account it scans.
 * https://docs.aws.amazon.com/inspector/v2/APIReference/API_BatchGetAccountStatus.html
 */
import { type AccountState, BatchGetAccountStatusCommand, Inspector2Client } from '@aws-sdk/client-inspector2';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { service } from '../discovery/service.ts';

const inspector = service(Inspector2Client);

const status = declare<AccountState>({
  type: 'AWS::InspectorV2::AccountStatus',
  class: 'security',
  scope: 'region',
  pack: 'security',
  ...inspector.pages({
    action: 'inspector2:BatchGetAccountStatus',
    page: () => new BatchGetAccountStatusCommand({}), // of the account that asks
    read: ({ accounts }) => ({ records: accounts }),
  }),
  asset: ({ accountId, state, resourceState = {} }, at) => ({
    id: at.arn('inspector2', 'account-status', accountId),
    idSynthetic: true,
    nativeId: accountId ?? at.account,
    name: 'Inspector',
    account: accountId,
    security: {
      status: state?.status,
      scans: Object.entries(resourceState as NonNullable<AccountState['resourceState']>)
        .filter(([, of]) => of?.status === 'ENABLED')
        .map(([kind]) => kind),
    },
  }),
});

export const declarations: readonly Declaration[] = [status];
