/** A second opinion: pySigma parses every rule, and a Python evaluator agrees with ours on every event of every test. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { library as detections, FOLDER } from '../../scripts/detections/load.ts';
import { PLACES } from '../../scripts/detections/logsources.ts';
import { matches, rulesOf, subjects } from '../../scripts/detections/proof/proof.ts';
import { everythingOf } from '../../scripts/detections/proof/verdicts.ts';
import { library } from '../splunk/pip.ts';

const { kept, lists } = detections();
const all = await subjects(kept, lists);
const everything = everythingOf(all);
let why = 'no Python';
const pysigma = await library('pysigma', join(import.meta.dirname, 'requirements.txt'), false, (line) => {
  why = line;
});

const questions = () => ({
  dotted: PLACES.flatMap(({ dotted = [] }) => dotted),
  rules: all.map(({ detection, group, lists: own }) => ({
    name: detection.name,
    lists: own,
    yaml: readFileSync(join(FOLDER, group, `${detection.file}.yml`), 'utf8'),
  })),
  events: everything.map(({ id, service, enriched }) => ({ id, service, record: enriched })),
});

function asked(python: string, folder: string, question: object): Promise<Readonly<Record<string, readonly string[]>>> {
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, PYTHONPATH: folder }, maxBuffer: 64_000_000 };
    const child = execFile(python, [join(import.meta.dirname, 'oracle.py')], options, (error, stdout, stderr) =>
      error === null ? resolve(JSON.parse(stdout)) : reject(new Error(stderr.slice(-2000))),
    );
    child.stdin!.end(JSON.stringify(question));
  });
}

if (pysigma === undefined) {
  if (process.env.CI === 'true') throw new Error(`no pySigma to ask: ${why}`);
  test.skip(`pySigma agrees: skipped: ${why}`, () => {});
} else {
  describe('pySigma agrees about', () => {
    let answers: Readonly<Record<string, readonly string[]>>;
    beforeAll(async () => {
      answers = await asked(pysigma.python, pysigma.folder, questions());
    });

    test.each(all.map((subject) => [subject.detection.name, subject] as const))(
      '%s',
      (_, { detection, lists: own }) => {
        for (const rule of rulesOf(detection)) {
          const ours = everything.filter((each) => matches(rule, each, own)).map(({ id }) => id);
          expect([...(answers[rule.name] ?? ['not answered'])].sort()).toEqual(ours.sort());
        }
      },
    );
  });
}
