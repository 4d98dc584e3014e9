/** Puts templates where they are to be: on an OpenSearch, or into a folder for a dry run. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ResponseError } from '@opensearch-project/opensearch/lib/errors.js';
import { DeliveryError, messageOf } from '../../shared/errors.ts';
import { type ClientOptions, sender } from '../../shared/sink/opensearch/client.ts';
import type { Template } from './templates.ts';

/** Puts one template, over an older one if there is one. */
export type Put = (template: Template) => Promise<void>;

const TIMEOUT_MS = 30_000;

/** Throws DeliveryError with what OpenSearch says. */
export function onOpenSearch(access: ClientOptions): Put {
  const send = sender(access);
  return async ({ path, body }) => {
    const headers = { 'content-type': 'application/json' };
    try {
      await send(
        { method: 'PUT', path, body: Buffer.from(JSON.stringify(body)), headers },
        TIMEOUT_MS,
        new AbortController().signal,
      );
    } catch (cause) {
      const status = cause instanceof ResponseError ? cause.statusCode : undefined;
      throw new DeliveryError(`${path} was not put: ${messageOf(cause)}`, { path, status }, cause);
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

/** A mistake in a template, which no other try mends. A domain just made does not answer yet, or does not know our role. */
const STAYS: ReadonlySet<unknown> = new Set([400, 404, 405, 413]);
const PAUSE_MS = 3_000;

export interface Patience {
  /** Epoch milliseconds; no other try begins later. */
  readonly until: number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** In order, each tried until it is put. Returns their paths. Throws what `put` throws. */
export async function putAll(templates: readonly Template[], put: Put, patience: Patience): Promise<readonly string[]> {
  for (const template of templates) await persist(() => put(template), patience);
  return templates.map(({ path }) => path);
}

async function persist(work: () => Promise<void>, { until, sleep }: Patience): Promise<void> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const mayPass = error instanceof DeliveryError && !STAYS.has(error.fields.status);
      if (!mayPass || Date.now() + PAUSE_MS > until) throw error;
    }
    await sleep(PAUSE_MS);
  }
}
