/** What stands in `detections/`: rules by group, their tests beside them, samples, allow-lists. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { Detection, Lists } from './model.ts';
import { parse } from './parse.ts';
import { type Sample, type Tests, testsIn } from './proof/cases.ts';
import { RuleRefusal } from './refusal.ts';
import { documentsIn, isFields, textsIn } from './yaml.ts';

export const ROOT = join(import.meta.dirname, '../..');
export const FOLDER = join(ROOT, 'detections');

export interface Kept {
  readonly detection: Detection;
  /** The folder's name: `identity`. */
  readonly group: string;
  /** undefined: there are none. */
  readonly tests: Tests | undefined;
}

export interface Library {
  readonly kept: readonly Kept[];
  readonly lists: Lists;
}

/** Throws RuleRefusal of the first file that can't be read; with `refused`, reports it and goes on. */
export function library(folder = FOLDER, refused?: (error: RuleRefusal) => void): Library {
  const samples = samplesIn(join(FOLDER, 'samples'));
  const files = globSync('*/**/*.yml', { cwd: folder })
    .filter((file) => !/^(samples|lists)\//.test(file) && !file.endsWith('.test.yml'))
    .sort();
  const kept = files.flatMap((file) => {
    try {
      return keptIn(join(folder, file), dirname(file).split('/')[0], samples);
    } catch (error) {
      if (!(error instanceof RuleRefusal) || refused === undefined) throw error;
      refused(error);
      return [];
    }
  });
  return { kept, lists: listsIn(join(FOLDER, 'lists')) };
}

export function keptIn(path: string, group: string, samples: ReadonlyMap<string, Sample>): readonly Kept[] {
  const name = basename(path, '.yml');
  const detections = parse(readFileSync(path, 'utf8'), name);
  const beside = path.replace(/\.yml$/, '.test.yml');
  const tests = existsSync(beside) ? testsIn(readFileSync(beside, 'utf8'), name, samples) : undefined;
  return detections.map((detection) => ({ detection, group, tests }));
}

export function samplesIn(folder: string): ReadonlyMap<string, Sample> {
  const samples = new Map<string, Sample>();
  for (const file of globSync('*.yml', { cwd: folder })) {
    const [records] = documentsIn(readFileSync(join(folder, file), 'utf8'));
    if (!isFields(records)) throw new Error(`${relative(ROOT, join(folder, file))} is not a list of samples`);
    for (const [name, record] of Object.entries(records)) {
      if (samples.has(name)) throw new Error(`two samples are called "${name}"`);
      samples.set(name, { service: basename(file, '.yml'), record: record as Sample['record'] });
    }
  }
  return samples;
}

export function listsIn(folder: string): Lists {
  const lists = globSync('*.yml', { cwd: folder })
    .sort()
    .map((file) => {
      const [given] = documentsIn(readFileSync(join(folder, file), 'utf8'));
      return [basename(file, '.yml'), textsIn(isFields(given) ? given.values : [])];
    });
  return Object.fromEntries(lists);
}
