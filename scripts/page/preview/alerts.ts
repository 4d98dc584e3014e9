/** Alerts for pictures: what the monitors find in the documents that are stored, as the source `alerts` writes it. */
import { alerts } from '../../../functions/alerts/source.ts';
import { aboutOf } from '../../detections/alertrecord.ts';
import { library } from '../../detections/load.ts';
import { collected } from '../../detections/proof/deliver.ts';
import { hitsOf, type lineSender, runOf, searched } from '../../detections/proof/node.ts';
import { monitorFor } from '../../detections/proof/proof.ts';
import type { Placed } from './fill.ts';

const SAMPLES = 10; // as many as the alerting plugin shows
const UNTIL_MS = 600_000; // all documents came in before

interface Hit {
  readonly _id: string;
  readonly _index: string;
  readonly _source: Readonly<Record<string, unknown>>;
}

/** One for each bucket that fulfils a monitor's condition, when the newest of its documents happened. */
export async function alertsOf(send: ReturnType<typeof lineSender>): Promise<readonly Placed[]> {
  const { kept, lists } = library();
  const until = Date.now() + UNTIL_MS;
  const monitors = kept.map(({ detection }) => monitorFor({ detection, lists }));
  const runs = await searched(
    send,
    monitors.map((each) => runOf(each, until)),
  );
  const shown = await searched(
    send,
    monitors.map((each) => shownOf(hitsOf(each, until))),
  );
  const lines = kept.flatMap(({ detection }, at) => {
    const hits = (shown[at].hits?.hits ?? []) as unknown as readonly Hit[];
    const samples = hits.map(({ _id, _index, _source }) => ({ _id, _index, ..._source }));
    return (runs[at].aggregations?.alerts.buckets ?? []).map(({ key }, number) => ({
      detection: aboutOf(detection),
      ...{ monitor: detection.name, id: `${detection.name}-${number}`, keys: Object.values(key).join(',') },
      link: `https://search.example.com/_dashboards/app/alerting#/monitors/${detection.name}`,
      start: hits[0]?._source['@timestamp'],
      samples: samples.length > 1 ? samples.slice(number, number + 1) : samples,
    }));
  });
  const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const { documents } = await collected(alerts({ route: ['opensearch'] }), 'alert:preview', body);
  return documents.map(({ id, document }) => ({ index: 'aws-alerts-2026.11', id, document }));
}

const shownOf = ({ indices, body }: ReturnType<typeof hitsOf>): ReturnType<typeof hitsOf> => ({
  indices,
  body: { ...body, size: SAMPLES, _source: true, sort: [{ '@timestamp': 'desc' }] },
});
