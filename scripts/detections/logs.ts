/**
 * Runs the detections over a folder of real logs by the evaluator: which rule fires on which events. In: files as AWS wrote them, gzip or
 * not, of one log source whose records are JSON. Nothing is joined: rules that ask for assets, countries or threat lists stay silent.
 */
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { oneOf, UsageError } from '../command.ts';
import { correlates } from './correlate.ts';
import { holds } from './evaluate.ts';
import { type Kept, library } from './load.ts';
import type { Detection, Lists, Rule } from './model.ts';
import type { Record_ } from './proof/envelope.ts';
import { rulesOf } from './proof/proof.ts';
import { placeOf } from './resolve.ts';

interface Event {
  readonly record: Record_;
  /** Epoch milliseconds. */
  readonly time: number;
}

interface Format {
  /** What an event is called in the table. */
  readonly name: string;
  time(record: Record_): number;
}

const date = (name: string) => (record: Record_) => Date.parse(String(record[name]));

/** Log sources whose records are JSON, by their name in Sigma. */
const FORMATS: Readonly<Record<string, Format>> = {
  cloudtrail: { name: 'eventName', time: date('eventTime') },
  route53resolver: { name: 'query_name', time: date('query_timestamp') },
  waf: { name: 'action', time: ({ timestamp }) => Number(timestamp) },
  networkfirewall: { name: 'firewall_name', time: ({ event_timestamp }) => Number(event_timestamp) * 1000 },
};

/** What fired: the events that its rules match. */
export interface Fired {
  readonly detection: Detection;
  readonly events: readonly Record_[];
}

/** Throws UsageError where the folder has no records, or a file can't be read as records of the service. */
export function firedOn(folder: string, service: string, kept: readonly Kept[], lists: Lists): readonly Fired[] {
  const { time } = FORMATS[oneOf('log source', service, Object.keys(FORMATS))];
  const events = filesIn(folder).flatMap((file) =>
    recordsIn(file).map((record): Event => {
      const at = time(record);
      if (Number.isNaN(at)) throw new UsageError(`"${file}" has a record without a time: not ${service}.`);
      return { record, time: at };
    }),
  );
  if (events.length === 0) throw new UsageError(`"${folder}" has no records.`);
  return kept.flatMap(({ detection }) => firedOf(detection, service, events, lists));
}

function firedOf(detection: Detection, service: string, events: readonly Event[], lists: Lists): readonly Fired[] {
  const rules = rulesOf(detection);
  if (!rules.every(({ logsource }) => logsource.service === service)) return [];
  const matching = events.filter(({ record }) => rules.some((rule) => matches(rule, record, lists)));
  if (matching.length === 0) return [];
  const seen = matching.map((each) => ({ service, ...each }));
  if (detection.kind === 'correlation' && !correlates(detection, seen, lists)) return [];
  return [{ detection, events: matching.map(({ record }) => record) }];
}

function matches({ logsource, match }: Rule, record: Record_, lists: Lists): boolean {
  const { dotted } = placeOf(logsource);
  return holds(match, record, { lists, ...(dotted && { dotted }) });
}

function filesIn(folder: string): readonly string[] {
  if (!statSync(folder).isDirectory()) return [folder];
  return globSync('**/*.{json,jsonl,ndjson,log,gz}', { cwd: folder })
    .sort()
    .map((file) => join(folder, file));
}

/** `{"Records":[…]}`, a JSON array, or one record a line. */
function recordsIn(file: string): readonly Record_[] {
  try {
    const bytes = readFileSync(file);
    const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString();
    const isLines = !/^\s*(\[|\{\s*"Records")/.test(text);
    const given = isLines
      ? text
          .split('\n')
          .filter((line) => line.trim() !== '')
          .map((line) => JSON.parse(line))
      : JSON.parse(text);
    const records: unknown = Array.isArray(given) ? given : given.Records;
    if (!Array.isArray(records) || records.some((each) => each === null || typeof each !== 'object'))
      throw new Error('expected records that are JSON objects');
    return records;
  } catch (error) {
    throw new UsageError(`"${file}" can't be read: ${(error as Error).message}.`);
  }
}

/** A table in Markdown: a row for each detection that fired. */
export function triedOn(
  folder: string,
  service: string,
  only: string | undefined,
  say: (line: string) => void,
): number {
  const { kept, lists } = library();
  const own = kept.filter(({ detection, group }) => only === undefined || only === detection.name || only === group);
  if (own.length === 0) throw new UsageError(`There is no detection or group "${only}".`);
  const fired = firedOn(folder, service, own, lists);
  say('| detection | severity | ATT&CK | events | which |\n|---|---|---|---|---|');
  for (const { detection, events } of fired) {
    const { name, level, techniques } = detection;
    say(
      `| ${name} | ${level} | ${techniques.join(', ')} | ${events.length} | ${whichOf(events, FORMATS[service].name)} |`,
    );
  }
  say(`\n${fired.length} of ${own.length} detections fired.`);
  return 0;
}

function whichOf(events: readonly Record_[], member: string): string {
  const counts = new Map<string, number>();
  for (const event of events) {
    const name = String(event[member]);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => (count === 1 ? name : `${name} × ${count}`)).join(', ');
}
