/** Answers as Elasticsearch gives them. */
import type { Response } from './request.ts';

/** Beats 8 and clients of Elasticsearch 8 ask for the product. */
const HEADERS = { 'content-type': 'application/json; charset=UTF-8', 'x-elastic-product': 'Elasticsearch' };

export const ok = (body: unknown): Response => answer(200, body);

export const answer = (statusCode: number, body: unknown): Response => ({
  statusCode,
  headers: HEADERS,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

/** https://www.elastic.co/docs/reference/elasticsearch/rest-apis/common-options */
export const fault = (status: number, type: string, reason: string): Response =>
  answer(status, { error: { type, reason, root_cause: [{ type, reason }] }, status });

/** The same for every reason: whoever guesses learns nothing. */
export const UNAUTHORIZED: Response = {
  ...fault(401, 'security_exception', 'missing or invalid credentials'),
  headers: { ...HEADERS, 'www-authenticate': 'ApiKey' },
};

export const FORBIDDEN: Response = fault(403, 'security_exception', 'not allowed from this address');

/** HEAD has no body. */
export const headOf = ({ statusCode, headers }: Response): Response => ({ statusCode, headers, body: '' });
