/** The CloudFormation of the stack besides its functions: files of resources/ and of functions/, laid over each other. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fill, type Node, overlay, type Tree, type Words } from './compose.ts';
import { DEFAULTS, kindOf, ownFile, wordsOf } from './functions.ts';
import { OWN_PIECES, PIECES, STACK_PIECES, type Variant } from './pieces.ts';
import type { FunctionName, Settings } from './settings.ts';
import { stackWords } from './words.ts';
import { readYaml } from './yaml.ts';

/** `folder`: the project's. Throws Error that names the file with an unknown word or variant. */
export function resourcesOf(settings: Settings, folder: string): Tree {
  const stack = STACK_PIECES.map(([file, choose]) =>
    piece(join(folder, 'resources', `${file}.yml`), choose(settings), stackWords(settings)),
  );
  const own = settings.functions.flatMap((name) => piecesOf(name, settings, folder));
  return [...stack, ...own].reduce<Tree>((below, above) => overlay(below, above) as Tree, {});
}

function piecesOf(name: FunctionName, settings: Settings, folder: string): Tree[] {
  const words = wordsOf(name, settings, folder);
  const shared = DEFAULTS[kindOf(name)].pieces.map((each) =>
    piece(join(folder, 'resources', 'source', `${each}.yml`), PIECES[each](settings, name), words),
  );
  const home = join(folder, 'functions', name);
  const { resources = [] } = ownFile(folder, name);
  const always = existsSync(join(home, 'resources.yml')) ? ['resources.yml', ...resources] : resources;
  const own = always.map((each) => {
    const [file, choice] = each.split(':');
    return piece(join(home, file), choice === undefined ? 'whole' : OWN_PIECES[choice](settings, name), words);
  });
  return [...shared, ...own];
}

function piece(path: string, variant: Variant, words: Words): Tree {
  if (variant === 'none') return {};
  const file = readYaml(path) as Tree;
  const chosen: Node | undefined = variant === 'whole' ? file : file[variant];
  if (chosen === undefined) throw new Error(`${path} has no variant "${variant}": expected ${Object.keys(file)}`);
  try {
    return fill(chosen as Tree, words);
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, { cause });
  }
}
