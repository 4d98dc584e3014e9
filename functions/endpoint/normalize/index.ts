/**
 * Documents of Beats → ECS, where Elasticsearch would have run the ingest pipelines of their modules. Pure functions: no I/O.
 * ECS documents pass with additions only. A line that can't be parsed passes with its `message` and the tag `unparsed`.
 */

import { auditFields } from './audit/event.ts';
import { auditRecordOf, grouped } from './audit/join.ts';
import type { AuditRecord } from './audit/record.ts';
import { type Document, extended, type Fields, textAt } from './document.ts';
import { type Hint, type Kind, kindOf } from './kind.ts';
import { MAX_LINE } from './limits.ts';
import { related } from './related.ts';
import { facilityOf, journalFields } from './syslog/journal.ts';
import { syslogFields } from './syslog/message.ts';
import { AUTH } from './syslog/priority.ts';
import { windowsFields } from './windows/event.ts';

export type { Hint } from './kind.ts';

export interface Item {
  readonly document: Document;
  readonly hint: Hint;
}

export interface Normalized {
  readonly document: Record<string, unknown>;
  /**
   * Positions of the items that the document was made of, that of its first record in the file first: its identity is the
   * document's, and what becomes of the document becomes of all of them.
   */
  readonly sources: readonly number[];
}

const ECS_VERSION = '9.4.0';
const UNPARSED: Fields = { tags: ['unparsed'] };

/** One document. A record of audit.log makes an event by itself: see `normalizeAll`. */
export function normalize(document: Document, hint: Hint): Record<string, unknown> {
  const raw = withMessage(document);
  const record = auditRecordOf(raw, hint);
  return record === undefined ? finished(raw, () => fieldsOf(raw, hint)) : audited(raw, [record]);
}

/**
 * A batch. Records of audit.log that share host and event id become one document, wherever they stand in the batch. Records of
 * an event in two batches become two documents with the same `event.id`; each has `auditd.partial`, as records are missing.
 */
export function normalizeAll(items: readonly Item[]): Normalized[] {
  const raws = items.map(({ document, hint }) => ({ document: withMessage(document), hint }));
  return grouped(raws).map(({ sources, records }) => {
    const { document, hint } = raws[sources[0]];
    const made = records.length > 0 ? audited(document, records) : finished(document, () => fieldsOf(document, hint));
    return { document: made, sources };
  });
}

/** Fluent Bit has the line in `log`. */
function withMessage(document: Document): Document {
  if (typeof document.log !== 'string' || document.message !== undefined) return document;
  const { log, ...rest } = document;
  return { ...rest, message: log };
}

function audited(document: Document, records: readonly AuditRecord[]): Record<string, unknown> {
  const host = textAt(document, 'host.name') ?? textAt(document, 'host.hostname') ?? textAt(document, 'agent.id');
  return finished(document, () => ({
    ...auditFields(records, host),
    'event.created': document['@timestamp'],
    ...moduleFields('auditd', 'log'),
  }));
}

function fieldsOf(document: Document, hint: Hint): Fields {
  const kind = kindOf(document, hint);
  const text = textAt(document, 'message') ?? '';
  if (kind === 'windows') return windowsFields(document);
  if (kind === 'ecs') return {};
  const fields = text.length > MAX_LINE ? undefined : raw(kind, document, text);
  return { ...moduleOf(kind, document), ...(fields ?? UNPARSED) };
}

function raw(kind: Kind, document: Document, text: string): Fields | undefined {
  if (kind === 'journal') return journalFields(document, text);
  return kind === 'audit' ? undefined : syslogFields(document, text);
}

function moduleOf(kind: Kind, document: Document): Fields {
  if (kind === 'audit') return moduleFields('auditd', 'log');
  const isAuth = kind === 'auth' || (kind === 'journal' && AUTH.has(facilityOf(document) ?? -1));
  return moduleFields('system', isAuth ? 'auth' : 'syslog');
}

const moduleFields = (module: string, fileset: string): Fields => ({
  'event.module': module,
  'event.dataset': `${module}.${fileset}`,
});

/** Never throws: a document that makes a parser throw passes unchanged. */
function finished(document: Document, parse: () => Fields): Record<string, unknown> {
  let made: Record<string, unknown>;
  try {
    made = extended(document, { 'ecs.version': ECS_VERSION, ...parse() });
  } catch {
    made = extended(document, { 'ecs.version': ECS_VERSION, ...UNPARSED });
  }
  return extended(made, related(made));
}
