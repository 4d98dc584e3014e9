import { describe, expect, test } from '@jest/globals';
import { codeOf, failureOf, isGone, isStaleCursor } from '../../../../functions/asset-inventory/discovery/outcome.ts';
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
