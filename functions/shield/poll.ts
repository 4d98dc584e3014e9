/**
 * What Shield Advanced says when it is asked, since it sends no events: attacks of the last weeks, each followed to
 * its end, and whether it is subscribed at all. Everything is asked for at every tick and reported once: what was reported is kept
 * from tick to tick. Where that fails it is reported again, under the same id.
 * Out: lines `{"asked","account","Attack":{…}}` as DescribeAttack gives it, and `{"asked","account","SubscriptionState"}`.
 * https://docs.aws.amazon.com/waf/latest/DDOSAPIReference/API_ListAttacks.html
 * https://docs.aws.amazon.com/waf/latest/DDOSAPIReference/API_DescribeAttack.html
 */
import type { S3Client } from '@aws-sdk/client-s3';
import {
  type AttackSummary,
  DescribeAttackCommand,
  GetSubscriptionStateCommand,
  ListAttacksCommand,
  ResourceNotFoundException,
  type ShieldClient,
} from '@aws-sdk/client-shield';
import type { Place, Tick } from '../../shared/input/schedule.ts';
import { readState, writeState } from '../../shared/input/state.ts';
import type { Body, Log } from '../../shared/model.ts';
import { isObject } from '../../shared/transform/objects/compile.ts';
import { hashOf } from './hash.ts';

/** What destinations know already. */
interface Reported {
  readonly subscription?: string;
  readonly attacks: Readonly<Record<string, ReportedAttack>>;
}

interface ReportedAttack {
  /** Of its details. */
  readonly hash: string;
  /** When it ended; an attack that goes on has none. */
  readonly end?: string | undefined;
}

export interface Polling {
  readonly shield: Pick<ShieldClient, 'send'>;
  readonly s3: Pick<S3Client, 'send'>;
  readonly log: Log;
}

/** One invocation's asking. */
export interface Round {
  poll(tick: Tick, signal: AbortSignal): AsyncGenerator<Body>;
  /** Notes what was reported. To be called when all of it was delivered. */
  keep(signal: AbortSignal): Promise<void>;
}

export function round({ shield, s3, log }: Polling): Round {
  let place: Place | undefined;
  let before = '';
  let reported: Reported = { attacks: {} };

  async function* lines(account: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const answers = news(shield, reported, signal);
    let answer = await answers.next();
    for (; !answer.done; answer = await answers.next()) {
      yield Buffer.from(`${JSON.stringify({ asked: Date.now(), account, ...answer.value })}\n`);
    }
    reported = answer.value;
    if (reported.subscription !== 'ACTIVE') log.info('Shield Advanced is not subscribed', { account });
  }

  return {
    async *poll({ account, state }, signal) {
      if (place === undefined && state !== undefined) {
        const kept = await readState(s3, state, signal);
        place = state;
        if (isReported(kept)) reported = kept;
        before = JSON.stringify(reported);
      }
      yield { uri: `shield:${account}`, chunks: lines(account, signal) };
    },
    async keep(signal) {
      if (place !== undefined && JSON.stringify(reported) !== before) await writeState(s3, place, reported, signal);
    },
  };
}

const isReported = (value: unknown): value is Reported => isObject(value) && isObject(value.attacks);

/** Yields what is not reported yet, returns what is reported with it. */
async function* news(
  shield: Polling['shield'],
  reported: Reported,
  signal: AbortSignal,
): AsyncGenerator<object, Reported> {
  const { SubscriptionState } = await shield.send(new GetSubscriptionStateCommand({}), { abortSignal: signal });
  let subscription: string = SubscriptionState ?? 'INACTIVE';
  let { attacks } = reported;
  try {
    if (subscription === 'ACTIVE') attacks = yield* newAttacks(shield, attacks, signal);
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    subscription = 'INACTIVE'; // the answer to any other question where there is no subscription
  }
  if (subscription !== reported.subscription) yield { SubscriptionState: subscription };
  return { subscription, attacks };
}

async function* newAttacks(
  shield: Polling['shield'],
  reported: Reported['attacks'],
  signal: AbortSignal,
): AsyncGenerator<object, Reported['attacks']> {
  const attacks: Record<string, ReportedAttack> = {};
  for await (const { AttackId = '', EndTime } of summaries(shield, signal)) {
    const before = reported[AttackId];
    if (before?.end !== undefined && before.end === EndTime?.toISOString()) {
      attacks[AttackId] = before;
      continue;
    }
    const { Attack } = await shield.send(new DescribeAttackCommand({ AttackId }), { abortSignal: signal });
    if (Attack === undefined) continue; // gone since it was listed
    const hash = hashOf(Attack);
    if (hash !== before?.hash) yield { Attack };
    attacks[AttackId] = { hash, end: Attack.EndTime?.toISOString() };
  }
  return attacks;
}

const DAYS = 30; // of no use after an outage that was longer

async function* summaries(shield: Polling['shield'], abortSignal: AbortSignal): AsyncGenerator<AttackSummary> {
  const StartTime = { FromInclusive: new Date(Date.now() - DAYS * 86_400_000) };
  let NextToken: string | undefined;
  do {
    const page = await shield.send(new ListAttacksCommand({ StartTime, NextToken, MaxResults: 100 }), { abortSignal });
    yield* page.AttackSummaries ?? [];
    NextToken = page.NextToken;
  } while (NextToken !== undefined && NextToken !== '');
}
