/** `npm run splunk:views`: writes the app's dashboards from scripts/splunk/dashboards/. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboards } from './dashboards/all.ts';
import { view } from './dashboards/definition.ts';

const folder = join(import.meta.dirname, '../../splunk/bongsu/default/data/ui/views');
for (const dashboard of dashboards) writeFileSync(join(folder, `${dashboard.id}.xml`), view(dashboard));
