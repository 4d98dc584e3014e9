/** Runs of the inventory over a random network, and the table's answers held against the truth. */

import type { Row } from '../../../functions/asset-inventory/run/model.ts';
import { merge } from '../../../functions/asset-inventory/state/merge.ts';
import { type History, historyOf, NO_HISTORY } from '../../../shared/asset/history.ts';
import {
  AMBIGUOUS,
  assetIn,
  byText,
  isBounded,
  type Lookup,
  lookupIn,
  NONE,
  UNKNOWN,
} from '../../../shared/asset/lookup.ts';
import type { Asset, Change, Coverage } from '../../../shared/asset/model.ts';
import { tableOf } from '../../../shared/asset/table.ts';
import { random } from '../../bench/flowlogs.data.ts';
import { ACCOUNT, type Holding, type Kind, looksAt, type Network, REGION, VPC } from './random.ts';

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

export interface Watching {
  readonly from: number;
  readonly to: number;
  /** Seconds between two runs. */
  readonly every: number;
  /** Share of the starts and ends that CloudTrail tells. */
  readonly told: number;
  readonly seed: number;
}

/** The history after all runs. */
export function watched(network: Network, { from, to, every, told, seed }: Watching): History {
  const next = random(seed);
  const lives = new Map([...network.nodes, ...network.interfaces].map((each) => [each.id, each]));
  let history = NO_HISTORY;
  let prior: readonly Asset[] = [];
  let before: readonly Coverage[] = [];
  for (let time = from; time <= to; time += every) {
    const looks = looksAt(network, time, next);
    const rows = looks.map(({ type, from: startedAt, to: endedAt, seen }): Row => {
      const scope = { scope: `${ACCOUNT}/${REGION}/${type}`, account: ACCOUNT, region: REGION, type };
      const counts = { calls: 1, pages: 1, items: seen.length, retries: 0, throttles: 0, ms: 1 };
      return { ...scope, status: 'ok', ...counts, startedAt: iso(startedAt), endedAt: iso(endedAt) };
    });
    const isGone = ({ nativeId }: Asset) => (lives.get(nativeId)?.to ?? Number.POSITIVE_INFINITY) <= time + 70;
    const { assets, changes, coverage } = merge({
      run: String(time),
      at: iso(time),
      account: ACCOUNT,
      region: REGION,
      prior,
      seen: looks.flatMap(({ seen }) => seen),
      rows,
      before: new Map(before.map((row) => [row.scope, row])),
      accounts: new Map(),
      gone: new Set(prior.filter(isGone).map(({ id }) => id)),
      classify: (all) => all.map((each) => ({ ...each, exposure: { level: 'none' as const } })),
    });
    const manifest = { run: String(time), at: iso(time), accounts: [{ id: ACCOUNT }], coverage };
    history = historyOf(
      [{ manifest, assets, changes: changes.map((each) => (next() < told ? withActor(each, lives) : each)) }],
      history,
    );
    prior = assets;
    before = coverage;
  }
  return history;
}

/** As CloudTrail tells of an instance or an interface. */
function withActor(change: Change, lives: ReadonlyMap<string, { readonly from: number; readonly to: number }>): Change {
  const life = lives.get(change.asset.nativeId);
  if (life === undefined || (change.kind !== 'created' && change.kind !== 'deleted')) return change;
  const time = iso(change.kind === 'created' ? life.from : life.to);
  return { ...change, actor: { arn: '', eventId: '', eventName: '', time } };
}

export interface Score {
  asked: number;
  exact: number;
  exactWrong: number;
  bounded: number;
  boundedWrong: number;
  ambiguous: number;
  /** The true holder is not among the candidates. */
  ambiguousWrong: number;
  /** Nobody, though somebody held it. */
  nobody: number;
}

const number = (ip: string): number => ip.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);

/** Asks for holdings at random times, half of them close to a start or an end. */
export function scored(
  network: Network,
  history: History,
  asked: number,
  { from, to, every, seed }: Watching,
): Map<Kind, Score> {
  const next = random(seed + 1);
  const lookup = lookupIn(tableOf(history));
  const vpc = lookup.numberOf(VPC);
  const byName = Map.groupBy(network.holdings, ({ name }) => name);
  const scores = new Map<Kind, Score>();
  const ask = (kind: Kind, name: string, time: number): number => {
    if (kind === 'interface') return byText(lookup, name, time);
    const isInside = kind === 'primary' || kind === 'secondary' || kind === 'prefix';
    const address = number(name) + (kind === 'prefix' ? Math.floor(next() * 16) : 0);
    return lookup.byIpv4(address, isInside ? vpc : UNKNOWN, UNKNOWN, time, time);
  };
  for (let n = 0; n < asked; n++) {
    const { kind, name, ...of } = network.holdings[Math.floor(next() * network.holdings.length)];
    const edge = (next() < 0.5 ? of.from : of.to) + (next() - 0.5) * 2 * every;
    const time = Math.floor(n % 2 === 0 ? from + next() * (to - from) : edge);
    const truth = byName.get(name)!.find((each: Holding) => each.from <= time && time < each.to)?.holder;
    // no log names an interface before and after its life
    if (time < from || time > to || (kind === 'interface' && truth === undefined)) continue;
    count(scoreOf(scores, kind), lookup, ask(kind, name, time), truth);
  }
  return scores;
}

function scoreOf(scores: Map<Kind, Score>, kind: Kind): Score {
  const zero = {
    asked: 0,
    exact: 0,
    exactWrong: 0,
    bounded: 0,
    boundedWrong: 0,
    ambiguous: 0,
    ambiguousWrong: 0,
    nobody: 0,
  };
  const found = scores.get(kind) ?? zero;
  scores.set(kind, found);
  return found;
}

function count(score: Score, lookup: Lookup, answer: number, truth: string | undefined): void {
  score.asked++;
  if (answer === NONE) {
    if (truth !== undefined) score.nobody++;
  } else if (answer === AMBIGUOUS) {
    score.ambiguous++;
    const isAmong = lookup.candidates.some((each) => lookup.id(each) === truth);
    if (truth !== undefined && !isAmong) score.ambiguousWrong++;
  } else {
    const isRight = lookup.id(assetIn(answer)) === truth;
    const name = isBounded(answer) ? 'bounded' : 'exact';
    score[isRight ? name : (`${name}Wrong` as const)]++;
  }
}
