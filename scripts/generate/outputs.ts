/** Every generated file: its path and its content by the code as it is now. */
import { join } from 'node:path';
import { allDeclarations } from '../../functions/asset-inventory/discovery/registry.ts';
import { EVENT_NAMES } from '../../functions/asset-inventory/events/events.ts';
import { generated } from '../detections/generate.ts';
import { library } from '../detections/load.ts';
import { onboarding, typesPage, writes } from './assets.ts';
import { clusterFiles } from './cluster.ts';
import { commandsPage } from './commands.ts';
import { dashboardFiles } from './dashboards.ts';
import { endpointsPage } from './endpoints.ts';
import { sourcesPage } from './sources.ts';

export async function outputs(): Promise<ReadonlyMap<string, string>> {
  const declarations = await allDeclarations();
  return new Map([
    ['resources/onboarding/asset-inventory.yml', onboarding(declarations, EVENT_NAMES)],
    ['functions/asset-inventory/writes.yml', writes(EVENT_NAMES)],
    ['docs/generated/asset-types.md', typesPage(declarations)],
    ['docs/generated/commands.md', await commandsPage()],
    ['docs/generated/endpoints.md', endpointsPage()],
    ['docs/generated/sources.md', sourcesPage()],
    ...dashboardFiles(),
    ...generated(library()),
    ...(await clusterFiles(join(import.meta.dirname, '../..'))),
  ]);
}
