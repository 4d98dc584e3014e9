/** Security Hub's GetFindings, for as much as a poller can tell. */
import { type Fake, fake } from './server.ts';

export interface SecurityHub extends Fake {
  isEnabled: boolean;
  findings: object[];
  perPage: number;
  /** Answers so many questions so, before it answers as it should. */
  refusals: { status: number; body: string }[];
  /** Bodies of the questions. */
  readonly asked: { Filters: { UpdatedAt: [{ Start: string; End: string }] }; NextToken?: string }[];
  /** Their headers. */
  readonly authorizations: (string | undefined)[];
}

const DISABLED = {
  Code: 'InvalidAccessException',
  Message: 'Account 123456789012 is not subscribed to AWS Security Hub',
};

export async function securityHub(): Promise<SecurityHub> {
  const server = await fake(({ url, method, headers }, response, body) => {
    const answer = (status: number, text: string) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    if (method !== 'POST' || url !== '/findings') return answer(404, '{}');
    hub.authorizations.push(headers.authorization);
    const refusal = hub.refusals.shift();
    if (refusal !== undefined) return answer(refusal.status, refusal.body);
    if (!hub.isEnabled) return answer(401, JSON.stringify(DISABLED));
    const question = JSON.parse(body.toString());
    hub.asked.push(question);
    const from = Number(question.NextToken ?? 0);
    const to = from + hub.perPage;
    const NextToken = to < hub.findings.length ? String(to) : undefined;
    answer(200, JSON.stringify({ Findings: hub.findings.slice(from, to), NextToken }));
  });
  const hub: SecurityHub = {
    ...server,
    isEnabled: true,
    findings: [],
    perPage: 100,
    refusals: [],
    asked: [],
    authorizations: [],
  };
  return hub;
}
