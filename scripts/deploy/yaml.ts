/** Reads YAML with CloudFormation's short forms: `!Ref X` → `{"Ref":"X"}`, `!GetAtt X.Arn` → `{"Fn::GetAtt":["X","Arn"]}`. */
import { readFileSync } from 'node:fs';
import { CORE_SCHEMA, defineScalarTag, defineSequenceTag, load } from 'js-yaml';
import type { Node } from './compose.ts';

const identify = () => false; // nothing is written as YAML

const scalar = (name: string, make: (text: string) => Node) => defineScalarTag(`!${name}`, { resolve: make, identify });

const list = (name: string) =>
  defineSequenceTag(`!${name}`, {
    create: (): Node[] => [],
    addItem: (items, item) => void items.push(item as Node),
    finalize: (items): Node => ({ [`Fn::${name}`]: items }),
    identify,
  });

const SCHEMA = CORE_SCHEMA.withTags(
  scalar('Ref', (text) => ({ Ref: text })),
  scalar('Sub', (text) => ({ 'Fn::Sub': text })),
  scalar('GetAtt', (text) => ({ 'Fn::GetAtt': attribute(text) })),
  ...['Join', 'Select', 'Split'].map(list),
);

/** The first dot separates: an attribute may have dots of its own. */
function attribute(text: string): string[] {
  const dot = text.indexOf('.');
  return [text.slice(0, dot), text.slice(dot + 1)];
}

/** Throws YAMLException that names the file and the line. */
export const readYaml = (path: string): Node =>
  load(readFileSync(path, 'utf8'), { schema: SCHEMA, filename: path }) as Node;
