/**
 * `npm run fuzz`: everything of test/fault/corpus.ts and heavy.ts against every source, and random damage for as long as is
 * asked for. stdout: a table in Markdown; what is not as it should be stands behind it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { heavyOf } from '../test/fault/heavy.ts';
import { damagedBodies, damagedRecords, heavy, mutated, type Verdict } from '../test/fault/judge.ts';
import { FILES, KINDS, type Kind, MARKS } from '../test/fault/kinds.ts';
import { stage } from '../test/fault/run.ts';

const HELP = `usage: npm run fuzz -- [--seed N] [--minutes M] [--source S] [--write FILE]

Gives every source broken, odd and hostile input among good records, and looks at what arrives.
  --seed     of the random damage (default 1)
  --minutes  of random damage, behind what is always tried (default 1)
  --source   only kinds whose name begins so: ${[...new Set(KINDS.map(({ name }) => name.split(' ')[0]))].join(', ')}
  --write    puts the table between the marks of this file, too

stdout        input | source | outcome | peak memory of inputs that run in a process of their own
exit status   1 where something is not as it should be, 2 for a wrong option
`;

const ROUND = 500; // random inputs of a kind at a time

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function known(kinds: readonly Kind[]): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const at = await stage();
  for (const kind of kinds) {
    for (const framing of kind.framings) {
      say(`${kind.name}, ${framing.name}`);
      verdicts.push(...(await damagedRecords(at, kind, framing)), ...(await damagedBodies(at, kind, framing)));
    }
  }
  await at.stop();
  for (const kind of kinds) {
    for (const input of heavyOf(kind)) {
      say(`${kind.name}: ${input.name}`);
      verdicts.push(await heavy(kind, input));
    }
  }
  return verdicts;
}

/** Bodies in turn, each round with a seed of its own. */
async function random(kinds: readonly Kind[], seed: number, minutes: number): Promise<Verdict[]> {
  const bodies = kinds.flatMap((kind) => [
    ...kind.framings.map(({ frame }) => ({ kind, body: frame(MARKS.map((mark) => kind.record(mark))) })),
    ...FILES.filter((file) => file.kind === kind.name).map(({ body }) => ({ kind, body })),
  ]);
  const verdicts: Verdict[] = [];
  const end = Date.now() + minutes * 60_000;
  for (let round = 0; Date.now() < end; round++) {
    const { kind, body } = bodies[round % bodies.length];
    verdicts.push(await mutated(kind, body, ROUND, seed + round));
  }
  return verdicts;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/[\r\n]+/g, ' ');

const MOST_SHOWN = 3; // outcomes in a row

/** One row an input, with how many forms had which outcome. */
function table(verdicts: readonly Verdict[]): string {
  const lines = [...Map.groupBy(verdicts, ({ input }) => input)].map(([input, same]) => {
    const outcomes = [...Map.groupBy(same, ({ outcome }) => outcome.replace('not routed: ', ''))]
      .toSorted(([, a], [, b]) => b.length - a.length)
      .map(([outcome, of]) => (of.length === same.length ? outcome : `${of.length} × ${outcome}`));
    const more = outcomes.length > MOST_SHOWN ? ` · ${outcomes.length - MOST_SHOWN} more` : '';
    const peaks = same.flatMap(({ peak }) => peak ?? []);
    const memory = peaks.length === 0 ? '' : `${Math.max(...peaks)} MB`;
    const kinds = same.length > 2 ? `${same.length} forms` : same.map(({ kind }) => kind).join('; ');
    return `| ${cell(input)} | ${cell(kinds)} | ${cell(outcomes.slice(0, MOST_SHOWN).join(' · ') + more)} | ${memory} |`;
  });
  return ['| input | source | outcome | peak memory |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

const START = '<!-- npm run fuzz -->';
const END = '<!-- /npm run fuzz -->';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '1' },
      source: { type: 'string', default: '' },
      write: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const [seed, minutes] = [values.seed, values.minutes].map(Number);
  const kinds = KINDS.filter(({ name }) => name.startsWith(values.source));
  if (kinds.length === 0 || !Number.isInteger(seed) || !(minutes >= 0)) {
    process.stderr.write(HELP);
    process.exitCode = 2;
    return;
  }
  const verdicts = await known(kinds);
  const more = await random(kinds, seed, minutes);
  const text = report(verdicts, more);
  process.stdout.write(`${text}\n`);
  if (values.write !== undefined) put(values.write, text);
  const faults = [...verdicts, ...more].flatMap(({ input, kind, faults }) =>
    faults.map((fault) => `${kind}: ${input}: ${fault}`),
  );
  for (const fault of faults) say(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

function report(verdicts: readonly Verdict[], more: readonly Verdict[]): string {
  const faults = [...verdicts, ...more].reduce((sum, { faults }) => sum + faults.length, 0);
  const peak = Math.max(0, ...verdicts.map(({ peak = 0 }) => peak));
  const inputs = verdicts.filter(({ kind }) => kind !== '');
  return `${inputs.length} inputs and ${more.length * ROUND} with random damage: ${faults} faults, at most ${peak} MB.\n\n${table(inputs)}`;
}

function put(path: string, text: string): void {
  const before = readFileSync(path, 'utf8');
  const [head] = before.split(START);
  const [, tail = ''] = before.split(END);
  writeFileSync(path, `${head}${START}\n\n${text}\n\n${END}${tail}`);
}

await main();
