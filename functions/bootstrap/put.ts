/** Puts templates one after the other, in a dry run into a folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Template } from './templates.ts';

/** Puts one template, over an older one if there is one. */
export type Put = (template: Template) => Promise<unknown>;

export const intoFolder =
  (folder: string): Put =>
  async ({ path, body }) => {
    const file = join(folder, 'opensearch', `${path}.json`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify(body, null, 2));
  };

/** In order. Returns their paths. Throws what `put` throws. */
export async function putAll(templates: readonly Template[], put: Put): Promise<readonly string[]> {
  for (const template of templates) await put(template);
  return templates.map(({ path }) => path);
}
