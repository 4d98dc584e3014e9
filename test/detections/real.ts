/** Records that AWS itself wrote: CloudTrail objects of an attack that was simulated in a real account, and public rules for them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { cloudtrail } from '../../functions/cloudtrail/source.ts';
import { collected, type Delivered } from '../../scripts/detections/proof/deliver.ts';
import type { Record_ } from '../../scripts/detections/proof/envelope.ts';
import { noGeo } from '../../shared/enrich/geo.ts';

const folder = new URL('../../../shared/data/cloudtrail/', import.meta.url);
export const realFolder = fileURLToPath(folder);

/** Empty where the files are not on this machine. */
export const realFiles = (): readonly string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json.gz')) : [];

/** Each record with its document, by the source as it is deployed without inventory and places. */
export async function realEvents(): Promise<readonly Delivered[]> {
  const source = cloudtrail({ geo: noGeo, route: ['opensearch', 'splunk'] });
  const all: Delivered[] = [];
  for (const file of realFiles()) {
    const body = gunzipSync(readFileSync(new URL(file, folder))).toString();
    const records: readonly Record_[] = JSON.parse(body).Records;
    const { documents, sent } = await collected(source, `s3://real/${file}`, body);
    records.forEach((record, at) => {
      const time = Date.parse(String(record.eventTime));
      all.push({ service: 'cloudtrail', time, record, enriched: record, ...documents[at], ...sent[at] });
    });
  }
  return all;
}
