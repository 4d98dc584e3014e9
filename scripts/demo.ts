/** `npm run demo`: sends a small invented incident from a local AWS to OpenSearch and Splunk. */

import { messageOf } from '../shared/errors.ts';
import { type SourceName, sourceNames } from '../shared/sources.ts';
import { python } from '../test/rig/python.ts';
import { none, run } from './command.ts';
import { composed } from './demo/compose.ts';
import { deployed, stage as onStack } from './demo/deployed.ts';
import { build, INVENTORY, look, ON_AWS, summaryOf } from './demo/estate.ts';
import { local } from './demo/local.ts';
import { writePage } from './demo/page.ts';
import type { Arrived, ItemCounts, Stage } from './demo/stage.ts';
import { incident } from './incident.ts';

interface Row {
  readonly source: SourceName;
  readonly objects: number;
  /** Records that the generator made. */
  readonly made: number;
  readonly read: number;
  readonly opensearch: number;
  readonly splunk: number;
  readonly filtered: number;
  readonly rejected: number;
  /** Every record is in both destinations, or was filtered, or was malformed on purpose and is in the quarantine. */
  readonly complete: boolean;
}

const DAY_MS = 86_400_000;

const say = (line: string) => process.stderr.write(`· ${line}\n`);

interface Options {
  readonly json: boolean;
  /** Leave everything running. */
  readonly keep: boolean;
  /** OpenSearch and the HEC receiver of compose.yaml. */
  readonly compose: boolean;
}

/** Returns the exit status. */
async function demo({ json, keep, compose }: Options): Promise<number> {
  const started = performance.now();
  const end = new Date(); // of the incident: none of its events lies in the future
  const stage = await setUp(end, compose);
  for (const line of stage.leftOut) say(line);
  try {
    const story = incident(end);
    say(`playing the incident: ${story.objects.length} objects, ${story.events.length} events`);
    await stage.play(story.objects, story.events);
    const { rows, samples } = await results(stage, story);
    print(rows, samples);
    const joined = await stage.joined?.();
    if (joined !== undefined) process.stdout.write(`\na flow log with its asset\n${JSON.stringify(joined)}\n`);
    const access = await stage.access?.();
    if (access !== undefined) process.stdout.write(`\nwho may do what\n${access.join('\n')}\n`);
    if (stage.assets !== undefined) process.stdout.write(`\n${stage.assets}\n`);
    const complete = rows.every((each) => each.complete);
    const seconds = Math.round((performance.now() - started) / 1000);
    process.stdout.write(
      `\n${complete ? 'All records are accounted for' : 'NOT all records are accounted for'} (${seconds} s).\n`,
    );
    if (stage.search !== undefined) {
      const counts = { head: COLUMNS, rows: rows.map((each) => COLUMNS.map((column) => each[column])) };
      const { file, empty } = await writePage(stage.search, end, counts);
      process.stdout.write(`The dashboards, drawn: ${file}\n`);
      process.stdout.write(`Panels without data: ${empty.length}\n${empty.map((each) => `  ${each}\n`).join('')}`);
    }
    if (keep) await untilStopped(stage);
    if (json) {
      const result = { complete, seconds, leftOut: stage.leftOut, sources: rows, samples };
      process.stdout.write(`${JSON.stringify(result)}\n`);
    }
    return complete ? 0 : 1;
  } finally {
    await stage.stop();
  }
}

async function results(stage: Stage, story: ReturnType<typeof incident>) {
  const counts = await stage.counts();
  const rows: Row[] = [];
  const samples: Record<string, Arrived['samples']> = {};
  for (const source of sourceNames) {
    const own = expected(source, story);
    if (own.objects === 0) continue; // deployed, but not in this story
    const arrived = await stage.arrived(source);
    rows.push(row(source, own, counts, arrived));
    samples[source] = arrived.samples;
  }
  return { rows, samples };
}

