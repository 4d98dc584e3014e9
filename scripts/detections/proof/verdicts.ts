/** Runs the monitors of all detections over the documents of all tests, and each over its own cases alone. */
import type { Delivered } from './deliver.ts';
import { type Ask, hitsOf, prepare, runOf, searched, store } from './node.ts';
import { fires, matches, monitorFor, rulesOf, type Subject } from './proof.ts';

export type Send = (body: string, path?: string) => Promise<unknown>;

export interface Verdict {
  /** Documents that the monitor's query finds, of all. */
  readonly ids: ReadonlySet<string>;
  /** By case, whether a bucket fulfils the condition. */
  readonly fired: readonly boolean[];
  /** What the node says against it; '' for nothing. */
  readonly error: string;
}

export const everythingOf = (all: readonly Subject[]): readonly Delivered[] => [
  ...new Set(all.flatMap(({ ran }) => ran.flatMap(({ delivered }) => delivered))),
];

const UNTIL_MS = 60_000; // the documents come in by then

export async function verdicts(ask: Ask, send: Send, all: readonly Subject[]): Promise<ReadonlyMap<Subject, Verdict>> {
  await prepare(ask);
  await store(ask, (body) => send(body, '/_bulk'), everythingOf(all));
  const until = Date.now() + UNTIL_MS;
  const hits = await searched(
    send,
    all.map((subject) => hitsOf(monitorFor(subject), until)),
  );
  const cases = all.flatMap((subject) => {
    const monitor = monitorFor(subject);
    return subject.ran.map(({ delivered }) =>
      runOf(
        monitor,
        until,
        delivered.map(({ id }) => id),
      ),
    );
  });
  const answers = await searched(send, cases);
  let at = 0;
  const found = all.map((subject, number): [Subject, Verdict] => {
    const own = answers.slice(at, at + subject.ran.length);
    at += own.length;
    const failed = [hits[number], ...own].find(({ error }) => error !== undefined)?.error;
    return [
      subject,
      {
        ids: new Set(hits[number].hits?.hits.map(({ _id }) => _id)),
        fired: own.map(({ aggregations }) => (aggregations?.alerts.buckets.length ?? 0) > 0),
        error: failed === undefined ? '' : JSON.stringify(failed).slice(0, 800),
      },
    ];
  });
  return new Map(found);
}

/** In words: where the node and the evaluator differ, by case and by event. */
export function differences(
  { detection, lists, ran }: Subject,
  { ids, fired, error }: Verdict,
  everything: readonly Delivered[],
): readonly string[] {
  if (error !== '') return [`${detection.name}: ${error}`];
  const byCase = ran.flatMap(({ of, delivered }, at) => {
    const expected = fires(detection, delivered, lists);
    const says = `${detection.name}: "${of.why}" ${fired[at] ? 'fires' : 'is silent'} on the node`;
    if (fired[at] !== of.fires) return [says];
    return fired[at] === expected ? [] : [`${says}, and not by the evaluator`];
  });
  const rules = rulesOf(detection);
  const wrong = everything.filter((each) => rules.some((rule) => matches(rule, each, lists)) !== ids.has(each.id));
  return [
    ...byCase,
    ...wrong.map(
      ({ id, service }) =>
        `${detection.name}: the ${service} event ${id} is ${ids.has(id) ? '' : 'not '}found by the node`,
    ),
  ];
}
