/** Where downloads and builds of the rigs are kept: `.cache` of the project, or the folder that BONGSU_CACHE names. */
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export const cache = (...names: readonly string[]): string =>
  join(process.env.BONGSU_CACHE ?? join(root, '.cache'), ...names);
