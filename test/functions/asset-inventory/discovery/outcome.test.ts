import { describe, expect, test } from '@jest/globals';
import {
  codeOf,
  failureOf,
  isExpired,
  isGone,
  isStaleCursor,
} from '../../../../functions/asset-inventory/discovery/outcome.ts';
import { policyFor } from '../../../../functions/asset-inventory/run/session.ts';

const errorOf = (name: string, message = '', httpStatusCode?: number) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });

describe('what an error means', () => {
  test.each([
    ['AccessDenied', '', 403, 'denied'],
    ['AccessDeniedException', 'User is not authorized to perform', 400, 'denied'],
    ['UnauthorizedOperation', 'You are not authorized', 403, 'denied'],
    ['AccessDeniedException', 'with an explicit deny in a service control policy', 400, 'scp_denied'],
    ['AccessDeniedException', 'Macie is not enabled.', 403, 'empty'],
    ['InvalidAccessException', 'Account 1 is not subscribed to AWS Security Hub', 401, 'empty'],
    ['SyntaxError', 'Unexpected token <', 403, 'denied'], // XML where JSON was expected
    ['SyntaxError', 'Unexpected token <', 429, 'throttled'],
    ['ThrottlingException', '', 400, 'throttled'],
    ['RequestLimitExceeded', '', 503, 'throttled'],
    ['SlowDown', '', 503, 'throttled'],
    ['TooManyRequestsException', '', 429, 'throttled'],
    ['TimeoutError', '', undefined, 'timeout'],
    ['AuthFailure', 'could not validate the credentials', 401, 'denied'],
    ['InvalidClientTokenId', '', 403, 'region_disabled'],
    ['UnknownOperationException', '', 400, 'not_applicable'],
    ['InvalidAction', 'is not supported in this region', 400, 'not_applicable'],
    ['AWSOrganizationsNotInUseException', '', 400, 'not_applicable'],
    ['Error', 'AWS SDK error wrapper for Error: getaddrinfo ENOTFOUND x', undefined, 'not_applicable'],
    ['InternalFailure', '', 500, 'error'],
    ['ValidationException', '', 400, 'error'],
  ])('%s "%s" %s is %s', (name, message, http, status) => {
    expect(failureOf(errorOf(name, message, http)).status).toBe(status);
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
  test.each([
    ['with an explicit deny in a service control policy', 'scp_denied', 'service control policy'],
    [
      'with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/service_control_policy/p-1',
      'scp_denied',
      'service control policy',
    ],
    ['because no service control policy allows the ec2:DescribeVpcs action', 'scp_denied', 'service control policy'],
    ['with an explicit deny in a resource control policy', 'denied', 'resource control policy'],
    ['because no resource control policy allows the s3:GetBucketPolicy action', 'denied', 'resource control policy'],
    ['with an explicit deny in a permissions boundary', 'denied', 'permissions boundary'],
    ['because no permissions boundary allows the ec2:DescribeVpcs action', 'denied', 'permissions boundary'],
    ['with an explicit deny in a session policy', 'denied', 'session policy'],
    ['because no session policy allows the ec2:DescribeVpcs action', 'denied', 'session policy'],
    ['with an explicit deny in an identity-based policy', 'denied', 'identity-based policy'],
    ['because no identity-based policy allows the ec2:DescribeVpcs action', 'denied', 'identity-based policy'],
    ['with an explicit deny in a VPC endpoint policy', 'denied', 'vpc endpoint policy'],
    ['with an explicit deny', 'denied', undefined],
  ])('%s: %s by the %s', (why, status, deniedBy) => {
    const user = 'arn:aws:sts::111122223333:assumed-role/bongsu/asset-inventory';
    const ec2 = `You are not authorized to perform this operation. User: ${user} is not authorized to perform: ec2:DescribeVpcs ${why}. Encoded authorization failure message: 4GIOHlTkIaWHQD0Q0m`;
    for (const [name, message] of [
      ['UnauthorizedOperation', ec2],
      ['AccessDeniedException', `User: ${user} is not authorized to perform: ec2:DescribeVpcs ${why}`],
    ]) {
      const failure = failureOf(errorOf(name, message, 403));
      expect([failure.status, failure.deniedBy]).toEqual([status, deniedBy]);
    }
  });

  test.each([
    ['AuthFailure', 'AWS was not able to validate the provided access credentials', 401],
    ['UnrecognizedClientException', 'The security token included in the request is invalid.', 400],
    ['InvalidClientTokenId', 'The security token included in the request is invalid', 403],
  ])('%s is what a region answers that was turned off', (name, message, http) => {
    expect(failureOf(errorOf(name, message, http)).status).toBe('region_disabled');
  });

  test.each([
    ['ExpiredToken', true],
    ['ExpiredTokenException', true],
    ['RequestExpired', true],
    ['InvalidClientTokenId', false],
    ['ExpiredNextTokenException', false],
  ])('%s: new credentials may help: %s', (name, expected) => {
    expect(isExpired(errorOf(name, 'The security token included in the request is expired', 400))).toBe(expected);
  });

  test.each([undefined, null, 'text', {}, new Error('x')])('%p is an error and no more', (error) => {
    expect(failureOf(error).status).toBe('error');
  });

  test('an answer that is no answer is named by its status', () => {
    expect(codeOf(errorOf('SyntaxError', '', 403))).toBe('HTTP 403');
  });

  test.each(['InvalidInstanceID.NotFound', 'InvalidNetworkInterfaceID.NotFound', 'NoSuchBucket', 'NoSuchEntity'])(
    '%s says that it is gone',
    (name) => expect(isGone(errorOf(name, '', 400))).toBe(true),
  );

  test.each(['AccessDenied', 'ThrottlingException', 'InternalError'])('%s does not', (name) =>
    expect(isGone(errorOf(name, '', 400))).toBe(false),
  );

  test.each([
    ['InvalidNextToken', true],
    ['InvalidNextTokenException', true],
    ['ExpiredNextTokenException', true],
    ['InvalidPaginationTokenException', true],
    ['ExpiredToken', false],
    ['ExpiredTokenException', false],
    ['InvalidClientTokenId', false],
  ])('%s: the list has to begin anew: %s', (name, expected) => {
    expect(isStaleCursor(errorOf(name))).toBe(expected);
  });
});

describe('the policy of a session', () => {
  test('allows what the unit asks for and no contents', () => {
    const policy = JSON.parse(policyFor(['ec2:DescribeVpcs', 'ec2:DescribeSubnets', 'ec2:DescribeVpcs']));
    expect(policy.Statement[0]).toEqual({
      Effect: 'Allow',
      Action: ['ec2:DescribeSubnets', 'ec2:DescribeVpcs'],
      Resource: '*',
    });
    expect(policy.Statement[1]).toMatchObject({ Effect: 'Deny' });
  });

  test('names beginnings where the whole names do not fit', () => {
    const actions = Array.from({ length: 100 }, (_, i) => `ec2:DescribeSomethingNumber${i}`);
    expect(JSON.parse(policyFor(actions)).Statement[0].Action).toEqual(['ec2:Describe*']);
  });
});
