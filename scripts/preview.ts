/** `npm run preview`: the documents and events that the records of files become, by the Lambda's own wiring. Sends nothing. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { ConfigError, messageOf } from '../shared/errors.ts';
import { fileBody } from '../shared/input/file.ts';
import type { Item, Log, Metrics, Quarantine, SinkName } from '../shared/model.ts';
import { collect, type Outcome } from '../shared/pipeline/collect.ts';
import type { Runtime } from '../shared/runtime/lambda.ts';
import { type SourceName, sourceNames } from '../shared/sources.ts';
import { listed, oneOf, run, UsageError } from './command.ts';
import { parameters } from './deploy/parameters.ts';
import { settings } from './deploy/settings.ts';
import { geo } from './geo.ts';
import { handlerOf } from './handlers.ts';
import { counting, printing } from './preview/print.ts';

interface Job {
  readonly source: SourceName;
  readonly files: readonly string[];
  readonly sink: Exclude<SinkName, 'archive'>;
  readonly route: string | undefined;
}

async function assertReadable(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
    if ((await stat(path)).isDirectory()) throw new UsageError(`"${path}" can't be read: it is a folder.`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`"${path}" can't be read: no such file, or no permission.`, { cause: error });
  }
}

/** A source's default environment, then the caller's variables, then destinations that are never used. */
function environment({ source, route }: Job): NodeJS.ProcessEnv {
  return {
    ...settings(parameters({}).values, 'bongsu', '').environment[source],
    ...process.env,
    ...(route !== undefined && { ROUTE: route }),
    OPENSEARCH_URL: 'file:nowhere',
    SPLUNK_HEC_URL: 'file:nowhere',
    ARCHIVE_STREAM: 'file:nowhere',
    QUARANTINE_STREAM: 'file:nowhere',
  };
}

const line = (value: object): string => `${JSON.stringify(value)}\n`;

const rejects: Quarantine = {
  put: ({ reason, uri, seq }) => void process.stderr.write(line({ rejected: { reason, uri, seq } })),
  flush: async () => {},
};
const quiet: Log = {
  info() {},
  warn: (message, fields) => process.stderr.write(line({ message, ...fields })),
  error() {},
};
const uncounted: Metrics = { add() {}, flush() {} };

async function preview(what: Job): Promise<void> {
  await geo();
  process.env = environment(what);
  const runtime: Runtime = {
    source: what.source,
    log: quiet,
    metrics: uncounted,
    deadline: () => Number.POSITIVE_INFINITY,
  };
  const { wire } = await handlerOf(what.source);
  const { source, dependencies } = await wire(runtime);
  const outcomes = await collect(source, what.files.map(item), {
    ...dependencies,
    sinks: dependencies.sinks
      .filter(({ name }) => name !== 'archive')
      .map((sink) => (sink.name === what.sink ? printing(sink) : counting(sink))),
    quarantine: rejects,
    signal: new AbortController().signal,
  });
  const failed = outcomes.find(({ error }) => error !== undefined);
  if (failed !== undefined) throw new UsageError(`"${failed.id}" can't be read: ${messageOf(failed.error)}.`);
  process.stderr.write(line(summary(outcomes, what.sink)));
}

const item = (path: string): Item => ({
  id: path,
  async *bodies() {
    yield fileBody(path, Number.POSITIVE_INFINITY);
  },
});

function summary(outcomes: readonly Outcome[], sink: Job['sink']): object {
  const sum = (count: (outcome: Outcome) => number) => outcomes.reduce((total, outcome) => total + count(outcome), 0);
  const read = sum((outcome) => outcome.read);
  const sentTo = (to: SinkName) => sum(({ counts }) => counts[to]?.sent ?? 0);
  const rejected = sum(({ undecodable }) => undecodable); // a dry run rejects nothing else
  const sent = { opensearch: sentTo('opensearch'), splunk: sentTo('splunk') };
  return { read, filtered: read - rejected - sent[sink], rejected, sent };
}

await run({
  help: {
    usage: ['preview -- <source> <file>… [options]'],
    about: `Prints the documents and events that the records of files would become. Sends nothing.
Set a Lambda's environment variables to see what they change: FIELDS, FILTER, INDEX_PERIOD, SPLUNK_INDEX,
SPLUNK_SOURCETYPE, GEO_URL, ASSETS_URL, and those of one source, such as OWN_CALLS of cloudtrail.`,
    arguments: {
      '<source>': listed(sourceNames),
      '<file>': 'an object as AWS wrote it, gzip or not; or events: one envelope, a JSON array, or one per line',
    },
    options: {
      '--sink <name>': 'what to print: opensearch (default) or splunk',
      '--route <names>': "destinations of the source's records, as in opensearch,splunk (default: the source's own)",
    },
    output: {
      stdout: `one line per record: {"_index","_id","_source"}, with "_current":{"_index","_id","_version"} if the newest
state is stored too; for splunk the event as HEC receives it`,
      stderr: `one line per reject: {"rejected":{"reason","uri","seq"}}; at the end
{"read","filtered","rejected","sent":{"opensearch","splunk"}}`,
    },
  },
  options: { sink: { type: 'string', default: 'opensearch' }, route: { type: 'string' } },
  takesPaths: true,
  async run(values, [name, ...files]) {
    const source = oneOf('source', name ?? '', sourceNames);
    const sink = oneOf('sink', values.sink, ['opensearch', 'splunk']);
    if (files.length === 0) throw new UsageError('Missing the file.');
    for (const path of files) await assertReadable(path);
    try {
      await preview({ source, files, sink, route: values.route });
      return 0;
    } catch (error) {
      if (error instanceof ConfigError) throw new UsageError(error.message, { cause: error });
      throw error;
    }
  },
});
