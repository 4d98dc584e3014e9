/** `npm run detections -- <command>`: what is detected, and what becomes of it in both products. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { oneOf, run } from './command.ts';
import { added } from './detections/add.ts';
import { checkAll } from './detections/check.ts';
import { coverageOf, sourcesOf, words } from './detections/coverage.ts';
import { explained } from './detections/explain.ts';
import { generated, MONITORS } from './detections/generate.ts';
import { library, ROOT } from './detections/load.ts';
import { triedOn } from './detections/logs.ts';
import { RuleRefusal } from './detections/refusal.ts';
import { tested } from './detections/tested.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function list(): number {
  for (const each of library().kept) {
    const { level, name, techniques, title } = each.detection;
    say(
      `${level.padEnd(13)} ${name.padEnd(36)} ${sourcesOf(each).join(',').padEnd(22)} ${techniques.join(',').padEnd(20)} ${title}`,
    );
  }
  return 0;
}

function coverage(): number {
  const { kept } = library();
  for (const { tactic, techniques } of coverageOf(kept)) {
    if (techniques.length === 0) continue;
    say(words(tactic));
    for (const { id, name, count } of techniques) say(`  ${id.padEnd(10)} ${String(count).padStart(3)}  ${name}`);
  }
  say(`\nSources that have to be on: ${[...new Set(kept.flatMap(sourcesOf))].sort().join(', ')}`);
  return 0;
}

function generate(): number {
  const all = library();
  checkAll(all.kept, all.lists);
  const files = generated(all);
  mkdirSync(join(ROOT, MONITORS), { recursive: true });
  for (const name of readdirSync(join(ROOT, MONITORS))) {
    if (!files.has(`${MONITORS}/${name}`)) rmSync(join(ROOT, MONITORS, name));
  }
  for (const [path, text] of files) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
  }
  say(`${all.kept.length} detections: ${files.size} files written`);
  return 0;
}

interface Options {
  readonly out?: string | undefined;
  readonly on?: string | undefined;
  readonly as?: string | undefined;
}

const COMMANDS: Readonly<Record<string, (names: readonly string[], options: Options) => number | Promise<number>>> = {
  list,
  coverage,
  generate,
  test: ([name], { on, as = 'cloudtrail' }) => (on === undefined ? tested(name, say) : triedOn(on, as, name, say)),
  explain: ([name = '']) => explained(name, say),
  add: (names, { out }) => added(names, out, say),
};

await run({
  help: {
    usage: ['detections -- <command> [options]'],
    about:
      'Detections: Sigma rules with their tests, compiled into monitors of OpenSearch and saved searches of Splunk.',
    arguments: {
      list: 'every detection: severity, name, sources, techniques',
      'test [name|group]':
        'check detections and run their tests, on a real OpenSearch node where this machine can start one',
      'explain <name>': 'what it is, both queries, its tests',
      coverage: 'techniques of MITRE ATT&CK, and the sources that have to be on',
      generate: "write opensearch/monitor/, the Splunk app's searches and macros, docs/generated/detections.md",
      'add <path>…': 'compile Sigma rules of your own or public ones, name unknown fields, run their tests',
    },
    options: {
      '--out <folder>': 'with add: write monitors and savedsearches.conf there',
      '--on <folder>': 'with test: run the detections over real logs and print which fire on which events',
      '--as <service>': 'with --on: cloudtrail (default), route53resolver, waf or networkfirewall',
    },
    one: 'a rule was refused, or a test failed',
  },
  options: { out: { type: 'string' }, on: { type: 'string' }, as: { type: 'string' } },
  takesPaths: true,
  async run(options, [name = '', ...names]) {
    const command = COMMANDS[oneOf('command', name, Object.keys(COMMANDS))];
    try {
      return await command(names, options);
    } catch (error) {
      if (!(error instanceof RuleRefusal)) throw error;
      process.stderr.write(`refused: ${error.message}\n`);
      return 1;
    }
  },
});
