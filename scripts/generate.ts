/**
 * `npm run generate`: writes what follows from the declarations of types: the role that an account has for the inventory
 * (resources/onboarding/asset-inventory.yml), the rows of writes that its rule hears of, and the table of docs/reference/sources/asset-inventory.md.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allDeclarations } from '../functions/asset-inventory/discovery/registry.ts';
import { EVENT_NAMES } from '../functions/asset-inventory/events/events.ts';
import { onboarding, table, withTable, writes } from './generate/assets.ts';

const root = join(import.meta.dirname, '..');
const declarations = await allDeclarations();
const page = join(root, 'docs/reference/sources/asset-inventory.md');
await writeFile(join(root, 'resources/onboarding/asset-inventory.yml'), onboarding(declarations, EVENT_NAMES));
await writeFile(join(root, 'functions/asset-inventory/writes.yml'), writes(EVENT_NAMES));
await writeFile(page, withTable(await readFile(page, 'utf8'), table(declarations)));
