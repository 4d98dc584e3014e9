/**
 * Logs of servers, sent by Filebeat and Winlogbeat in Elasticsearch's `_bulk` protocol: HTTPS → here → OpenSearch and Splunk.
 * In: actions and documents, a line each. Out: OpenSearch gets them in ECS, in an index for each dataset; Splunk gets the line
 * or the Windows event itself, under the sourcetype that its add-ons read.
 */
import { type Assets, refreshing } from '../../shared/enrich/assets.ts';
import type { Geo } from '../../shared/enrich/geo.ts';
import { DecodeError } from '../../shared/errors.ts';
import type { Decoder, Facts, Outcome, SinkName, Source } from '../../shared/model.ts';
import { streamOf } from '../../shared/sources.ts';
import { bytesOf } from '../../shared/text/bytes.ts';
import { compile, epochMs, type Field, find, type JsonObject } from '../../shared/transform/objects/compile.ts';
import { actionsIn, written } from './bulk/actions.ts';
import { whole } from './bulk/body.ts';
import { isChosen } from './record/chosen.ts';
import { type Dataset, datasetOf } from './record/datasets.ts';
import { enriched } from './record/enriched.ts';
import { eventXml } from './record/eventxml.ts';
import { merged } from './record/merged.ts';
import { type EndpointRecord, type NormalizeAll, recordsOf } from './record/records.ts';

export interface EndpointOptions {
  readonly geo: Pick<Geo, 'of'>;
  readonly assets?: Assets | undefined;
  readonly route: readonly SinkName[];
  /** Rows whose fields are laid over those of a document. */
  readonly fields?: readonly Field[];
  /** Datasets with an index of their own besides those of datasets.ts. */
  readonly datasets?: readonly string[];
  readonly normalizeAll: NormalizeAll;
}

/** Throws ConfigError for a row of `fields` that can't be compiled. */
export function endpoint(options: EndpointOptions): Source<EndpointRecord> {
  const { assets, route, fields = [], datasets = [], normalizeAll } = options;
  const more = new Set(datasets);
  const toOverlay = fields.length === 0 ? undefined : compile(fields, {});
  const decode: Decoder<EndpointRecord> = async function* (chunks) {
    yield recordsOf([...actionsIn(await whole(chunks))], normalizeAll);
  };
  return {
    ...streamOf('endpoint'),
    decode: refreshing(assets, decode),
    write({ id, document, actions }, _from, doc, facts) {
      const time = epochMs(document['@timestamp']);
      if (time === undefined) {
        const raw = Buffer.concat(actions.map(written));
        throw new DecodeError('the document has no time', { field: '@timestamp' }, { raw });
      }
      facts.id = id;
      facts.time = time;
      fill(facts, document, datasetOf(document, more));
      const all = enriched(document, time, options);
      doc.json(toOverlay === undefined ? all : merged(all, toOverlay(all)));
      return true;
    },
    raw: (record) => bytesOf(rawOf(record, datasetOf(record.document, more))),
    event: ({ actions }) => bytesOf(Buffer.concat(actions.map(written))),
    route: () => route,
  };
}

function fill(facts: Facts, document: JsonObject, { part, sourcetype, splunkSource }: Dataset): void {
  const text = (path: string) => String(find(document, path) ?? '');
  facts.part = part;
  facts.sourcetype = sourcetype;
  facts.splunkSource = splunkSource;
  facts.host = text('host.name') || text('winlog.computer_name') || text('host.hostname');
  facts.outcome = find(document, 'event.outcome') as Outcome | undefined;
  facts.account = text('cloud.account.id');
  facts.region = text('cloud.region');
  facts.detected = isChosen(document);
}

/** The lines, a Windows event as XML, or the document. */
function rawOf({ document, originals }: EndpointRecord, { isWindows, sourcetype }: Dataset): string {
  if (isWindows) return eventXml(document);
  const lines = originals.map((each) => find(each, 'event.original') ?? find(each, 'message'));
  const isText = sourcetype !== '' && lines.every((line) => typeof line === 'string');
  return isText ? lines.join('\n') : JSON.stringify(document);
}
