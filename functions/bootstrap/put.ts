/** Puts templates as they are where they are to be: on an OpenSearch, or into a folder for a dry run. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DeliveryError, messageOf } from '../../shared/errors.ts';
import type { ClientOptions } from '../../shared/sink/opensearch/client.ts';
import { apiOf, type Patience, patient } from './api.ts';
import { dependsOnEngine, engineOf, forEngine } from './engine.ts';
import type { Template } from './templates.ts';

/** Puts one template, over an older one if there is one. */
export type Put = (template: Template) => Promise<unknown>;

/** Templates as the engine takes them. Throws DeliveryError with what OpenSearch says. */
export function onOpenSearch(access: ClientOptions, patience: Patience = { until: 0 }): Put {
  const api = patient(apiOf(access), patience);
  let version: string | undefined;
  return async ({ path, body }) => {
    try {
      if (dependsOnEngine(body)) version ??= await engineOf(api);
      await api({ method: 'PUT', path, body: forEngine(body, version ?? '') });
    } catch (cause) {
      if (!(cause instanceof DeliveryError)) throw cause;
      throw new DeliveryError(`${path} was not put: ${messageOf(cause.cause)}`, cause.fields, cause);
    }
  };
}

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
