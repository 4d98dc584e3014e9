/** `npm run demo`: a small made-up incident on its way from AWS to OpenSearch and Splunk. */

import { parseArgs } from 'node:util';
import { messageOf } from '../shared/errors.ts';
import { type SourceName, sourceNames } from '../shared/sources.ts';
import { python } from '../test/rig/python.ts';
import { deployed, stage as onStack } from './demo/deployed.ts';
import { build, INVENTORY, look, ON_AWS, summaryOf } from './demo/estate.ts';
import { local } from './demo/local.ts';
import type { Arrived, ItemCounts, Stage } from './demo/stage.ts';
import { incident } from './incident.ts';

const HELP = `npm run demo [-- --json] [--keep]

Deploys this project's own stack to a local AWS and puts a small made-up incident through it: logs and a scan of Prowler as
S3 objects, findings of GuardDuty, Security Hub, Inspector, Macie and Shield as EventBridge events. Then it asks both
destinations what arrived.
Needs Node; uses a JDK (11 or newer) with Maven for a real OpenSearch and Python 3.11 for the local AWS when it finds them.
Without them the same handlers run in process and write files, and it says what was left out.

--json   the same as one JSON object on the last line
--keep   leaves everything running and says how to send a file of your own
`;

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
  /** Every record made is in both destinations, or held back by a filter, or broken on purpose and in quarantine. */
  readonly complete: boolean;
}

const HOUR_MS = 3_600_000; // as long as the story is

const say = (line: string) => process.stderr.write(`· ${line}\n`);

async function main(): Promise<number> {
  const options = { json: { type: 'boolean' }, keep: { type: 'boolean' }, help: { type: 'boolean' } } as const;
  const { values } = parseArgs({ options });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const started = performance.now();
  const stage = await setUp();
  for (const line of stage.leftOut) say(line);
  try {
    // in the next whole hour: its hosts were made just now, and are nobody before
    const story = incident(new Date((Math.ceil(Date.now() / HOUR_MS) + 1) * HOUR_MS));
    say(`playing the incident: ${story.objects.length} objects, ${story.events.length} events`);
    await stage.play(story.objects, story.events);
    const counts = await stage.counts();
    const rows: Row[] = [];
    const samples: Record<string, Arrived['samples']> = {};
    for (const source of sourceNames) {
      if (expected(source, story).objects === 0) continue; // deployed, not in this story
      const arrived = await stage.arrived(source);
      rows.push(row(source, expected(source, story), counts, arrived));
      samples[source] = arrived.samples;
    }
    print(rows, samples);
    const joined = await stage.joined?.();
    if (joined !== undefined) process.stdout.write(`\na flow log with its asset\n${JSON.stringify(joined)}\n`);
    if (stage.assets !== undefined) process.stdout.write(`\n${stage.assets}\n`);
    const complete = rows.every((each) => each.complete);
    const seconds = Math.round((performance.now() - started) / 1000);
    process.stdout.write(
      `\n${complete ? 'Every record is accounted for' : 'NOT every record is accounted for'} (${seconds} s).\n`,
    );
    if (values.keep) await keep(stage);
    if (values.json) {
      process.stdout.write(
        `${JSON.stringify({ complete, seconds, leftOut: stage.leftOut, sources: rows, samples })}\n`,
      );
    }
    return complete ? 0 : 1;
  } finally {
    await stage.stop();
  }
}

async function setUp(): Promise<Stage> {
  const missing: string[] = [];
  const found = await python((line) => {
    say(line);
    missing.push(line);
  });
  if (found === undefined) return local(missing);
  const stack = await deployed(found, say, { aws: ON_AWS, params: INVENTORY });
  if ('skipped' in stack) return local([stack.skipped]);
  try {
    say('filling three accounts, and looking at what they own');
    await build(stack.aws);
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
  const told = [...objects, ...events.map((event) => ({ ...event, broken: 0 }))].filter(
    (each) => each.source === source,
  );
  const sum = (name: 'records' | 'broken' | 'heldBack') => told.reduce((total, each) => total + each[name], 0);
  return { objects: told.length, records: sum('records'), broken: sum('broken'), heldBack: sum('heldBack') };
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

/** Until the process is told to end. */
async function keep({ hints }: Stage): Promise<void> {
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

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`demo: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
