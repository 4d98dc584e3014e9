/** What became of inputs, and whether that is what should have become of them. A fault is a sentence. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { unpacked } from '../../shared/input/unpacked.ts';
import type { Body } from '../../shared/model.ts';
import {
  BODY_DAMAGES,
  type BodyDamage,
  COLUMN_DAMAGES,
  type Damage,
  type Fate,
  JSON_DAMAGES,
  mutants,
} from './corpus.ts';
import { direct } from './direct.ts';
import { HANGS, type Heavy, MOST_MEMORY } from './heavy.ts';
import type { Framing, Kind } from './kinds.ts';
import { type Arrived, type Kept, type Stage, uriOf } from './run.ts';
import type { Run } from './worker.ts';

/** One input and what became of it. */
export interface Verdict {
  readonly input: string;
  readonly kind: string;
  /** `refused: <reason>`, `delivered`, … */
  readonly outcome: string;
  /** Megabytes, of what ran in a process of its own. */
  readonly peak?: number;
  readonly faults: readonly string[];
}

type Wrong = (what: string) => void;

/** What JavaScript says where nobody thought of something. */
const UNTHOUGHT =
  /is not (a function|iterable|defined|valid)|undefined|Cannot |call stack|out of (range|memory)|Invalid /;

function judged(check: (wrong: Wrong) => void): string[] {
  const faults: string[] = [];
  check((what) => faults.push(what));
  return faults;
}

/** Without what tells one record from another. */
const anyMark = (text: string): string => text.replaceAll(/mark\d+[a-z]/g, 'mark');

class View {
  readonly #arrived: Arrived;
  readonly #byUri: ReadonlyMap<string, readonly Kept[]>;
  /** The document of a good record, but for its mark. */
  readonly clean: string;

  constructor(arrived: Arrived) {
    this.#arrived = arrived;
    this.#byUri = Map.groupBy(arrived.rejects, ({ uri }) => uri);
    this.clean = anyMark(this.documents(CLEAN)[0]?.text ?? 'none');
  }

  documents(mark: string) {
    return this.#arrived.documents.get(mark) ?? [];
  }

  events(mark: string) {
    return this.#arrived.events.get(mark) ?? [];
  }

  /** Of one object. */
  rejects(uri: string): readonly Kept[] {
    return this.#byUri.get(uri) ?? [];
  }
}

/** What message 0 holds. */
const CLEAN = 'mark0c';

const stated = ({ breaches, errors }: Pick<Arrived, 'breaches' | 'errors'>): Verdict => ({
  input: 'all together',
  kind: '',
  outcome: 'written and sent',
  faults: [...breaches, ...errors.map(String)],
});

/** A good record arrives once in each sink, as it always does. */
function judgeGood(view: View, mark: string, wrong: Wrong): void {
  const documents = view.documents(mark);
  if (documents.length !== 1) wrong(`${documents.length} documents of ${mark}`);
  if (view.events(mark).length !== 1) wrong(`${view.events(mark).length} events of ${mark}`);
  if (documents.length > 0 && anyMark(documents[0].text) !== view.clean) wrong(`${mark} is another document`);
}

function judgeReasons(reasons: readonly string[], wrong: Wrong): void {
  for (const reason of reasons) if (reason === '' || UNTHOUGHT.test(reason)) wrong(`a reason is "${reason}"`);
}

/** Each damaged record stands between good ones, and a good body comes behind it. */
export async function damagedRecords(at: Stage, kind: Kind, framing: Framing): Promise<Verdict[]> {
  const damages = (kind.format === 'json' ? JSON_DAMAGES : COLUMN_DAMAGES).filter(
    ({ isText = true }) => isText || !framing.isText,
  );
  const messages = damages.map(({ apply }, i) => {
    const mark = (which: string) => `mark${i + 1}${which}`;
    const damaged = apply(kind.record(mark('b')));
    return [
      framing.frame([kind.record(mark('a')), damaged, kind.record(mark('z'))]),
      framing.frame([kind.record(mark('n'))]),
    ];
  });
  const arrived = await at.run(kind, [[framing.frame([kind.record(CLEAN)])], ...messages]);
  const view = new View(arrived);
  const verdicts = damages.map((damage, i): Verdict => {
    const uri = uriOf(i + 1, 0);
    const rejects = view.rejects(uri);
    const isSwallowed = rejects.some(({ reason }) => damage.swallows?.test(reason));
    const faults = judged((wrong) => {
      for (const which of isSwallowed ? ['a', 'n'] : ['a', 'z', 'n']) judgeGood(view, `mark${i + 1}${which}`, wrong);
      judgeDamaged(view, damage, `mark${i + 1}b`, uri, wrong);
    });
    const outcome = outcomeOf(rejects, view.documents(`mark${i + 1}b`).length > 0);
    return { input: damage.name, kind: `${kind.name}, ${framing.name}`, outcome, faults };
  });
  return [...verdicts, stated(arrived)];
}

