/** From settings to what a source works with. Wiring only, once per environment. */
import pkg from '../../package.json' with { type: 'json' };
import type { Assets } from '../enrich/assets.ts';
import { type Geo, noGeo } from '../enrich/geo.ts';
import { openAssets } from '../enrich/openassets.ts';
import { openGeo } from '../enrich/opengeo.ts';
import { localOr } from '../input/local.ts';
import { s3Bodies } from '../input/s3.ts';
import type { Bodies } from '../input/sqs.ts';
import type { Checkpoints, Ledger, Quarantine, SinkName, Source, Spill } from '../model.ts';
import type { Dependencies } from '../pipeline/collect.ts';
import { admission } from '../pipeline/filter.ts';
import { UNROUTED } from '../pipeline/unrouted.ts';
import { checkpoints } from '../sink/store/checkpoints.ts';
import { ledger } from '../sink/store/ledger.ts';
import { fileQuarantine, quarantine } from '../sink/store/quarantine.ts';
import { spill } from '../sink/store/spill.ts';
import type { Field } from '../transform/rows.ts';
import { firehose, s3 } from './clients.ts';
import { RESERVE_MS, type Runtime } from './lambda.ts';
import { settings } from './settings.ts';
import { type Stream, sinks } from './sinks.ts';

export interface SourceOptions {
  readonly geo: Geo;
  /** undefined: off. */
  readonly assets: Assets | undefined;
  readonly route: readonly SinkName[];
  readonly fields: readonly Field[];
}

/** What settings change in a source. Without `isEnriched` nothing is looked up, so nothing is opened. Throws ConfigError. */
export async function sourceOptions({ log, deadline }: Runtime, isEnriched = true): Promise<SourceOptions> {
  const { ROUTE, FIELDS, GEO_URL, ASSETS_URL } = settings();
  const [geo, assets] = await Promise.all([
    isEnriched ? openGeo(GEO_URL, { s3, log }) : noGeo,
    isEnriched ? openAssets(ASSETS_URL, { s3, log, invocation: deadline }) : undefined,
  ]);
  return { geo, assets, route: ROUTE, fields: FIELDS };
}

/** The same source, or one that matches its records with threat indicators. Off, nothing of it is loaded. Throws ConfigError. */
export async function withThreats<R>(source: Source<R>, { log, metrics, deadline }: Runtime): Promise<Source<R>> {
  const { THREAT_URL } = settings();
  if (THREAT_URL === 'off') return source;
  const { openIndicators } = await import('../enrich/threat/openindicators.ts');
  const { withIndicators } = await import('../enrich/threat/match.ts');
  return withIndicators(source, await openIndicators(THREAT_URL, { s3, log, metrics, invocation: deadline }), metrics);
}

/** Reads the S3 objects that a message names. */
export function objectBodies({ source, log, metrics }: Runtime): Bodies {
  const { SOURCES: others, MAX_OBJECT_BYTES: maxObjectBytes, REQUEST_PAYER } = settings();
  return s3Bodies(localOr(s3), {
    source,
    others,
    maxObjectBytes,
    isRequesterPaying: REQUEST_PAYER === 'requester',
    log,
    onReplaced: () => metrics.add('Replaced', 1),
  });
}

/** What `collect` needs, except the signal of an invocation. Throws ConfigError. */
export function dependencies<R>(source: Source<R>, runtime: Runtime): Omit<Dependencies, 'signal'> {
  const { ROUTE, FILTER, INDEX_PERIOD, SPLUNK_SOURCETYPE } = settings();
  const { log, metrics } = runtime;
  const { name, index, splunk } = source;
  const stream: Stream = {
    name,
    index: { ...index, ...(INDEX_PERIOD !== undefined && { period: INDEX_PERIOD }) },
    splunk: { ...splunk, ...(SPLUNK_SOURCETYPE !== undefined && { sourcetype: SPLUNK_SOURCETYPE }) },
  };
  const admits = admission(FILTER, metrics);
  return {
    sinks: ROUTE.map((to) => sinks[to](stream, runtime)),
    admits: (sink, facts, { uri }) => admits(sink, facts) && (sink !== 'archive' || !isStored(uri)),
    notify: ROUTE.filter((to) => to !== 'archive').map((to) => sinks[to](UNROUTED, runtime)),
    quarantine: createQuarantine(runtime),
    spill: createSpill(name, runtime),
    checkpoints: createCheckpoints(name, runtime),
    deadline: runtime.deadline,
    ledger: createLedger(runtime),
    log,
    metrics,
  };
}

/** An object is kept where it is: nothing is archived twice. */
const isStored = (uri: string): boolean => /^(s3|file):/.test(uri);

/** Throws ConfigError. */
export function createQuarantine({ log }: Runtime): Quarantine {
  const { QUARANTINE_STREAM: to } = settings();
  const { version } = pkg;
  if ('folder' in to) return fileQuarantine(to.folder, version);
  return quarantine({ client: firehose, stream: to.stream, version, log });
}

function createSpill(source: string, runtime: Runtime): Spill | undefined {
  const { SPILL_URL: to } = settings();
  // half of the reserve is for the answer
  return to && spill({ client: s3, ...to, source, deadline: () => runtime.deadline() + RESERVE_MS / 2 });
}

/** They are kept where spilled records are, in a folder of their own. */
function createCheckpoints(source: string, { log }: Runtime): Checkpoints | undefined {
  const { SPILL_URL: to } = settings();
  return to && checkpoints({ client: s3, bucket: to.bucket, prefix: `checkpoints/${source}`, log });
}

function createLedger({ log }: Runtime): Ledger | undefined {
  const { LEDGER_STREAM: to } = settings();
  return to && ledger({ client: firehose, stream: to.stream, log });
}
