/** What a document holds, by the pipeline that the Beat asks for, its dataset, the file it was read from, or the index. */
import { isRecord } from '../../../shared/input/message.ts';
import { at, type Document, textAt } from './document.ts';
import { isJournal } from './syslog/journal.ts';

export interface Hint {
  /** `pipeline` of the action line: `filebeat-7.17.29-system-auth-pipeline`. */
  readonly pipeline?: string;
  readonly index?: string;
}

export type Kind = 'windows' | 'journal' | 'auth' | 'syslog' | 'audit' | 'ecs';

/** The first that matches. Pipelines of modules are named `<beat>-<version>-<module>-<fileset>-<name of the file>`. */
const PIPELINES: readonly (readonly [RegExp, Kind])[] = [
  [/-system-auth-(pipeline|entrypoint)$/, 'auth'],
  [/-system-syslog-(pipeline|entrypoint)$/, 'syslog'],
  [/-auditd-log-pipeline$/, 'audit'],
];
const FILES: readonly (readonly [RegExp, Kind])[] = [
  [/(^|\/)audit\.log(\.\d+)?$/, 'audit'],
  [/(^|\/)(secure|auth\.log|sudo\.log)([.-]\d+)?$/, 'auth'],
  [/(^|\/)(messages|syslog|cron|cron\.log|kern\.log|user\.log|daemon\.log|system\.log)([.-]\d+)?$/, 'syslog'],
];
const DATASETS: Readonly<Record<string, Kind>> = {
  'system.auth': 'auth',
  'system.syslog': 'syslog',
  'auditd.log': 'audit',
};
const INDICES: readonly (readonly [RegExp, Kind])[] = [
  [/\b(secure|auth)\b/, 'auth'],
  [/\b(messages|syslog)\b/, 'syslog'],
  [/\baudit(d|log)?\b/, 'audit'],
];

const match = (rows: readonly (readonly [RegExp, Kind])[], text: string | undefined): Kind | undefined =>
  text === undefined || text.length > 4096 ? undefined : rows.find(([pattern]) => pattern.test(text))?.[1];

/** `ecs`: nothing to parse. */
export function kindOf(document: Document, { pipeline, index }: Hint): Kind {
  if (isRecord(document.winlog)) return 'windows';
  const asked = match(PIPELINES, pipeline);
  const isRaw =
    typeof document.message === 'string' && (asked !== undefined || at(document, 'event.category') === undefined);
  if (!isRaw) return 'ecs';
  if (isJournal(document)) return 'journal';
  const dataset = textAt(document, 'event.dataset') ?? textAt(document, 'data_stream.dataset') ?? '';
  return (
    asked ??
    (Object.hasOwn(DATASETS, dataset) ? DATASETS[dataset] : undefined) ??
    match(FILES, textAt(document, 'log.file.path')) ??
    match(INDICES, index) ??
    'ecs'
  );
}