function outcomeOf(rejects: readonly Kept[], isDelivered: boolean): string {
  const reasons = [...new Set(rejects.map(({ reason, sink }) => (sink === undefined ? reason : `${sink}: ${reason}`)))];
  const said = reasons.map((reason) => reason.slice(0, 90)).join('; ');
  if (reasons.length === 0) return isDelivered ? 'delivered' : 'no record';
  return isDelivered ? `delivered; refused: ${said}` : `refused: ${said}`;
}

function judgeDamaged(view: View, damage: Damage, mark: string, uri: string, wrong: Wrong): void {
  const { fate, carries, isSame } = damage;
  const rejects = view.rejects(uri);
  const [document, ...more] = view.documents(mark);
  const [event, ...others] = view.events(mark);
  if (more.length + others.length > 0) wrong('it arrived more than once');
  judgeReasons(
    rejects.map(({ reason }) => reason),
    wrong,
  );
  judgeFate(fate, { rejects, isDocument: document !== undefined, isEvent: event !== undefined }, wrong);
  if (carries !== undefined && event !== undefined && !event.includes(carries)) wrong('Splunk has another value');
  if (carries !== undefined && document !== undefined && !carriesIn(document.text, carries))
    wrong('OpenSearch has another value');
  if (isSame && document !== undefined && !isSameJson(anyMark(document.text), view.clean))
    wrong('it says something else');
}

const isSameJson = (a: string, b: string): boolean =>
  isJson(a) && JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b));

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function judgeFate(
  fate: Fate,
  { rejects, isDocument, isEvent }: { rejects: readonly Kept[]; isDocument: boolean; isEvent: boolean },
  wrong: Wrong,
): void {
  const isRefused = (sink: string) => rejects.some((each) => each.sink === undefined || each.sink === sink);
  const said = outcomeOf(rejects, isDocument);
  if (fate === 'anything') return;
  if (fate === 'nothing') {
    if (rejects.length > 0 || isDocument || isEvent) wrong(`something came of nothing: ${said}`);
  } else if (fate === 'delivered') {
    if (!isDocument || !isEvent || rejects.length > 0) wrong(`it did not arrive: ${said}`);
  } else if (fate === 'either') {
    if (!isDocument && !isRefused('opensearch')) wrong('OpenSearch does not have it and nobody says why');
    if (!isEvent && !isRefused('splunk')) wrong('Splunk does not have it and nobody says why');
  } else {
    if (isDocument || isEvent) wrong('it arrived');
    if (!rejects.some(({ reason }) => fate.test(reason))) wrong(`refused otherwise: ${said}`);
  }
}

