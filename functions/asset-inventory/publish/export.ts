/**
 * Exports the assets and changes of a run as OCSF events to the inventory's bucket:
 * `ocsf/<class>/<yyyy>/<mm>/<dd>/<run>-<account>-<region>.ndjson.gz`, one event a line. The day is the run's.
 * The same run always writes the same objects.
 */
import type { Asset, Change, Manifest } from '../../../shared/asset/model.ts';
import { keys } from '../run/model.ts';
import type { Store } from '../run/store.ts';
import { lineOf } from '../state/canonical.ts';
import { entityManagement, inventoryInfo } from './ocsf.ts';

type Class = 'cloud_resources_inventory_info' | 'entity_management';

/** Rejects with ReadError and DeliveryError. */
export async function exportRun(manifest: Manifest, store: Store): Promise<void> {
  const { run, at, shards } = manifest;
  const day = at.slice(0, 10).replaceAll('-', '/');
  for (const { account, region, key } of shards) {
    const write = async (name: Class, events: readonly (object | undefined)[]): Promise<void> => {
      const lines = events.filter((event) => event !== undefined).map(lineOf);
      if (lines.length === 0) return;
      await store.writeLines(`ocsf/${name}/${day}/${run}-${account}-${region}.ndjson.gz`, lines);
    };
    const assets = (await store.lines<Asset>(key)) ?? [];
    await write(
      'cloud_resources_inventory_info',
      assets.map((asset) => inventoryInfo(asset, manifest)),
    );
    const changes = (await store.lines<Change>(keys.changes(run, account, region))) ?? [];
    await write('entity_management', changes.map(entityManagement));
  }
}
