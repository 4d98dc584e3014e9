/**
 * What a real object or event would become: the records of files go the way they go in AWS, and what a sink would send is
 * printed instead.
 */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ConfigError, messageOf } from '../shared/errors.ts';
import { fileBody } from '../shared/input/file.ts';
import type { Batch, Item, Log, Metrics, Quarantine, Sink, SinkName } from '../shared/model.ts';
import { collect, type Outcome } from '../shared/pipeline/collect.ts';
import type { Runtime } from '../shared/runtime/lambda.ts';
import { type SourceName, sourceNames } from '../shared/sources.ts';
import { Text } from '../shared/text/text.ts';
import { parameters } from './deploy/parameters.ts';
import { settings } from './deploy/settings.ts';
import { geo } from './geo.ts';
import { handlerOf } from './handlers.ts';

const HELP = `npm run --silent preview -- <source> <file>… [--sink opensearch|splunk] [--route opensearch,splunk]

Prints what the records of files would become. Nothing is sent anywhere.
  <source>   ${sourceNames.join(', ')}
  <file>     an object as AWS wrote it, gzip or not, or events: one envelope, a JSON array or one a line
  --sink     whose view is printed: opensearch (default) or splunk
  --route    where this source's records go, instead of what it does by default
Set the Lambda's environment variables to preview what they change: FIELDS, FILTER, INDEX_PERIOD, SPLUNK_INDEX,
SPLUNK_SOURCETYPE, GEO_URL, ASSETS_URL, and those of one source, such as OWN_CALLS of cloudtrail.

stdout, one line a record   {"_index","_id","_source"}, with "_current":{"_index","_id","_version"} where the newest state
                            of the same thing is kept as well; for splunk the event as its HTTP Event Collector takes it
stderr, one line a reject   {"rejected":{"reason","uri","seq"}}
stderr, the last line       {"read","filtered","rejected","sent":{"opensearch","splunk"}}; filtered: not routed to the printed sink
exit status                 0, also with rejects; 2 for an unknown source, a file that can't be read or a wrong option
`;

interface Asked {
  readonly source: SourceName;
  readonly files: readonly string[];
  readonly sink: Exclude<SinkName, 'archive'>;
  readonly route: string | undefined;
}

/** The caller asked for something that can't be done: the message says what. */
class Refusal extends Error {}

/** Undefined: help. Throws Refusal. */
function asked(args: readonly string[]): Asked | undefined {
  const { values, positionals } = parsed(args);
  if (values.help) return undefined;
  const [name, ...files] = positionals;
  const source = sourceNames.find((each) => each === name);
  if (source === undefined)
    throw new Refusal(`There is no source "${name ?? ''}": expected ${sourceNames.join(' or ')}.`);
  if (files.length === 0) throw new Refusal('No file is given.');
  const sink = (['opensearch', 'splunk'] as const).find((each) => each === values.sink);
  if (sink === undefined) throw new Refusal(`There is no sink "${values.sink}": expected opensearch or splunk.`);
  return { source, files, sink, route: values.route };
}

function parsed(args: readonly string[]) {
  const options = {
    help: { type: 'boolean' },
    sink: { type: 'string', default: 'opensearch' },
    route: { type: 'string' },
  } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new Refusal(messageOf(error), { cause: error });
  }
}

async function readable(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
    if ((await stat(path)).isDirectory()) throw new Error('it is a folder');
  } catch (cause) {
    throw new Refusal(`The file "${path}" can't be read: ${messageOf(cause)}.`, { cause });
  }
}

/** A source's environment as it is deployed by default, the caller's settings above it, and nowhere to send to. */
function environment({ source, route }: Asked): NodeJS.ProcessEnv {
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

/** The same requests, printed in their order. */
function printing(sink: Sink): Sink {
  const view = views[sink.name];
  const text = new Text(sink.maxBytes);
  let printed = Promise.resolve();

  async function print(batch: Batch): Promise<void> {
    text.length = 0;
    for (let at = 0; at < batch.count; at++) view(batch.slice(at), text);
    // waits even for what a pipe takes at once: until then `text` can't be used again
    await new Promise<void>((resolve) => process.stdout.write(text.slice(), () => resolve()));
  }

  return {
    ...sink,
    append: sink.append.bind(sink),
    async send(batch) {
      printed = printed.then(() => print(batch));
      await printed;
      return { accepted: batch.count, retry: [], rejected: [] };
    },
  };
}

/** What would be sent, unseen. */
const counting = (sink: Sink): Sink => ({
  ...sink,
  append: sink.append.bind(sink),
  send: async ({ count }) => ({ accepted: count, retry: [], rejected: [] }),
});

const views: Readonly<Record<SinkName, (record: Uint8Array, to: Text) => void>> = {
  opensearch: document,
  splunk: (record, to) => to.append(record),
  archive: (record, to) => to.append(record),
};

const CREATE = '{"create":'.length;

/** In: one or two pairs of lines, an action and its document: see shared/sink/opensearch/sink.ts. */
function document(record: Uint8Array, to: Text): void {
  const action = record.indexOf(NEWLINE);
  const source = record.indexOf(NEWLINE, action + 1);
  to.append(record.subarray(CREATE, action - 2)); // without its closing braces
  if (source + 1 < record.length) current(record.subarray(source + 1), to);
  to.string(',"_source":');
  to.append(record.subarray(action + 1, source));
  to.string('}\n');
}

const NEWLINE = 10;

function current(update: Uint8Array, to: Text): void {
  const { index } = JSON.parse(Buffer.from(update.subarray(0, update.indexOf(NEWLINE))).toString());
  to.string(`,"_current":${JSON.stringify({ _index: index._index, _id: index._id, _version: index.version })}`);
}

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

async function preview(what: Asked): Promise<void> {
  for (const path of what.files) await readable(path);
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
  if (failed !== undefined) throw new Refusal(`The file "${failed.id}" can't be read: ${messageOf(failed.error)}.`);
  process.stderr.write(line(summary(outcomes, what.sink)));
}

const item = (path: string): Item => ({
  id: path,
  async *bodies() {
    yield fileBody(path, Number.POSITIVE_INFINITY);
  },
});

function summary(outcomes: readonly Outcome[], sink: Asked['sink']): object {
  const sum = (count: (outcome: Outcome) => number) => outcomes.reduce((total, outcome) => total + count(outcome), 0);
  const read = sum((outcome) => outcome.read);
  const sentTo = (to: SinkName) => sum(({ counts }) => counts[to]?.sent ?? 0);
  const rejected = sum(({ undecodable }) => undecodable); // a dry run refuses nothing else
  const sent = { opensearch: sentTo('opensearch'), splunk: sentTo('splunk') };
  return { read, filtered: read - rejected - sent[sink], rejected, sent };
}

async function main(): Promise<void> {
  // npm runs scripts in the project's folder, and files are named from where the caller stands
  if (process.env.npm_lifecycle_event === 'preview' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0); // the reader, such as `head`, has seen enough
    throw error;
  });
  try {
    const what = asked(process.argv.slice(2));
    if (what === undefined) process.stdout.write(HELP);
    else await preview(what);
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

await main();
