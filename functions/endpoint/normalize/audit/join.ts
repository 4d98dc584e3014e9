/** Joins the records of an event of audit.log within a batch. */
import { at, type Document, textAt } from '../document.ts';
import { type Hint, kindOf } from '../kind.ts';
import { MAX_RECORDS } from '../limits.ts';
import { header } from '../syslog/header.ts';
import { integer } from '../values.ts';
import { type AuditRecord, auditRecord } from './record.ts';

interface Item {
  readonly document: Document;
  readonly hint: Hint;
}

/** Positions of items that become one document, and their records; no records: not of audit.log. */
export interface Group {
  readonly sources: number[];
  readonly records: AuditRecord[];
}

interface Member {
  readonly position: number;
  readonly record: AuditRecord;
  /** Where the line stands in its file: bytes; -1: the Beat doesn't say. */
  readonly offset: number;
}

const MAYBE = /^(type|node)=|audit\(/;

/** The record in a raw line, whatever file it was read from; the kernel writes records to messages where no auditd runs. */
export function auditRecordOf(document: Document, hint: Hint): AuditRecord | undefined {
  const { message } = document;
  if (typeof message !== 'string' || !MAYBE.test(message.slice(0, 512))) return undefined;
  const kind = kindOf(document, hint);
  if (kind === 'windows' || at(document, 'event.category') !== undefined) return undefined;
  const direct = auditRecord(message.trimEnd());
  if (direct !== undefined || kind === 'audit' || kind === 'ecs') return direct;
  const line = header(message);
  return line !== undefined && /^(kernel|audit)$/.test(line.program ?? '') ? auditRecord(line.text) : undefined;
}

/** Groups in the order of their first items. */
export function grouped(items: readonly Item[]): Group[] {
  const groups: Group[] = [];
  const events = new Map<string, Member[]>();
  items.forEach(({ document, hint }, position) => {
    const record = auditRecordOf(document, hint);
    if (record === undefined) {
      groups.push({ sources: [position], records: [] });
      return;
    }
    const key = keyOf(document, record);
    const member = { position, record, offset: integer(at(document, 'log.offset')) ?? -1 };
    const members = events.get(key);
    if (members === undefined) events.set(key, [member]);
    else members.push(member);
  });
  for (const members of events.values()) groups.push(...parted(members.sort(inOrder)));
  return groups.sort((a, b) => Math.min(...a.sources) - Math.min(...b.sources));
}

const keyOf = (document: Document, { node, event }: AuditRecord): string =>
  JSON.stringify([
    node,
    textAt(document, 'host.name') ?? textAt(document, 'host.hostname'),
    textAt(document, 'agent.id'),
    event,
  ]);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const ORDER = ['SYSCALL', 'EXECVE', 'CWD', 'PATH', 'SOCKADDR', 'PROCTITLE'];

/** By the place in the file; without it by type and text, so that the order in the batch doesn't matter. */
function inOrder(a: Member, b: Member): number {
  const rank = ({ record }: Member) => ORDER.indexOf(record.type);
  return a.offset - b.offset || rank(a) - rank(b) || compare(a.record.line, b.record.line);
}

function parted(members: readonly Member[]): Group[] {
  const groups: Group[] = [];
  for (let from = 0; from < members.length; from += MAX_RECORDS) {
    const part = members.slice(from, from + MAX_RECORDS);
    const records = new Map(part.map(({ record }) => [record.line, record])); // a line that was sent twice counts once
    groups.push({ sources: part.map(({ position }) => position), records: [...records.values()] });
  }
  return groups;
}
