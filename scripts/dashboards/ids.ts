/** Ids of saved objects: readable, and the same on every build, so that an import replaces what was there. */
import type { Dashboard, Panel } from '../../opensearch/dashboard/model.ts';

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');

export const dashboardId = ({ id }: Dashboard): string => `bongsu-${id}`;
export const panelId = (dashboard: Dashboard, { index, title }: Panel): string =>
  `bongsu-${dashboard.id}-${slug(index.replace(/^aws-/, ''))}-${slug(title)}`;
export const filtersId = ({ id }: Dashboard): string => `bongsu-${id}-filters`;
export const purposeId = ({ id }: Dashboard): string => `bongsu-${id}-purpose`;
