/** `npm run fuzz`: damaged, odd and hostile input (test/fault/corpus.ts, heavy.ts) against every source, then random damage. */
import { writeFileSync } from 'node:fs';
import { heavyOf } from '../test/fault/heavy.ts';
import { damagedBodies, damagedRecords, heavy, mutated, type Verdict } from '../test/fault/judge.ts';
import { FILES, KINDS, type Kind, MARKS } from '../test/fault/kinds.ts';
import { stage } from '../test/fault/run.ts';
import { count, listed, none, oneOf, run, UsageError } from './command.ts';
import { page } from './generate/markdown.ts';

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

function report(verdicts: readonly Verdict[], more: readonly Verdict[]): string {
  const faults = [...verdicts, ...more].reduce((sum, { faults }) => sum + faults.length, 0);
  const peak = Math.max(0, ...verdicts.map(({ peak = 0 }) => peak));
  const inputs = verdicts.filter(({ kind }) => kind !== '');
  return `${inputs.length} inputs and ${more.length * ROUND} with random damage: ${faults} faults, at most ${peak} MB.\n\n${table(inputs)}`;
}

async function fuzz(kinds: readonly Kind[], seed: number, minutes: number, path: string | undefined): Promise<number> {
  const verdicts = await known(kinds);
  const more = await random(kinds, seed, minutes);
  const text = report(verdicts, more);
  process.stdout.write(`${text}\n`);
  if (path !== undefined)
    writeFileSync(path, page('Fuzzing results', 'npm run fuzz -- --write docs/generated/fuzzing.md', text));
  const faults = [...verdicts, ...more].flatMap(({ input, kind, faults }) =>
    faults.map((fault) => `${kind}: ${input}: ${fault}`),
  );
  for (const fault of faults) say(fault);
  return faults.length === 0 ? 0 : 1;
}

const SOURCES = [...new Set(KINDS.map(({ name }) => name.split(' ')[0]))];

await run({
  help: {
    usage: ['fuzz -- [options]'],
    about: `Sends malformed and hostile input among good records to every source, and checks what arrives at the destinations.
docs/explanation/fuzzing.md describes the checks.`,
    options: {
      '--source <name>': `only this source: ${listed(SOURCES)}`,
      '--seed <number>': 'seed of the random damage (default: 1)',
      '--minutes <number>': 'duration of the random damage, after the fixed inputs (default: 1)',
      '--write <file>': 'also write the table to this file: docs/generated/fuzzing.md',
    },
    output: { stdout: 'a table: input, source, outcome, peak memory of inputs that run in their own process' },
    one: 'a check failed',
  },
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '1' },
    source: { type: 'string' },
    write: { type: 'string' },
  },
  takesPaths: true,
  async run({ seed, minutes, source, write }, positionals) {
    none(positionals);
    const name = source === undefined ? '' : oneOf('source', source, SOURCES);
    const [least, length] = [count('--seed', seed), Number(minutes)];
    if (!(length >= 0)) throw new UsageError(`--minutes is "${minutes}": expected a number from 0.`);
    return fuzz(
      KINDS.filter((kind) => kind.name.startsWith(name)),
      least,
      length,
      write,
    );
  },
});
