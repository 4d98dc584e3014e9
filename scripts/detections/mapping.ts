/** How OpenSearch holds a field: read from the templates that bootstrap puts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../opensearch');

/** `unindexed`: kept and shown, but a search in it finds nothing. */
export type Type =
  | 'keyword'
  | 'flat_object'
  | 'match_only_text'
  | 'ip'
  | 'number'
  | 'boolean'
  | 'date'
  | 'unindexed'
  | 'other';

interface Mapping {
  readonly type?: string;
  readonly enabled?: boolean;
  readonly properties?: Readonly<Record<string, Mapping>>;
}

interface Template {
  readonly composed_of?: readonly string[];
  readonly template?: { readonly mappings?: Mapping };
}

const NUMBERS: ReadonlySet<string> = new Set(['long', 'integer', 'float', 'double', 'scaled_float', 'short']);
const SAME: ReadonlySet<string> = new Set(['keyword', 'flat_object', 'match_only_text', 'ip', 'boolean', 'date']);

const read = (path: string): Template => JSON.parse(readFileSync(join(FOLDER, path), 'utf8'));

/** In: the name of an index template, `aws-cloudtrail`. Out: the type of a field; texts are keywords where nothing is said. */
export function typesOf(name: string): (field: string) => Type {
  const index = read(`index/${name}.json`);
  const parts = (index.composed_of ?? []).map((part) => read(`component/${part.replace(/^bongsu-/, '')}.json`));
  const mappings = [...parts, index].map(({ template }) => template?.mappings).filter((each) => each !== undefined);
  return (field) => {
    for (const mapping of mappings) {
      const type = typeIn(mapping, field.split('.'));
      if (type !== undefined) return type;
    }
    return 'keyword';
  };
}

function typeIn(mapping: Mapping, path: readonly string[]): Type | undefined {
  let at: Mapping | undefined = mapping;
  for (const name of path) {
    at = at.properties?.[name];
    if (at === undefined) return undefined;
    if (at.type === 'flat_object') return 'flat_object'; // whatever is below it
    if (at.enabled === false) return 'unindexed';
  }
  const { type } = at;
  if (type === undefined) return undefined;
  if (NUMBERS.has(type)) return 'number';
  return SAME.has(type) ? (type as Type) : 'other';
}
