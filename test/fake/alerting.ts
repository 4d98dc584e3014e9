/**
 * The APIs of OpenSearch's alerting and notifications plugins, as far as the bootstrap uses them and as they are documented; the plugins
 * are published nowhere, so that the real ones can't run in tests. As the real one it gives queries back in another form, answers 404
 * to a search before the first monitor, and refuses a monitor of a wrong form.
 * https://docs.opensearch.org/latest/observing-your-data/alerting/api/ · https://docs.opensearch.org/latest/observing-your-data/notifications/api/
 */

import type { Api, Call } from '../../functions/bootstrap/api.ts';
import { DeliveryError } from '../../shared/errors.ts';

type Content = Record<string, unknown>;

export interface Alerting {
  readonly api: Api;
  readonly monitors: Map<string, Content>;
  readonly channels: Map<string, Content>;
  /** Requests that changed something. */
  readonly changes: string[];
}

export function alerting(): Alerting {
  const monitors = new Map<string, Content>();
  const channels = new Map<string, Content>();
  const changes: string[] = [];
  let number = 0;
  const refuse = (path: string, status: number): never => {
    throw new DeliveryError(`${path}: ${status}`, { path, status });
  };

  function monitor({ method, path, body = {} }: Call): unknown {
    const id = path.split('/')[4];
    if (id === '_search') return monitors.size === 0 ? refuse(path, 404) : found(monitors, body as Content);
    mustBeMonitor(body as Content, () => refuse(path, 400));
    if (method === 'PUT' && !monitors.has(id)) refuse(path, 404);
    const key = id ?? `id-${++number}`;
    changes.push(`${method} ${(body as Content).name}`);
    monitors.set(key, { schema_version: 8, ...structuredClone(body), last_update_time: number });
    return { _id: key };
  }

  function channel({ method, path, body = {} }: Call): unknown {
    const id = path.split('/')[4];
    if (method === 'GET') {
      const config = channels.get(id);
      return config && { config_list: [{ config_id: id, config }], total_hits: 1 };
    }
    const { config_id = id, config } = body as { readonly config_id?: string; readonly config: Content };
    if (method === 'POST' && channels.has(config_id)) refuse(path, 409);
    changes.push(`${method} ${config_id}`);
    channels.set(config_id, structuredClone(config));
    return { config_id };
  }

  const api: Api = async (call) => {
    if (call.path.startsWith('/_plugins/_alerting/monitors')) return monitor(call);
    if (call.path.startsWith('/_plugins/_notifications/configs')) return channel(call);
    return refuse(call.path, 400);
  };
  return { api, monitors, channels, changes };
}

/** As a search does: by the beginning of the name, ten unless more are asked for, queries with what they are by default. */
function found(monitors: ReadonlyMap<string, Content>, { size = 10, query }: Content): object {
  const [[field, prefix]] = Object.entries((query as { prefix: Record<string, string> }).prefix);
  if (field !== 'monitor.name.keyword') throw new Error(`monitors have no field ${field}`);
  const hits = [...monitors]
    .filter(([, { name }]) => String(name).startsWith(prefix))
    .slice(0, size as number)
    .map(([_id, { inputs: _, ...rest }]) => ({
      _id,
      _source: { ...rest, inputs: [{ search: { query: { boost: 1 } } }] },
    }));
  return { hits: { hits } };
}

function mustBeMonitor(
  { type, name, monitor_type, schedule, inputs, triggers, enabled }: Content,
  refuse: () => never,
): void {
  const [input] = (inputs ?? []) as readonly {
    readonly search?: { readonly indices?: unknown; readonly query?: unknown };
  }[];
  const [trigger] = (triggers ?? []) as readonly { readonly bucket_level_trigger?: { readonly condition?: unknown } }[];
  const isGood =
    type === 'monitor' &&
    typeof name === 'string' &&
    monitor_type === 'bucket_level_monitor' &&
    typeof enabled === 'boolean' &&
    typeof (schedule as { readonly period?: { readonly interval?: unknown } })?.period?.interval === 'number' &&
    Array.isArray(input?.search?.indices) &&
    typeof input.search.query === 'object' &&
    typeof trigger?.bucket_level_trigger?.condition === 'object';
  if (!isGood) refuse();
}
