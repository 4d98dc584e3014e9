/** Shield Advanced's API, as far as attacks go. */
import { type Fake, fake } from './server.ts';

/** As DescribeAttack gives it, with times in epoch seconds. */
export interface FakeAttack {
  readonly AttackId: string;
  readonly ResourceArn: string;
  readonly StartTime: number;
  readonly EndTime?: number;
  readonly [detail: string]: unknown;
}

export interface Shield extends Fake {
  /** `none`: GetSubscriptionState knows no better, but everything else says that there is no subscription. */
  subscription: 'ACTIVE' | 'INACTIVE' | 'none';
  /** Answers everything with an error of its own. */
  isDown: boolean;
  attacks: FakeAttack[];
  /** What was asked, such as `DescribeAttack <id>`. */
  readonly asked: string[];
}

const PAGE = 2;

interface Request {
  readonly AttackId?: string;
  readonly NextToken?: string;
  readonly StartTime?: { readonly FromInclusive?: number };
}

export async function shield(): Promise<Shield> {
  const answers: Readonly<Record<string, (request: Request) => object | undefined>> = {
    GetSubscriptionState: () => ({ SubscriptionState: state.subscription === 'none' ? 'ACTIVE' : state.subscription }),
    ListAttacks({ NextToken = '0', StartTime }) {
      if (state.subscription === 'none') return undefined;
      const from = Number(NextToken);
      const listed = state.attacks.filter((attack) => attack.StartTime >= (StartTime?.FromInclusive ?? 0));
      const AttackSummaries = listed
        .slice(from, from + PAGE)
        .map(({ AttackId, ResourceArn, StartTime, EndTime }) => ({ AttackId, ResourceArn, StartTime, EndTime }));
      return { AttackSummaries, ...(from + PAGE < listed.length && { NextToken: String(from + PAGE) }) };
    },
    DescribeAttack: ({ AttackId }) => ({ Attack: state.attacks.find((attack) => attack.AttackId === AttackId) }),
  };
  const server = await fake((request, response, body) => {
    const [, action = ''] = /^AWSShield_20160616\.(.*)$/.exec(String(request.headers['x-amz-target'])) ?? [];
    const asked = JSON.parse(body.toString());
    state.asked.push([action, asked.AttackId].filter((part) => part !== undefined).join(' '));
    const answer = state.isDown ? undefined : answers[action]?.(asked);
    const error = state.isDown ? 'InternalErrorException' : 'ResourceNotFoundException';
    response.writeHead(answer === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(answer ?? { __type: error, message: 'no' }));
  });
  const state: Shield = { ...server, subscription: 'ACTIVE', isDown: false, attacks: [], asked: [] };
  return state;
}