async function setUp(end: Date, compose: boolean): Promise<Stage> {
  const missing: string[] = [];
  const found = await python((line) => {
    say(line);
    missing.push(line);
  });
  if (found === undefined) return local(missing);
  const destinations = compose ? { destinations: composed } : {};
  const stack = await deployed(found, say, { aws: ON_AWS, params: INVENTORY, ...destinations });
  if ('skipped' in stack) return local([stack.skipped]);
  try {
    say('creating resources in three accounts, and running the asset inventory');
    await build(stack.aws, new Date(end.getTime() - DAY_MS));
    return { ...onStack(stack), assets: summaryOf(await look(stack.aws, stack.outputs)) };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

interface Expected {
  readonly objects: number;
  readonly records: number;
  readonly broken: number;
  readonly heldBack: number;
}

function expected(source: SourceName, { objects, events }: ReturnType<typeof incident>): Expected {
  const own = [...objects, ...events.map((event) => ({ ...event, broken: 0 }))].filter(
    (each) => each.source === source,
  );
  const sum = (name: 'records' | 'broken' | 'heldBack') => own.reduce((total, each) => total + each[name], 0);
  return { objects: own.length, records: sum('records'), broken: sum('broken'), heldBack: sum('heldBack') };
}

function row(
  source: SourceName,
  { objects, records, broken, heldBack }: Expected,
  counts: readonly ItemCounts[],
  arrived: Arrived,
): Row {
  const own = counts.filter((each) => each.source === source);
  const sum = (count: (each: ItemCounts) => number) => own.reduce((total, each) => total + count(each), 0);
  const read = sum((each) => each.read);
  const { opensearch, splunk, quarantined } = arrived;
  const good = records - broken;
  return {
    source,
    objects,
    made: records,
    read,
    opensearch,
    splunk,
    filtered: sum(({ splunk }) => splunk.filtered),
    rejected: quarantined,
    complete:
      read === records &&
      opensearch === good &&
      splunk === good - heldBack &&
      quarantined === broken &&
      sum((each) => each.undecodable) === broken,
  };
}

const COLUMNS = ['source', 'objects', 'made', 'read', 'opensearch', 'splunk', 'filtered', 'rejected'] as const;

function print(rows: readonly Row[], samples: Readonly<Record<string, Arrived['samples']>>): void {
  const line = (cells: readonly (string | number)[]) =>
    `${cells.map((cell, i) => (i === 0 ? String(cell).padEnd(11) : String(cell).padStart(11))).join('')}\n`;
  process.stdout.write(`\n${line(COLUMNS)}`);
  for (const each of rows) process.stdout.write(line(COLUMNS.map((column) => each[column])));
  for (const [source, { opensearch, splunk }] of Object.entries(samples)) {
    process.stdout.write(`\n${source} in OpenSearch\n${JSON.stringify(opensearch)}\n`);
    process.stdout.write(`${source} in Splunk\n${JSON.stringify(splunk)}\n`);
  }
}

/** Waits for SIGINT or SIGTERM. */
async function untilStopped({ hints }: Stage): Promise<void> {
  process.stdout.write(`\nRunning until Ctrl-C.\n${hints.map((hint) => `  ${hint}\n`).join('')}`);
  await new Promise<void>((resolve) => {
    const beat = setInterval(() => {}, 60_000);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        clearInterval(beat);
        resolve();
      });
    }
  });
}

await run({
  help: {
    usage: ['demo -- [--json] [--keep] [--compose]'],
    about: `Deploys this stack to a local AWS and sends a small invented incident through it: logs and a Prowler scan as S3 objects,
findings of GuardDuty, Security Hub, Inspector, Macie and Shield as EventBridge events. Then checks what arrived in
OpenSearch and at a Splunk HEC receiver, and draws the dashboards into out/demo/index.html.
Uses a JDK (11 or newer) with Maven and Python 3.11 if it finds them. Otherwise the handlers run in this process and write
files, and the output names what was left out.`,
    options: {
      '--json': 'also print the result as JSON, on the last line',
      '--keep': 'leave everything running, and print how to send a file of your own',
      '--compose': 'OpenSearch, Dashboards and the HEC receiver by Docker Compose (compose.yaml) in place of their own',
    },
    one: 'a record is not accounted for',
  },
  options: {
    json: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    compose: { type: 'boolean', default: false },
  },
  async run(values, positionals) {
    none(positionals);
    try {
      return await demo(values);
    } catch (error) {
      process.stderr.write(`demo: ${messageOf(error)}\n`);
      return 2;
    }
  },
});
