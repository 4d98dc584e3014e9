/**
 * What an error of AWS means for a scope: told by its code or, where that says nothing, by the HTTP status, since proxies
 * and firewalls answer in words that no service knows.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
import type { Statement, Status } from '../../../shared/asset/model.ts';
import { messageOf } from '../../../shared/errors.ts';

/** How an attempt went wrong, and whether another one may go better. */
export interface Failure {
  readonly status: Status;
  readonly code: string;
  readonly message: string;
}

type Rule = readonly [code: RegExp, status: Status, message?: RegExp];

/** The first row that fits. Codes come from all services, in the words of each. */
const BY_CODE: readonly Rule[] = [
  [/./, 'scp_denied', /explicit deny in a service control policy/i],
  // denied in words, but there is nothing: the service is not turned on
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
  return { status, code, message };
}

interface SdkError {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly Code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const isSdkError = (error: unknown): error is SdkError => typeof error === 'object' && error !== null;

/** Of the wire `ECONNRESET`, of a service `AccessDenied`, of an answer that is no answer `HTTP 403`. */
export function codeOf(error: unknown): string {
  if (!isSdkError(error)) return 'unknown';
  const http = error.$metadata?.httpStatusCode;
  if (error.name === 'SyntaxError' && http !== undefined) return `HTTP ${http}`;
  // the SDK wraps what the wire says into an error without a name
  const wire = /\b(E[A-Z]{4,}(_[A-Z]+)*)\b/.exec(messageOf(error))?.[1];
  const named = [error.code, error.Code, error.name, wire].find((each) => typeof each === 'string' && each !== 'Error');
  return String(named ?? (http === undefined ? 'Error' : `HTTP ${http}`));
}

export const httpStatusOf = (error: unknown): number | undefined =>
  isSdkError(error) ? error.$metadata?.httpStatusCode : undefined;

/** The thing that was asked about is not there. */
export const isGone = (error: unknown): boolean =>
  /NotFound|NoSuch(Bucket|Entity|Hosted|Distribution)|NotExist|NonExistent|^ResourceNotFoundException$|InvalidInstanceID\.Malformed/i.test(
    codeOf(error),
  ) || httpStatusOf(error) === 404;

/** A place in a list that AWS no longer knows: the list has to be begun anew. */
export const isStaleCursor = (error: unknown): boolean =>
  /(Invalid|Expired)\w*(NextToken|Token|Marker|Pagination)|^(InvalidNextToken|ExpiredNextToken|InvalidPaginationToken)/i.test(
    codeOf(error),
  ) && !/InvalidClientTokenId|ExpiredToken(Exception)?$/.test(codeOf(error));

/** What has to be granted, for whoever reads the report. */
export const statementFor = (actions: readonly string[]): Statement => ({
  Effect: 'Allow',
  Action: [...new Set(actions)].sort(),
  Resource: '*',
});
