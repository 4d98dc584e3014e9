/**
 * Measures how deep a document may be nested before a node, with the JVM's own stack size, gives no answer: the greatest depth
 * that was answered, for objects and arrays, where a `flat_object` stands and where nothing is mapped.
 * Run: `node test/fault/depth.ts`. What it says is why MAX_DEPTH (shared/limits.ts) is what it is.
 */
import { readFileSync } from 'node:fs';
import { asker } from '../rig/opensearch/asker.ts';
import { startOpenSearch } from '../rig/opensearch/opensearch.ts';

const MAPPINGS: Readonly<Record<string, object>> = {
  flat_object: { properties: { f: { type: 'flat_object' } } },
  ignored: { dynamic: false, properties: {} },
  disabled: { properties: { f: { type: 'object', enabled: false } } },
};
const SHAPES: Readonly<Record<string, (depth: number) => string>> = {
  objects: (depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
  arrays: (depth) => `{"a":${'['.repeat(depth)}1${']'.repeat(depth)}}`,
  both: (depth) => `${'{"a":['.repeat(depth / 2)}1${']}'.repeat(depth / 2)}`,
};

const node = await startOpenSearch();
if ('skipped' in node) throw new Error(node.skipped);
const ca = readFileSync(node.caFile, 'utf8');
const ask = asker({ url: node.url, auth: { kind: 'basic', login: async () => node }, ca });
let number = 0;

async function says(index: string, value: string): Promise<string> {
  const body = JSON.parse(`{"f":${value}}`) as object;
  try {
    await Promise.race([
      ask('PUT', `/${index}/_doc/${number++}`, body),
      new Promise((_, reject) => setTimeout(() => reject(new Error('no answer')), 8_000)),
    ]);
    return 'accepted';
  } catch (error) {
    return (error as Error).message.slice(0, 120);
  }
}

process.stdout.write(`OpenSearch ${node.version}\n`);
for (const [name, mappings] of Object.entries(MAPPINGS)) {
  await ask('PUT', `/${name}`, { mappings });
  for (const [shape, make] of Object.entries(SHAPES)) {
    for (const depth of [100, 150, 200, 250, 300, 350, 400, 450, 500, 600, 700, 800, 900, 990]) {
      const said = await says(name, make(depth));
      process.stdout.write(`${name} ${shape} ${depth}: ${said}\n`);
      if (said === 'no answer') break;
    }
  }
}
await node.stop();
