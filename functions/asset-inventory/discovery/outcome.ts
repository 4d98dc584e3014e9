/**
 * Maps an AWS error to the status of a scope: by error code or, where the code says nothing, by HTTP status, since proxies
 * and firewalls answer with codes that no AWS service uses.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
import type { Statement, Status } from '../../../shared/asset/model.ts';
import { messageOf } from '../../../shared/errors.ts';

/** Why a call failed. */
export interface Failure {
  readonly status: Status;
  readonly code: string;
  readonly message: string;
  /** The kind of policy that denies, as AWS names it: `permissions boundary`. */
  readonly deniedBy?: string;
}

type Rule = readonly [code: RegExp, status: Status, message?: RegExp];

/** Codes of expired credentials. */
const EXPIRED = /^(RequestExpired|ExpiredToken(Exception)?|ExpiredTokenRequest|TokenRefreshRequired)$/;

/** The first row that matches decides. Services spell the same code in different ways. */
const BY_CODE: readonly Rule[] = [
  [/./, 'scp_denied', /explicit deny in a service control policy|no service control policy allows/i],
  [EXPIRED, 'error'],
  // what EC2 answers in a region that the account has turned off
  [/^AuthFailure$/, 'region_disabled', /not able to validate the provided access credentials/i],
  // an access-denied error that means: the service is not turned on
  [/./, 'empty', /Macie is not enabled|not subscribed to AWS Security Hub/i],
  [/./, 'not_applicable', /not (supported|available) in (this|the) (called )?region|region is not supported/i],
  [/^(RegionDisabledException|InvalidClientTokenId|UnrecognizedClientException|OptInRequired)$/, 'region_disabled'],
  [/^(UnknownOperationException|UnknownOperation|InvalidAction|UnsupportedOperation)$/, 'not_applicable'],
  [/^AWSOrganizationsNotInUse/, 'not_applicable'],
  [/^(ENOTFOUND|EAI_AGAIN|EndpointError)$/, 'not_applicable'],
  [/AccessDenied|UnauthorizedOperation|NotAuthorized|Forbidden|AuthorizationError/i, 'denied'],
  [
    /Throttl|TooManyRequests|RequestLimitExceeded|RequestThrottled|SlowDown|BandwidthLimit|ProvisionedThroughput/i,
    'throttled',
  ],
  [/Timeout|TimedOut|ETIMEDOUT|AbortError/i, 'timeout'],
];

const BY_HTTP: ReadonlyMap<number, Status> = new Map([
  [401, 'denied'],
  [403, 'denied'],
  [408, 'timeout'],
  [429, 'throttled'],
  [503, 'throttled'],
  [504, 'timeout'],
]);

export function failureOf(error: unknown): Failure {
  const code = codeOf(error);
  const message = messageOf(error).slice(0, 500);
  const row = BY_CODE.find(([pattern, , words]) => pattern.test(code) && (words === undefined || words.test(message)));
  const status = row?.[1] ?? BY_HTTP.get(httpStatusOf(error) ?? 0) ?? 'error';
  const deniedBy = isDenied(status) ? policyIn(message) : undefined;
  return { status, code, message, ...(deniedBy !== undefined && { deniedBy }) };
}

export const isDenied = (status: Status): boolean => status === 'denied' || status === 'scp_denied';

/**
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 * In: `… with an explicit deny in a permissions boundary`, `… because no session policy allows the ec2:DescribeVpcs action`.
 */
function policyIn(message: string): string | undefined {
  const [, explicit, implicit] =
    /explicit deny in (?:an?|the) ([a-z-]+(?: [a-z-]+){0,2}? (?:policy|boundary))|because no ([a-z-]+(?: [a-z-]+){0,2}? (?:policy|boundary)) allows/i.exec(
      message,
    ) ?? [];
  return (explicit ?? implicit)?.toLowerCase();
}

/** Whether the session's credentials expired. */
export const isExpired = (error: unknown): boolean => EXPIRED.test(codeOf(error));

interface SdkError {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly Code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const isSdkError = (error: unknown): error is SdkError => typeof error === 'object' && error !== null;

/** `ECONNRESET` for a connection error, `AccessDenied` for a service error, `HTTP 403` for an answer without a code. */
export function codeOf(error: unknown): string {
  if (!isSdkError(error)) return 'unknown';
  const http = error.$metadata?.httpStatusCode;
  if (error.name === 'SyntaxError' && http !== undefined) return `HTTP ${http}`;
  // the SDK wraps connection errors into an error without a name
  const wire = /\b(E[A-Z]{4,}(_[A-Z]+)*)\b/.exec(messageOf(error))?.[1];
  const named = [error.code, error.Code, error.name, wire].find((each) => typeof each === 'string' && each !== 'Error');
  return String(named ?? (http === undefined ? 'Error' : `HTTP ${http}`));
}

export const httpStatusOf = (error: unknown): number | undefined =>
  isSdkError(error) ? error.$metadata?.httpStatusCode : undefined;

/** The resource does not exist. */
export const isGone = (error: unknown): boolean =>
  /NotFound|NoSuch(Bucket|Entity|Hosted|Distribution)|NotExist|NonExistent|^ResourceNotFoundException$|InvalidInstanceID\.Malformed/i.test(
    codeOf(error),
  ) || httpStatusOf(error) === 404;

/** The pagination token expired: the list has to start again. */
export const isStaleCursor = (error: unknown): boolean =>
  /(Invalid|Expired)\w*(NextToken|Token|Marker|Pagination)|^(InvalidNextToken|ExpiredNextToken|InvalidPaginationToken)/i.test(
    codeOf(error),
  ) && !/InvalidClientTokenId|ExpiredToken(Exception)?$/.test(codeOf(error));

/** The IAM statement to grant, for the coverage report. */
export const statementFor = (actions: readonly string[]): Statement => ({
  Effect: 'Allow',
  Action: [...new Set(actions)].sort(),
  Resource: '*',
});
