import { expect, test } from '@jest/globals';
import { findingUid } from '../../../shared/finding/identity.ts';

const ID = '16afba5c5c43e07c9e3e5e2e544e95df';

test.each([
  ['guardduty', ID],
  ['GuardDuty', `arn:aws:guardduty:eu-west-1:123456789012:detector/12abc34d567e8fa901bc2d34e56789f0/finding/${ID}`],
  ['Inspector', `arn:aws:inspector2:eu-west-1:123456789012:finding/${ID}`],
  ['Macie', ID],
])("%s's finding is named by its id alone: %s", (product, id) => {
  expect(findingUid(product, id)).toBe(ID);
});

test.each([
  ['Security Hub', `arn:aws:securityhub:eu-west-1:123456789012:security-control/IAM.1/finding/${ID}`],
  ['Prowler', 'prowler-aws-accessanalyzer_enabled-123456789012-eu-west-1-abc'],
  ['Default', 'eu-west-1/123456789012/1'],
])("%s's finding is named as it was: %s", (product, id) => {
  expect(findingUid(product, id)).toBe(id);
});