/** The value is there as it was, or its field is left out. */
const carriesIn = (document: string, value: string): boolean =>
  !/fuzz":/.test(document) || document.includes(`fuzz":${value}`);

/** Each damaged body holds three good records, and a good body comes behind it. */
export async function damagedBodies(at: Stage, kind: Kind, framing: Framing): Promise<Verdict[]> {
  const damages = BODY_DAMAGES.filter(({ format = kind.format }) => format === kind.format);
  const messages = damages.map(({ apply }, i) => {
    const mark = (which: string) => `mark${i + 1}${which}`;
    const body = framing.frame(['a', 'b', 'z'].map((which) => kind.record(mark(which))));
    return [apply(body), framing.frame([kind.record(mark('n'))])];
  });
  const arrived = await at.run(kind, [[framing.frame([kind.record(CLEAN)])], ...messages]);
  const view = new View(arrived);
  const verdicts = damages.map((damage, i): Verdict => {
    const marks = ['a', 'b', 'z'].map((which) => `mark${i + 1}${which}`);
    const faults = judged((wrong) => {
      judgeGood(view, `mark${i + 1}n`, wrong);
      judgeBody(view, damage, marks, uriOf(i + 1, 0), wrong);
    });
    const delivered = marks.filter((mark) => view.documents(mark).length > 0).length;
    const outcome = `${delivered} of 3 delivered${refused(view.rejects(uriOf(i + 1, 0)))}`;
    return { input: damage.name, kind: `${kind.name}, ${framing.name}`, outcome, faults };
  });
  return [...verdicts, stated(arrived)];
}

const refused = (rejects: readonly Kept[]): string => (rejects.length === 0 ? '' : `; ${outcomeOf(rejects, false)}`);

function judgeBody(
  view: View,
  { arrives, told }: BodyDamage,
  marks: readonly string[],
  uri: string,
  wrong: Wrong,
): void {
  const reasons = view.rejects(uri).map(({ reason }) => reason);
  judgeReasons(reasons, wrong);
  if (told === undefined ? reasons.length > 0 : !reasons.some((reason) => told.test(reason)))
    wrong(`it says ${JSON.stringify(reasons)}`);
  if (arrives === 'all') for (const mark of marks) judgeGood(view, mark, wrong);
  if (arrives === 'none')
    for (const mark of marks) if (view.documents(mark).length + view.events(mark).length > 0) wrong(`${mark} arrived`);
  for (const mark of marks) if (view.documents(mark).length > 1) wrong(`${mark} arrived more than once`);
}

const MAX_BYTES = 1 << 30;

async function* one<T>(value: T): AsyncGenerator<T> {
  yield value;
}

/** Random damage to a body; good bodies before and behind each hundred arrive whatever comes between. */
export async function mutated(kind: Kind, body: Uint8Array, count: number, seed: number): Promise<Verdict> {
  const good = (at: number): Uint8Array => kind.framings[0].frame([kind.record(`mark${at}n`)]);
  const bodies = [...mutants(body, count, seed)].flatMap((mutant, i) =>
    i % 100 === 99 ? [mutant, good(i)] : [mutant],
  );
  async function* all(): AsyncGenerator<Body> {
    for (const [at, bytes] of bodies.entries()) {
      const uri = `s3://logs/${at}@0`;
      yield { uri, stays: true, chunks: unpacked(one(bytes), { uri, maxBytes: MAX_BYTES }) };
    }
  }
  const { documents, events, rejects, breaches, errors } = await direct(kind, [all]);
  const faults = judged((wrong) => {
    for (let i = 99; i < count; i += 100) {
      if (documents[`mark${i}n`] !== 1 || events[`mark${i}n`] !== 1)
        wrong(`the good body behind ${i} did not arrive once`);
    }
    judgeReasons(Object.keys(rejects), wrong);
  });
  const sum = Object.values(rejects).reduce((a, b) => a + b, 0);
  const arrived = Object.values(documents).reduce((a, b) => a + b, 0);
  return {
    input: `${count} bodies with random damage, seed ${seed}`,
    kind: kind.name,
    outcome: `${arrived} records delivered, ${sum} refused for ${Object.keys(rejects).length} reasons`,
    faults: [...faults, ...breaches, ...errors],
  };
}

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));
const FLAGS = ['--max-semi-space-size=4']; // as in serverless.yml
/** What is kept may say more than what came by so much: a line of JSON around each reject. */
const MOST_OF_REJECT = 300;
/** A few that escape every byte. */
const MOST_OF_FEW = 1 << 20;

/** In a process of its own. */
export async function heavy(kind: Kind, input: Heavy): Promise<Verdict> {
  const common = { input: input.name, kind: kind.name };
  let run: Run;
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, WORKER, kind.name, input.name], {
      timeout: HANGS,
      maxBuffer: 1 << 26,
      env: { ...process.env, NODE_OPTIONS: '', MALLOC_ARENA_MAX: '1' },
    });
    run = JSON.parse(stdout);
  } catch (error) {
    return { ...common, outcome: 'it crashed or hung', faults: [String(error)] };
  }
  const { documents, events, rejects, bytes, read, breaches, errors, peak } = run;
  const faults = judged((wrong) => {
    for (const mark of input.arrives)
      if (documents[mark] !== 1 || events[mark] !== 1)
        wrong(`${mark} arrived ${documents[mark]} and ${events[mark]} times`);
    if (peak > MOST_MEMORY) wrong(`it took ${peak} MB`);
    const reasons = Object.keys(rejects);
    judgeReasons(reasons, wrong);
    const { told } = input;
    if (told === undefined ? reasons.length > 0 : !reasons.some((reason) => told.test(reason)))
      wrong(`it says ${JSON.stringify(reasons)}`);
    const count = Object.values(rejects).reduce((a, b) => a + b, 0);
    if (bytes.kept > read * 2 + count * MOST_OF_REJECT + MOST_OF_FEW) wrong(`it keeps ${bytes.kept} bytes of ${read}`);
    if (input.mostRead !== undefined && read > input.mostRead) wrong(`it read ${read} bytes`);
  });
  const said = Object.entries(rejects).map(([reason, times]) => (times === 1 ? reason : `${times} × ${reason}`));
  const arrived = Object.values(documents).reduce((a, b) => a + b, 0);
  const outcome = `${arrived} delivered${said.length === 0 ? '' : `; refused: ${said.slice(0, 2).join('; ')}`}`;
  return { ...common, outcome, peak, faults: [...faults, ...breaches, ...errors] };
}
